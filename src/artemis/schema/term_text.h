// The text form that partition specs and sort orders share: terms parted by commas, each a column or a transform of one,
// then words ("as day", "desc nulls last").
//
//   terms  := term (',' term)*            names are bare ([A-Za-z_][A-Za-z0-9_.$]*) or quoted with " or `
//   term   := (name | name '(' argument (',' argument)* ')') word*
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <arrow/result.h>

#include "artemis/schema/schema.h"
#include "artemis/schema/transform.h"

namespace artemis {

struct TransformTerm {
  // Empty for a bare column.
  std::string function;
  // A bare column is the single argument.
  std::vector<std::string> arguments;
  // What follows, as written; quoted names without their quotes.
  std::vector<std::string> words;
};

// Empty (or blank) text is no terms. Invalid names the text and the place.
arrow::Result<std::vector<TransformTerm>> ParseTransformTerms(std::string_view text);

struct BoundTerm {
  const Field* source = nullptr;  // owned by the schema
  std::string column;             // its full name
  Transform transform;
};

// Finds the column and the transform of a term. Takes Spark's plurals (days) and both orders of bucket(16, id).
// Invalid: an unknown transform or column, wrong arguments, a source type the transform does not take, a source within a list
// or map.
arrow::Result<BoundTerm> BindTerm(const TransformTerm& term, const Schema& schema);

// "day(ts)", "bucket(16, id)", "mission_id"; names that are not bare are quoted.
std::string FormatTerm(const Transform& transform, std::string_view column);

// `name` as ParseTransformTerms reads it: quoted where it has to be.
std::string QuoteTermName(std::string_view name);

}  // namespace artemis

// Comparisons of times and dates across a cast, as predicates on the column itself. Only for sql/.
#pragma once

#include <optional>
#include <vector>

#include <duckdb/common/types/value.hpp>

#include "artemis/expr/predicate.h"
#include "artemis/schema/transform.h"

namespace artemis {

// A leaf on `field`.
BoundPredicate BoundLeaf(PredicateOp op, const Field& field, std::vector<LiteralValue> values = {});

// CAST(field AS DATE) op `day`, of a field in microseconds: a time's date is its floor, before 1970 as well. nullopt where `day` is
// no date, or so far off that its microseconds overflow.
std::optional<BoundPredicate> CompareAsDate(const Field& field, PredicateOp op,
                                            const duckdb::Value& day);

// CAST(field AS TIMESTAMP) op `time`, of a date field: a date's time is its midnight. nullopt where `time` is no timestamp.
std::optional<BoundPredicate> CompareAsTimestamp(const Field& field, PredicateOp op,
                                                 const duckdb::Value& time);

// transform(source) op `value`, where `value` is of the transform's result type. nullopt for bucket and truncate, and where
// the bounds overflow.
std::optional<BoundPredicate> CompareTransformed(const Transform& transform, const Field& source,
                                                 PredicateOp op, const duckdb::Value& value);

}  // namespace artemis

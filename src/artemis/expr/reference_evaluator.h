// For tests: what a predicate says of one row, written from the definition in predicate.h alone and
// with no thought of speed. Shares no code with the evaluators it judges.
#pragma once

#include <map>
#include <optional>

#include "artemis/expr/predicate.h"

namespace artemis {

enum class Truth : uint8_t { kFalse, kNull, kTrue };

// A row: the value of each field, nullopt for null.
using ReferenceRow = std::map<FieldId, std::optional<LiteralValue>>;

// -1, 0, 1. Both hold the same alternative.
int ReferenceCompare(const LiteralValue& a, const LiteralValue& b);

// Takes any predicate, with NOT anywhere.
Truth ReferenceEvaluate(const BoundPredicate& predicate, const ReferenceRow& row);

Truth ReferenceNot(Truth truth);

}  // namespace artemis

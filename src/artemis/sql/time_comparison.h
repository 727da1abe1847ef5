// Comparisons of times and dates across a cast, as predicates on the column itself. Only for sql/.
#pragma once

#include <vector>

#include <duckdb/common/types/value.hpp>

#include "artemis/expr/predicate.h"

namespace artemis {

// A leaf on `field`.
BoundPredicate BoundLeaf(PredicateOp op, const Field& field, std::vector<LiteralValue> values = {});

// CAST(field AS DATE) op `day`, of a field in microseconds: a time's date is its floor, before 1970 as well. True where `day` is no
// date, or so far off that its microseconds overflow.
BoundPredicate CompareAsDate(const Field& field, PredicateOp op, const duckdb::Value& day);

// CAST(field AS TIMESTAMP) op `time`, of a date field: a date's time is its midnight. True where `time` is no timestamp.
BoundPredicate CompareAsTimestamp(const Field& field, PredicateOp op, const duckdb::Value& time);

}  // namespace artemis

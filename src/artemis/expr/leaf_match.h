// One value against one leaf: the definition that every faster evaluator of this folder agrees
// with.
#pragma once

#include "artemis/expr/predicate.h"

namespace artemis {

// Whether a value satisfies a leaf. `value` is not null and has the alternative of the leaf's type.
bool ValueHolds(const BoundPredicate& leaf, const LiteralValue& value);

// Whether `text` begins with `prefix`, bytewise.
bool StartsWith(std::string_view text, std::string_view prefix);

// The same leaf where a comparison with a NaN literal (kEq, kNe, kLt, kLe, kGt, kGe) is said
// without one: kIsNaN, kNotNaN, kNotNull, or kFalse. Keeps the same rows. Any other leaf comes back
// as it is.
BoundPredicate WithoutNaN(BoundPredicate leaf);

// Whether a sorted list of values, as of kIn, holds `value`.
bool SortedContains(const std::vector<LiteralValue>& sorted, const LiteralValue& value);

// Sorts values of one type as CompareValues does and drops repeated ones.
void SortUnique(std::vector<LiteralValue>& values);

}  // namespace artemis

// Holds a predicate against every row of a range table in one sweep per leaf.
#pragma once

#include <cstdint>
#include <span>

#include "artemis/expr/range_table.h"

namespace artemis {

// Which machine code runs; the results are the same. kBest: the widest that this processor has.
enum class SweepCode : uint8_t { kBest, kScalar, kAvx2, kAvx512 };
bool IsSupported(SweepCode code);

// Clears mask[i] (1 or 0, one per row of `table`) where MayMatch (range_evaluator.h) is false of row i; it may also clear where
// MayMatch of a set without one of its bounds is true, but no value of the type can match (x < the least number). Rows that are 0 stay so.
void SweepMayMatch(const BoundPredicate& predicate, const RangeTable& table,
                   std::span<uint8_t> mask, SweepCode code = SweepCode::kBest);

}  // namespace artemis

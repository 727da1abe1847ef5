// Partition tuples as a text, for maps and sets, and in order.
#pragma once

#include <string>

#include "artemis/schema/partition_spec.h"

namespace artemis {

// Equal for two tuples of one spec exactly when all their values are (NaN equals NaN, -0.0 equals 0.0, null equals null).
// The bytes mean nothing else and are not stored.
std::string PartitionKey(const PartitionTuple& tuple);

// Whether `a` comes before `b`, value by value: null before all others. Any tuples have an order; it means something for those of one
// spec.
bool IsTupleBefore(const PartitionTuple& a, const PartitionTuple& b);

}  // namespace artemis

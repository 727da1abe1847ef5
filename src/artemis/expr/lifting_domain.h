// For tests of lifting: small domains of values that hold what rules go wrong at, and the partitions that a transform makes of them.
#pragma once

#include <optional>
#include <vector>

#include "artemis/expr/predicate.h"
#include "artemis/schema/partition_spec.h"

namespace artemis {

// Values of one type. Where the transform keeps order, each partition has its first two and its last two values in the domain
// (those in between too, where they are few), so that "some value of the partition matches" can be told from the domain alone.
struct LiftingDomain {
  // What rows hold; null besides.
  std::vector<LiteralValue> values;
  // What predicates compare with: the values, or of text the shorter ones, since text has no greatest value.
  std::vector<LiteralValue> literals;
  // All values of partitions that have not more than 366, each sorted.
  std::vector<std::vector<LiteralValue>> whole;
};

LiftingDomain MakeLiftingDomain(const Type& type, const Transform& transform);

// Who wrote the table: today's writers round times down; early ones put values with a result r < 0 into r or r + 1.
enum class TableWriters : uint8_t { kToday, kAny };

struct DomainPartition {
  std::optional<LiteralValue> value;
  // Of the rows that may lie in it; null is a row too.
  std::vector<std::optional<LiteralValue>> rows;
};

std::vector<DomainPartition> PartitionsOf(const LiftingDomain& domain, const Type& type,
                                          const Transform& transform, TableWriters writers);

}  // namespace artemis

// The rows of a table of single values (partition tuples) in the order of each column, so that those in a range are searched, not swept.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <vector>

#include "artemis/expr/range_table.h"

namespace artemis {

// Made once, then asked from any thread. Holds row numbers only: the table is handed in again, unchanged.
class RangeOrder {
 public:
  RangeOrder() = default;
  // Takes in the columns of domain kInteger whose rows all have one value, or are null.
  explicit RangeOrder(const RangeTable& table);

  // Rows, each once and in no order, among which is every row that can satisfy `predicate`; nullopt where its leaves that all
  // have to hold leave too many of them for a search to pay. The result lives as long as this.
  std::optional<std::span<const uint32_t>> Candidates(const BoundPredicate& predicate,
                                                      const RangeTable& table) const;

  int64_t MemoryBytes() const;

 private:
  // By column, the rows that have a value, by value.
  std::map<FieldId, std::vector<uint32_t>> rows_;
};

}  // namespace artemis

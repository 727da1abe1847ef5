// Summaries of partition values over a manifest's entries (specification, field_summary 508).
#pragma once

#include <vector>

#include "artemis/schema/partition_spec.h"
#include "artemis/table/manifest.h"

namespace artemis {

// Collects tuples of one spec. Not thread-safe.
class PartitionSummaryBuilder {
 public:
  // `partition` is the spec's struct type (PartitionType).
  explicit PartitionSummaryBuilder(const Type& partition);

  // Requires a tuple with a value of its type, or null, for every field.
  void Add(const PartitionTuple& tuple);

  // One per field; bounds cover all values but nulls and NaN.
  std::vector<PartitionFieldSummary> Finish() const;

 private:
  struct Column {
    Type type;
    bool has_null = false;
    bool has_nan = false;
    std::optional<LiteralValue> lower, upper;
  };
  std::vector<Column> columns_;
};

}  // namespace artemis

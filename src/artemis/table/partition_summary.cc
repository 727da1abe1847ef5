// Bounds, nulls and NaN per partition field.
#include "artemis/table/partition_summary.h"

#include "artemis/schema/literal.h"

namespace artemis {

PartitionSummaryBuilder::PartitionSummaryBuilder(const Type& partition) {
  for (const Field& field : partition.fields) {
    Column column;
    column.type = field.type;
    columns_.push_back(std::move(column));
  }
}

void PartitionSummaryBuilder::Add(const PartitionTuple& tuple) {
  for (size_t i = 0; i < columns_.size(); ++i) {
    Column& column = columns_[i];
    const auto& value = tuple[i];
    if (!value) {
      column.has_null = true;
    } else if (IsNaN(*value)) {
      column.has_nan = true;
    } else {
      if (!column.lower || CompareValues(*value, *column.lower) < 0) column.lower = value;
      if (!column.upper || CompareValues(*value, *column.upper) > 0) column.upper = value;
    }
  }
}

std::vector<PartitionFieldSummary> PartitionSummaryBuilder::Finish() const {
  std::vector<PartitionFieldSummary> summaries;
  for (const Column& column : columns_) {
    PartitionFieldSummary summary;
    summary.contains_null = column.has_null;
    summary.contains_nan = column.has_nan;
    if (column.lower) summary.lower_bound = ToBytes(column.type, *column.lower);
    if (column.upper) summary.upper_bound = ToBytes(column.type, *column.upper);
    summaries.push_back(std::move(summary));
  }
  return summaries;
}

}  // namespace artemis

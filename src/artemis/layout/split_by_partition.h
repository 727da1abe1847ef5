// Splits rows by their partition tuple (specification, "Partitioning").
#pragma once

#include <memory>
#include <vector>

#include <arrow/memory_pool.h>
#include <arrow/record_batch.h>
#include <arrow/result.h>

#include "artemis/schema/partition_spec.h"

namespace artemis {

struct PartitionRows {
  PartitionTuple tuple;
  // In their order in the batch. Shares the batch's memory only where it is at least half of it.
  std::shared_ptr<arrow::RecordBatch> rows;
};

// One entry per tuple among the rows, in the order of first appearance; none for an empty batch. `batch` has the schema
// ToArrowSchema(schema). Transforms and grouping work on whole columns; meant for few tuples in a batch, right for any number.
//
// Invalid: a source column that the schema does not have, or a transform that is unknown to us.
arrow::Result<std::vector<PartitionRows>> SplitByPartition(
    const std::shared_ptr<arrow::RecordBatch>& batch, const Schema& schema,
    const PartitionSpec& spec, arrow::MemoryPool* pool = nullptr);

}  // namespace artemis

// Sorts rows by a table's sort order (specification, "Sorting").
#pragma once

#include <memory>
#include <vector>

#include <arrow/memory_pool.h>
#include <arrow/record_batch.h>
#include <arrow/result.h>

#include "artemis/schema/sort_order.h"

namespace artemis {

struct SortBatchesOptions {
  // Rows in each batch of the result but the last.
  int64_t batch_rows = 65536;
  arrow::MemoryPool* pool = nullptr;
};

// All rows of `batches`, sorted as one; rows with equal keys keep their order. Batches have the schema ToArrowSchema(schema).
// Nulls stand where the field says; NaN after every number (before, when descending). An order without fields changes nothing.
//
// Memory: the rows twice, and their keys. Rows that are in order are not copied a second time. Invalid: a sort column that is
// missing or cannot be sorted by, or more than 2^31-1 rows, or more than 2 GiB in one string column.
arrow::Result<std::vector<std::shared_ptr<arrow::RecordBatch>>> SortBatches(
    std::vector<std::shared_ptr<arrow::RecordBatch>> batches, const Schema& schema,
    const SortOrder& order, const SortBatchesOptions& options = {});

}  // namespace artemis

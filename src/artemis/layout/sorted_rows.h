// Rows in memory in a sorted order, handed out batch by batch, so that they are never there twice.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include <arrow/memory_pool.h>
#include <arrow/record_batch.h>
#include <arrow/result.h>

#include "artemis/layout/row_ordering.h"

namespace artemis {

struct SortRowsOptions {
  // Columns are laid end to end, and keys along a curve computed, on this many threads; 0: one for each processor.
  int threads = 1;
  arrow::MemoryPool* pool = nullptr;
};

// Immutable; several threads may gather at once.
class SortedRows {
 public:
  // Sorts all rows of `batches` (one schema, at least one batch) as one; rows with equal keys keep their order. The batches are given
  // up column by column on the way: memory is the rows once, where nobody else holds them, with their largest column and 24 bytes a
  // row for keys along a curve, or the keys' bytes and 24 more for those of columns.
  //
  // Invalid: more than 2^31-1 rows, more than 2 GiB in one string column, and what the keys refuse.
  static arrow::Result<SortedRows> Make(std::vector<std::shared_ptr<arrow::RecordBatch>> batches,
                                        const RowOrdering& ordering,
                                        const SortRowsOptions& options = {});

  int64_t num_rows() const { return rows_->num_rows(); }
  // Rows first … first + count - 1 of the order. Not copied where they came in order.
  arrow::Result<std::shared_ptr<arrow::RecordBatch>> Gather(int64_t first, int64_t count) const;
  // All rows, `batch_rows` in each batch but the last.
  arrow::Result<std::vector<std::shared_ptr<arrow::RecordBatch>>> GatherAll(
      int64_t batch_rows) const;

 private:
  SortedRows() = default;

  std::shared_ptr<arrow::RecordBatch> rows_;
  // Empty when the rows are in order as they are.
  std::vector<uint32_t> order_;
  arrow::MemoryPool* pool_ = nullptr;
};

}  // namespace artemis

// Rows in memory in a sorted order, handed out batch by batch, so that they are never there twice.
//
// Many rows along a curve are first moved into buckets of neighbouring keys (key_buckets.h), column by column; what is left of the sort and
// the gathering stays within a bucket, in the processor's cache.
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
  // Keys are computed, and columns moved, on this many threads; 0: one for each processor.
  int threads = 1;
  // Rows of a bucket; twice as many are sorted as one.
  int64_t bucket_rows = int64_t{1} << 16;
  // Texts that were moved as numbers are handed out as dictionary arrays, and the batches' schema says so.
  bool keep_dictionaries = false;
  arrow::MemoryPool* pool = nullptr;
};

// Immutable; several threads may gather at once.
class SortedRows {
 public:
  // Sorts all rows of `batches` (one schema, at least one batch) as one; rows with equal keys keep their order. The batches are given
  // up column by column on the way: memory is the rows once, where nobody else holds them, with the largest column of each thread and 24
  // bytes a row for keys along a curve, or the keys' bytes and 24 more for those of columns.
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
  using Batches = std::vector<std::shared_ptr<arrow::RecordBatch>>;

  SortedRows() = default;
  arrow::Status SortAsOne(Batches batches, const RowOrdering& ordering, int threads);
  arrow::Status SortInBuckets(Batches batches, const ClusterKeys& curve,
                              const SortRowsOptions& options);

  // Of what is handed out.
  std::shared_ptr<arrow::Schema> schema_;
  // Texts may be dictionaries, where schema_ says texts.
  std::shared_ptr<arrow::RecordBatch> rows_;
  // 32-bit row numbers. Null when the rows are in order as they are.
  std::shared_ptr<arrow::Buffer> order_;
  arrow::MemoryPool* pool_ = nullptr;
};

}  // namespace artemis

// Rows that are gathered piece by piece. Of small pieces the arrays take more memory than the rows, so they are put together.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include <arrow/memory_pool.h>
#include <arrow/record_batch.h>
#include <arrow/result.h>

namespace artemis {

using RecordBatches = std::vector<std::shared_ptr<arrow::RecordBatch>>;

// In the order they were added. One thread at a time.
class RowPieces {
 public:
  // Holds on to the batch, or to a copy of its rows. Once sixteen small pieces of a size are there they become one: a row is copied as
  // often as pieces grow sixteenfold.
  arrow::Status Add(std::shared_ptr<arrow::RecordBatch> rows);
  // All rows; none are left.
  RecordBatches Take();

  // What they take in memory, arrays included.
  int64_t bytes() const { return bytes_; }

 private:
  struct Piece {
    std::shared_ptr<arrow::RecordBatch> rows;
    int64_t bytes = 0;
    int level = 0;
  };

  arrow::Status Push(std::shared_ptr<arrow::RecordBatch> rows, int level);
  arrow::Status MergeLast();

  std::vector<Piece> pieces_;
  int64_t bytes_ = 0;
};

}  // namespace artemis

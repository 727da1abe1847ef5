// Reads one unit of a plan as batches of the output schema: projection, deletes, residual.
//
// Two ways. At once: all columns of a batch are decoded, then rows are left out. The filter first: the columns of residual and equality
// deletes are decoded for the whole unit, which gives a bit for each row; of the other columns, only pages that hold such rows follow.
#pragma once

#include <memory>
#include <vector>

#include <arrow/record_batch.h>
#include <arrow/result.h>

#include "artemis/read/opened_file.h"

namespace artemis {

// Not thread-safe; a unit belongs to one thread.
class UnitReader {
 public:
  UnitReader(std::shared_ptr<const ReadContext> context, ReadUnit unit)
      : context_(std::move(context)), unit_(std::move(unit)), file_(*unit_.file) {}

  // The next batch with at least one row; null at the end. Cancelled within a batch of the stop. CorruptFile, IOError with the path.
  arrow::Result<std::shared_ptr<arrow::RecordBatch>> Next();

 private:
  // Batches of some columns of the file.
  struct Columns {
    std::unique_ptr<ParquetBatches> batches;
    // By the file's column: its place in the batches, -1 where it is not read.
    std::vector<int> places;
  };
  using Mask = std::shared_ptr<arrow::BooleanArray>;

  arrow::Result<Columns> Open(const std::vector<int>& file_columns,
                              const std::vector<RowRange>& ranges) const;
  arrow::Status Start();
  bool ShouldFilterFirst() const;
  // Decodes the columns of the filter, and opens the pages of the others that are needed.
  arrow::Status FilterRows();
  // The rows of pages that hold a row which stays.
  arrow::Result<std::vector<RowRange>> RowsToRead(const std::vector<int>& file_columns) const;
  // A mask of the rows that stay, or null when all do.
  arrow::Result<Mask> KeptRows(const Columns& columns, const arrow::RecordBatch& batch,
                               int64_t first_row) const;
  arrow::Result<Mask> ResidualRows(const Columns& columns, const arrow::RecordBatch& batch) const;
  arrow::Status ClearDeleted(const Columns& columns, const arrow::RecordBatch& batch,
                             int64_t first_row, Mask* mask) const;
  arrow::Status ClearEqual(const EqualityDeletes& deletes, const Columns& columns,
                           const arrow::RecordBatch& batch, uint8_t* bits) const;
  // The same out of what FilterRows found.
  arrow::Result<Mask> RememberedRows(int64_t first_row, int64_t rows) const;
  // The values of a column of the file as the table has them; the constant where the file lacks it.
  arrow::Result<std::shared_ptr<arrow::Array>> Values(const Columns& columns,
                                                      const arrow::RecordBatch& batch,
                                                      const ProjectedColumn& column,
                                                      const Mask& mask) const;
  // The values a leaf of the residual compares, nested ones included; a dictionary stays one.
  arrow::Result<std::shared_ptr<arrow::Array>> FilterValues(const Columns& columns,
                                                            const arrow::RecordBatch& batch,
                                                            FieldId id) const;
  arrow::Result<std::shared_ptr<arrow::RecordBatch>> Output(const arrow::RecordBatch& batch,
                                                            int64_t first_row,
                                                            const Mask& mask) const;

  arrow::MemoryPool* pool() const { return context_->options.pool; }
  int64_t group_start() const { return file_.group_starts[static_cast<size_t>(unit_.row_group)]; }

  const std::shared_ptr<const ReadContext> context_;
  const ReadUnit unit_;
  const OpenedFile& file_;
  bool started_ = false;
  // What batches are made of; without batches where no row is left.
  Columns columns_;
  // With the filter first: a bit for each row of the row group.
  std::shared_ptr<arrow::Buffer> kept_;
};

}  // namespace artemis

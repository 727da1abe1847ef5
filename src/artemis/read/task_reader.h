// Reads one unit of a plan (a file, or some of its row groups) as batches of the output schema.
#pragma once

#include <memory>
#include <vector>

#include <arrow/record_batch.h>
#include <arrow/result.h>

#include "artemis/parquet/file_reader.h"
#include "artemis/read/column_projection.h"
#include "artemis/read/delete_rows.h"
#include "artemis/read/read_plan.h"

namespace artemis {

// What all units of one read share.
struct ReadContext {
  TableView view;
  FileSystem* files = nullptr;
  ReadOptions options;
  // The columns given out, in order.
  std::vector<Field> output;
  std::shared_ptr<arrow::Schema> output_schema;
  std::shared_ptr<DeleteLoader> deletes;
};

// How the row groups of a task that were told without its footer meet those the file has.
enum class RowGroupEnd : uint8_t {
  kAsChosen,   // they come from the footer: read just these
  kIfThere,    // row groups the file does not have are left out
  kToTheLast,  // … and all that follow the last one are read as well
};

// Not thread-safe; a unit belongs to one thread.
class TaskReader {
 public:
  // Opens the file and reads its deletes. CorruptFile, IOError with the path.
  static arrow::Result<std::unique_ptr<TaskReader>> Open(std::shared_ptr<const ReadContext> context,
                                                         const ScanTask& task,
                                                         RowGroupEnd end = RowGroupEnd::kAsChosen);

  // The next batch with at least one row; null at the end.
  arrow::Result<std::shared_ptr<arrow::RecordBatch>> Next();

 private:
  TaskReader(std::shared_ptr<const ReadContext> context, const ScanTask& task)
      : context_(std::move(context)), task_(task) {}

  arrow::Status Bind(const ParquetFooter& footer, ParquetReadOptions& options);
  // A mask of the rows that stay, or null when all do.
  arrow::Result<std::shared_ptr<arrow::BooleanArray>> KeptRows(const arrow::RecordBatch& batch,
                                                               int64_t first_row);
  arrow::Result<std::shared_ptr<arrow::Array>> Column(const arrow::RecordBatch& batch,
                                                      const ProjectedColumn& column);
  arrow::Result<std::shared_ptr<arrow::RecordBatch>> Output(
      const arrow::RecordBatch& batch, int64_t first_row,
      const std::shared_ptr<arrow::BooleanArray>& mask);
  // A column of schema/metadata_columns.h for the rows from `first_row` of the file on.
  arrow::Result<std::shared_ptr<arrow::Array>> ReservedColumn(const arrow::RecordBatch& batch,
                                                              const ProjectedColumn& column,
                                                              int64_t first_row);
  // The values a leaf of the residual compares, nested ones included.
  arrow::Result<std::shared_ptr<arrow::Array>> FilterColumn(const arrow::RecordBatch& batch,
                                                            FieldId id);
  const ProjectedColumn* FindColumn(FieldId id) const;

  const std::shared_ptr<const ReadContext> context_;
  const ScanTask& task_;
  // Output columns first, then those only filters need; file_column is the index in the batches that are read.
  std::vector<ProjectedColumn> columns_;
  DeletedPositions positions_;
  std::vector<std::shared_ptr<const EqualityDeletes>> equalities_;
  std::unique_ptr<ParquetBatches> batches_;
};

}  // namespace artemis

// Constants, positions and inherited row lineage.
#include "artemis/read/metadata_column_values.h"

#include <arrow/builder.h>

#include "artemis/read/partition_column.h"
#include "artemis/schema/literal_array.h"
#include "artemis/schema/metadata_columns.h"

namespace artemis {

namespace {

// `first`, and `step` more for each row.
arrow::Result<std::shared_ptr<arrow::Array>> CountedValues(int64_t first, int64_t step,
                                                           int64_t count,
                                                           const arrow::Int64Array* stored,
                                                           arrow::MemoryPool* pool) {
  arrow::Int64Builder values(pool);
  ARROW_RETURN_NOT_OK(values.Reserve(count));
  for (int64_t row = 0; row < count; ++row) {
    const bool is_stored = stored != nullptr && stored->IsValid(row);
    values.UnsafeAppend(is_stored ? stored->Value(row) : first + row * step);
  }
  return values.Finish();
}

// Specification, "Row Lineage": what is stored stays, the rest is inherited, and a file without first_row_id has none.
arrow::Result<std::shared_ptr<arrow::Array>> LineageValues(
    FieldId column, const ScanTask& task, const RowRange& rows,
    const std::shared_ptr<arrow::Array>& stored, arrow::MemoryPool* pool) {
  if (!task.file.first_row_id) return arrow::MakeArrayOfNull(arrow::int64(), rows.count, pool);
  const auto* known = static_cast<const arrow::Int64Array*>(stored.get());
  if (column == kRowIdColumn) {
    int64_t first = 0, last = 0;
    if (__builtin_add_overflow(*task.file.first_row_id, rows.first, &first) ||
        __builtin_add_overflow(first, rows.count, &last)) {
      return arrow::Status::Invalid(task.file.path, ": its row ids from ", *task.file.first_row_id,
                                    " on leave the range of a long");
    }
    return CountedValues(first, 1, rows.count, known, pool);
  }
  return CountedValues(task.data_sequence_number.value, 0, rows.count, known, pool);
}

}  // namespace

arrow::Result<std::shared_ptr<arrow::Array>> MetadataColumnValues(
    const Field& column, const TableMetadata& metadata, const ScanTask& task, const RowRange& rows,
    const std::shared_ptr<arrow::Array>& stored, arrow::MemoryPool* pool) {
  switch (column.id.value) {
    case kFilePathColumn.value:
      return RepeatLiteral(column.type, task.file.path, rows.count, pool);
    case kSpecIdColumn.value:
      return RepeatLiteral(column.type, task.file.spec_id.value, rows.count, pool);
    case kPartitionColumn.value:
      return PartitionValues(column, metadata, task.file, rows.count, pool);
    case kSnapshotIdColumn.value:
      return RepeatLiteral(column.type, task.added_snapshot_id.value, rows.count, pool);
    case kPositionColumn.value:
      return CountedValues(rows.first, 1, rows.count, nullptr, pool);
    case kRowIdColumn.value:
    case kLastUpdatedColumn.value:
      return LineageValues(column.id, task, rows, stored, pool);
    default:
      return arrow::Status::Invalid("column ", column.name, " is none of a data file");
  }
}

}  // namespace artemis

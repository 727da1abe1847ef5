// Values of the columns that every table has beside those of its schema (specification, "Reserved Field IDs", "Row Lineage").
#pragma once

#include <memory>

#include <arrow/array.h>
#include <arrow/memory_pool.h>
#include <arrow/result.h>

#include "artemis/parquet/row_range.h"
#include "artemis/scan/scan_plan.h"
#include "artemis/schema/schema.h"
#include "artemis/table/metadata.h"

namespace artemis {

// The values of `column` (schema/metadata_columns.h; of _partition: partition_column.h) for `rows` of the task's file, counted from the file's first row. `stored` is the column as the file has it, null when it
// does not: only _row_id and _last_updated_sequence_number look at it. Invalid for the columns of delete files.
arrow::Result<std::shared_ptr<arrow::Array>> MetadataColumnValues(
    const Field& column, const TableMetadata& metadata, const ScanTask& task, const RowRange& rows,
    const std::shared_ptr<arrow::Array>& stored, arrow::MemoryPool* pool);

}  // namespace artemis

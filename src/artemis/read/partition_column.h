// The reserved column _partition (specification, "Reserved Field IDs"): the partition that a row belongs to.
#pragma once

#include <memory>

#include <arrow/array.h>
#include <arrow/memory_pool.h>
#include <arrow/result.h>

#include "artemis/table/manifest.h"
#include "artemis/table/metadata.h"

namespace artemis {

// _partition as a field of this table: a struct of the partition fields of all its specs, by ascending field id, each optional, with the
// name the newest spec gives it; where two of them share a name, the older gets "_<field id>" behind it. A field that was dropped from a
// version 1 spec (void) keeps the type it had. Empty where the table was never partitioned. Invalid where a source column is in no schema of the
// table.
arrow::Result<Field> PartitionColumn(const TableMetadata& metadata);

// `rows` times the tuple of `file`: null in fields that are not of its spec. `column` is PartitionColumn(metadata).
arrow::Result<std::shared_ptr<arrow::Array>> PartitionValues(const Field& column,
                                                             const TableMetadata& metadata,
                                                             const DataFile& file, int64_t rows,
                                                             arrow::MemoryPool* pool);

}  // namespace artemis

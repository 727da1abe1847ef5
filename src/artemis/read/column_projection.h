// Projects the columns of one data file to the fields of a table schema, by field id (specification, "Column Projection").
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <arrow/array.h>
#include <arrow/memory_pool.h>
#include <arrow/result.h>
#include <arrow/type.h>

#include "artemis/schema/arrow_schema.h"
#include "artemis/schema/schema.h"
#include "artemis/table/manifest.h"
#include "artemis/table/metadata.h"

namespace artemis {

// One target field and where its values come from.
struct ProjectedColumn {
  Field target;
  // Index among the file's top-level fields; -1: the file does not hold it, or the target is of type unknown, which is never read.
  int file_column = -1;
  // Used when the file does not hold it: the identity partition value, null included, or the initial default; null otherwise. Structs
  // go by their field's own defaults.
  std::optional<LiteralValue> constant;
  // The file's field, with the ids it is found by (its own, or those of the name mapping); null when the file does not hold it.
  std::shared_ptr<arrow::Field> file_field = nullptr;
};

// A column and the value it has in all rows of a file; nullopt is null.
using PartitionConstant = std::pair<FieldId, std::optional<LiteralValue>>;

// The values of identity partition fields: what a file that lacks the column holds (specification, "Column Projection" rule 1).
std::vector<PartitionConstant> PartitionConstantsOf(const TableMetadata& metadata,
                                                    const DataFile& file);

// Partition values written before a column was widened hold the narrower type: the value as `type` has it.
LiteralValue WidenedConstant(const Type& type, const LiteralValue& value);

// Finds each target among the top-level fields of `file_schema`. CorruptFile (with `path`) when a required field without a default is
// missing, NotImplemented when a target is of an unsupported type, or holds one.
arrow::Result<std::vector<ProjectedColumn>> ProjectColumns(
    const std::vector<Field>& targets, const arrow::Schema& file_schema,
    const std::vector<PartitionConstant>& partition_constants, const std::string& path);

// The values of `column` for `rows` rows: `source` (the file's column, null when absent) cast to ToArrowType(target.type): widened types,
// nested fields by the ids in `source_field`, missing nested fields null or their default. Invalid when the types do not fit, when a date
// is out of the range of the timestamp it was widened to, or when a nested required field without a default is missing.
arrow::Result<std::shared_ptr<arrow::Array>> ProjectArray(
    const ProjectedColumn& column, int64_t rows, const std::shared_ptr<arrow::Array>& source,
    const arrow::Field* source_field, arrow::MemoryPool* pool);

}  // namespace artemis

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

namespace artemis {

// One target field and where its values come from.
struct ProjectedColumn {
  Field target;
  // Index among the file's top-level fields; -1: the file does not hold it.
  int file_column = -1;
  // Used when the file does not hold it: the identity partition value or the initial default; null otherwise.
  std::optional<LiteralValue> constant;
  // The file's field, with the ids it is found by (its own, or those of the name mapping); null when the file does not hold it.
  std::shared_ptr<arrow::Field> file_field = nullptr;
};

// Finds each target among the top-level fields of `file_schema`. `constant_of` gives the identity partition value of a field.
// CorruptFile (with `path`) when a required field without a default is missing.
arrow::Result<std::vector<ProjectedColumn>> ProjectColumns(
    const std::vector<Field>& targets, const arrow::Schema& file_schema,
    const std::vector<std::pair<FieldId, LiteralValue>>& partition_constants,
    const std::string& path);

// The values of `column` for `rows` rows: `source` (the file's column, null when absent) cast to ToArrowType(target.type): widened types,
// nested fields by the ids in `source_field`, missing nested fields null or their default. Invalid when the types do not fit.
arrow::Result<std::shared_ptr<arrow::Array>> ProjectArray(
    const ProjectedColumn& column, int64_t rows, const std::shared_ptr<arrow::Array>& source,
    const arrow::Field* source_field, arrow::MemoryPool* pool);

}  // namespace artemis

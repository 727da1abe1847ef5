// Field ids for files that have none: by the table's name mapping (specification, "Column Projection" rule 2; "Name Mapping Serialization").
#pragma once

#include <memory>
#include <string>

#include <arrow/result.h>
#include <arrow/type.h>

#include "artemis/table/metadata.h"

namespace artemis {

// `file_schema` itself when it carries ids; else the same fields with the ids of schema.name-mapping.default. Fields that the mapping does
// not name stay without id and are not read. Invalid, naming `path` and the property, when the table has no mapping.
arrow::Result<std::shared_ptr<arrow::Schema>> WithFieldIds(
    std::shared_ptr<arrow::Schema> file_schema, const TableMetadata& metadata,
    const std::string& path);

}  // namespace artemis

// Converts one incoming column to the type of a table's column; the rules are in conform.h.
#pragma once

#include <memory>

#include <arrow/memory_pool.h>
#include <arrow/result.h>
#include <arrow/type_fwd.h>

#include "artemis/schema/type.h"

namespace artemis {

struct ConformContext {
  bool truncate_timestamps = false;
  arrow::MemoryPool* pool = nullptr;
  // Number of the column's first row, for messages.
  int64_t first_row = 0;
};

// The column as ToArrowType(field.type). Invalid names the column (nested: "position.lat") and, for a value, the row.
arrow::Result<std::shared_ptr<arrow::Array>> ConformColumn(const ConformContext& context,
                                                           const Field& field,
                                                           std::shared_ptr<arrow::Array> column);

// `rows` times the field's write default, or null.
arrow::Result<std::shared_ptr<arrow::Array>> FilledColumn(const ConformContext& context,
                                                          const Field& field, int64_t rows);

}  // namespace artemis

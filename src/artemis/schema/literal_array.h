// Single values out of Arrow arrays, and arrays out of single values.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include <arrow/array.h>
#include <arrow/memory_pool.h>
#include <arrow/result.h>

#include "artemis/schema/type.h"

namespace artemis {

// The value at `index` of a column of `type`, nullopt when null. Takes arrays of ToArrowType(type), large and view forms of
// strings and binary, and dictionaries of any of them. Invalid: another array type, naming both. Requires a primitive `type`
// and an index within the array.
arrow::Result<std::optional<LiteralValue>> LiteralAt(const Type& type, const arrow::Array& array,
                                                     int64_t index);

// An array of ToArrowType(type) of these values. Requires a primitive type and values of its alternative.
arrow::Result<std::shared_ptr<arrow::Array>> ArrayOfLiterals(
    const Type& type, const std::vector<std::optional<LiteralValue>>& values,
    arrow::MemoryPool* pool = arrow::default_memory_pool());

// `count` times the same value, or nulls: for columns a file lacks.
arrow::Result<std::shared_ptr<arrow::Array>> RepeatLiteral(
    const Type& type, const std::optional<LiteralValue>& value, int64_t count,
    arrow::MemoryPool* pool = arrow::default_memory_pool());

}  // namespace artemis

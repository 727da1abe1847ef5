// An Arrow array that repeats one literal.
#pragma once

#include <memory>

#include <arrow/array.h>
#include <arrow/memory_pool.h>
#include <arrow/result.h>

#include "artemis/schema/type.h"

namespace artemis {

// `rows` times `value`, as ToArrowType(type). Invalid for nested types.
arrow::Result<std::shared_ptr<arrow::Array>> ConstantArray(const Type& type,
                                                           const LiteralValue& value, int64_t rows,
                                                           arrow::MemoryPool* pool);

// The value of `array` (of ToArrowType(type)) at `row`, which is not null. Invalid for nested types.
arrow::Result<LiteralValue> LiteralAt(const Type& type, const arrow::Array& array, int64_t row);

}  // namespace artemis

// Partition transforms on whole columns; transform.h has the meaning.
#pragma once

#include <memory>

#include <arrow/array.h>
#include <arrow/memory_pool.h>
#include <arrow/result.h>

#include "artemis/schema/transform.h"

namespace artemis {

// Applies the transform to each value: an array of ToArrowType(TransformResultType), nulls where the source is null.
// identity gives the source array itself, whatever its type. Time units, bucket and truncate of int, long, date, time and
// timestamps run as loops over the buffer, of strings and binary over their views; the rest goes value by value.
//
// Takes arrays of ToArrowType(source), large and view forms of strings and binary, and dictionaries of them (decoded).
// Invalid: another array type, or a pair TransformResultType refuses. Thread-safe.
arrow::Result<std::shared_ptr<arrow::Array>> ApplyTransformToArray(
    const Transform& transform, const Type& source, const arrow::Array& array,
    arrow::MemoryPool* pool = arrow::default_memory_pool());

}  // namespace artemis

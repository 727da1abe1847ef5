// Evaluates a bound predicate on the rows of a record batch, with the one meaning of predicate.h.
#pragma once

#include <functional>
#include <memory>

#include <arrow/array.h>
#include <arrow/memory_pool.h>
#include <arrow/record_batch.h>
#include <arrow/result.h>

#include "artemis/expr/predicate.h"

namespace artemis {

// The column of a field in a batch, or null when the batch does not hold it (it then counts as all
// null).
using ColumnLookup = std::function<std::shared_ptr<arrow::Array>(FieldId)>;

// A BooleanArray without nulls, true where the predicate is true. Columns have the Arrow types of
// ToArrowType, or dictionaries of them. Thread-safe. OutOfMemory from the pool; Invalid when a
// column has another type than its leaf.
arrow::Result<std::shared_ptr<arrow::BooleanArray>> EvaluateRows(const BoundPredicate& predicate,
                                                                 int64_t num_rows,
                                                                 const ColumnLookup& columns,
                                                                 arrow::MemoryPool* pool);

}  // namespace artemis

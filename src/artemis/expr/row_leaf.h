// One leaf over one Arrow column.
#pragma once

#include <arrow/array.h>

#include "artemis/expr/predicate.h"
#include "artemis/expr/row_mask.h"

namespace artemis {

// Rows of `column` for which the leaf is true; rows where it is null are clear. Takes arrays of
// ToArrowType(leaf.type), their large forms, dictionaries of them (a test per dictionary entry, not
// per row), uuid extension arrays, and arrays of Arrow's null type. Invalid when the column has
// another type.
arrow::Result<RowMask> EvaluateLeafRows(const BoundPredicate& leaf, const arrow::Array& column,
                                        arrow::MemoryPool* pool);

// The same for a column that is null in every row.
arrow::Result<RowMask> EvaluateLeafNulls(const BoundPredicate& leaf, int64_t num_rows,
                                         arrow::MemoryPool* pool);

}  // namespace artemis

// Which Arrow types a Parquet file can hold, as far as Arrow's schema conversion does not say itself.
//
// What cannot be held: intervals, unions, run-end encoded columns, structs without fields, fixed-size lists and binaries of size
// 0, negative decimal scales, and dictionaries of views and of nested values. Seconds are stored as milliseconds and date64 as
// whole days.
#pragma once

#include <arrow/result.h>
#include <arrow/type_fwd.h>

namespace artemis {

// TypeError with the reason, for what would be refused only once values come, or could not be read back. The type may be nested.
arrow::Status CheckStorable(const arrow::DataType& type);

// Whether a column of the type has values that must be looked at before they are stored (CheckStorableValues): date64.
bool NeedsValueCheck(const arrow::DataType& type);

// Invalid naming row and value for a date64 that is no whole day. Rows of nested values are those of the innermost list.
arrow::Status CheckStorableValues(const arrow::Array& values);

}  // namespace artemis

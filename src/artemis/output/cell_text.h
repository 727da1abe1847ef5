// One value of an Arrow array as text: in CSV cells, tables and JSON.
//
//   integers, booleans  as they are               timestamps  2024-03-15T07:00:00.000001, with a zone …Z
//   floating point      shortest that reads back  dates       2024-03-15
//                       NaN, Infinity, -Infinity  times       07:00:00.000001
//   decimals            all their digits          binary      lower-case hex; arrow.uuid with dashes
//   structs, lists, maps: JSON; maps are arrays of {"key":…,"value":…}
//
// Fractions of seconds have as many digits as the type's unit. Dictionaries are their values, other
// extensions their storage. Types that no table holds (intervals, unions) are Arrow's own text.
#pragma once

#include <cstdint>
#include <string>

#include <arrow/type_fwd.h>

namespace artemis {

// Appends the value at `row`, which must not be null at the top.
void AppendCellText(const arrow::Array& array, int64_t row, std::string* out);

// Appends the value at `row` as JSON: numbers and booleans bare (a decimal with all its digits),
// null as null, NaN and infinities as the strings above, everything else as a string, an array or
// an object.
void AppendCellJson(const arrow::Array& array, int64_t row, std::string* out);

// Whether people expect the column to be aligned to the right: numbers.
bool IsRightAligned(const arrow::DataType& type);

}  // namespace artemis

// The one place that decides how a column is encoded.
//
// Telemetry's own columns have names, and with them a known shape: sample times and counters that grow by small steps
// (delta), converter readings as doubles (byte stream split), long paths that share their beginnings (delta byte array),
// and labels of few values (dictionary). Every other column is judged by its type alone:
//   64-bit integers, timestamps and times of day   delta
//   booleans                                       plain
//   everything else                                dictionary, which gives way to plain in a row group whose dictionary
//                                                  passes 1 MiB
#pragma once

#include <string_view>

#include <arrow/result.h>
#include <arrow/type_fwd.h>

#include "artemis/parquet/writer.h"

namespace artemis {

// The encoding of a leaf of `type` in the top-level column `name`. A telemetry name whose type does not allow its encoding
// is judged by type. `nested` leaves (inside structs, lists, maps) are always judged by type.
ColumnEncoding ChooseEncoding(std::string_view name, const arrow::DataType& type, bool nested);

// Whether Parquet defines the encoding for the type: delta for integers, dates, times, timestamps, durations and decimals of up to
// 18 digits; byte stream split for floating point, those, all decimals and fixed-size binary; delta byte array for strings and
// binary; dictionary for all but booleans; plain for all.
bool EncodingFits(ColumnEncoding encoding, const arrow::DataType& type);

// The format's name: "DELTA_BINARY_PACKED", "RLE_DICTIONARY", …
std::string_view EncodingName(ColumnEncoding encoding);

// The inverse for people: the format's names and dictionary, plain, delta, byte_stream_split, delta_byte_array, in any case.
// Invalid names the text and what is accepted.
arrow::Result<ColumnEncoding> ParseEncoding(std::string_view text);

}  // namespace artemis

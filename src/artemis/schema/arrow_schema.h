// Iceberg schemas to and from Arrow schemas.
//
// Arrow to Iceberg (DESIGN: int8/16, uint8/16 -> int; uint32 -> long; uint64 -> long, values over
// 2^63-1 are refused when rows are written; seconds and millis timestamps widened to µs; large and
// view types -> string or binary; duration, interval, half-float, union: Invalid). Field ids travel
// in Arrow field metadata under "PARQUET:field_id".
#pragma once

#include <memory>
#include <optional>

#include <arrow/result.h>
#include <arrow/type_fwd.h>

#include "artemis/schema/schema.h"

namespace artemis {

inline constexpr char kParquetFieldIdKey[] = "PARQUET:field_id";
// Key of a field's doc in Arrow metadata; PyIceberg's.
inline constexpr char kFieldDocKey[] = "doc";

// The id in a field's metadata; nullopt when there is none or it is no number.
std::optional<FieldId> FieldIdOf(const arrow::Field& field);

// How arrow timestamp(ns) columns enter a table.
enum class NanosPolicy : uint8_t {
  kMicros,  // timestamp (v2): the default
  kNanos,   // timestamp_ns (v3)
};

// Converts and gives fresh ids where the Arrow fields carry none. Either all fields carry ids or
// none does, else Invalid. Dictionaries are read as their values, the extensions arrow.uuid as uuid
// and arrow.bool8 as boolean, other extensions as their storage. Also Invalid, naming the column: types without a mapping
// (above), null and run-end encoded ones, empty or repeated names, ids used twice.
arrow::Result<Schema> SchemaFromArrow(const arrow::Schema& arrow_schema,
                                      NanosPolicy nanos = NanosPolicy::kMicros);

// The Arrow schema of rows read from a table: int -> int32, timestamptz -> timestamp(us, UTC), uuid
// -> fixed_size_binary(16), string -> utf8, binary -> binary; with field ids and docs in the
// metadata. Unsupported types become null: whoever reads or writes rows refuses them first
// (RefuseUnsupported).
std::shared_ptr<arrow::Schema> ToArrowSchema(const Schema& schema);
std::shared_ptr<arrow::DataType> ToArrowType(const Type& type);
std::shared_ptr<arrow::Field> ToArrowField(const Field& field);

}  // namespace artemis

// Iceberg types, columns and values in DuckDB's terms. Only for sql/.
//
//   int INTEGER · long BIGINT · float FLOAT · double DOUBLE · decimal DECIMAL · boolean BOOLEAN · date DATE · time TIME
//   timestamp TIMESTAMP · timestamptz TIMESTAMPTZ · timestamp_ns TIMESTAMP_NS · string VARCHAR · uuid UUID
//   fixed, binary BLOB · struct STRUCT · list LIST · map MAP
//   timestamptz_ns TIMESTAMPTZ: DuckDB has no zoned nanoseconds, digits below the microsecond are cut off
//   unknown INTEGER, always null
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <duckdb/common/multi_file/multi_file_data.hpp>
#include <duckdb/common/types.hpp>
#include <duckdb/common/types/value.hpp>

#include "artemis/schema/schema.h"

namespace artemis {

// A top-level column as SQL sees it.
struct DuckColumn {
  // Unique without regard to case: a name taken already gets the suffix _2, _3, …
  std::string name;
  duckdb::LogicalType type;
  // How DuckDB's reader finds it in a file: by field id, nested fields and defaults included.
  duckdb::MultiFileColumnDefinition definition;
};

struct DuckColumns {
  std::vector<DuckColumn> columns;  // one per field of the schema, in its order
  // "column 'Temp' is called 'Temp_2' in SQL, where names differ by more than case", one per renamed column.
  std::vector<std::string> renamed;
};

DuckColumns ToDuckColumns(const Schema& schema);

duckdb::LogicalType ToDuckType(const Type& type);

// The value in a column of `type`; `value` must hold the alternative of `type`.
duckdb::Value ToDuckValue(const Type& type, const LiteralValue& value);

// The value as a literal of `type` if it is exactly one; nullopt for null, other types, and what would have to be rounded.
std::optional<LiteralValue> ToLiteral(const Type& type, const duckdb::Value& value);

}  // namespace artemis

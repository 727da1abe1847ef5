// CREATE TABLE as an Iceberg table, and DuckDB's types as Iceberg's. Only for sql/.
#pragma once

#include <string>

#include <arrow/result.h>
#include <duckdb/parser/parsed_data/create_table_info.hpp>

#include "artemis/table/metadata.h"

namespace artemis {

// The type whose column in SQL holds every value of `type`; of structs, lists and maps without ids (AssignFreshIds gives them).
//
//   TINYINT, SMALLINT, INTEGER, UTINYINT, USMALLINT int · BIGINT, UINTEGER long · HUGEINT, UBIGINT decimal(38, 0), decimal(20, 0)
//   VARCHAR, ENUM string · BLOB binary · TIMESTAMP, TIMESTAMP_S, TIMESTAMP_MS timestamp · ARRAY list · NULL unknown
//   and the others as duck_types.h has them
//
// NotImplemented for INTERVAL, TIMETZ, UHUGEINT, BIT, UNION and what else has no such type.
arrow::Result<Type> FromDuckType(const duckdb::LogicalType& type);

// The table that the statement describes, without a location.
//
//   CREATE TABLE t (id BIGINT NOT NULL, ts TIMESTAMPTZ, note VARCHAR DEFAULT 'none')
//   PARTITIONED BY (mission_id, day(ts), bucket(16, id)) SORTED BY (ts)
//   WITH ('format-version' = '3', 'artemis.write.clustering' = 'zorder(a, b)')
//
// Options other than format-version are table properties. Without it the version is 2, or 3 where a type or a default needs it.
// create_table_function.h has what the parser has no words for.
// Invalid, or NotImplemented: keys, checks, generated columns, collations, defaults that are no constants, and what the partition and
// sort terms are refused for.
arrow::Result<NewTable> NewTableOf(const duckdb::CreateTableInfo& info);

// The columns alone.
arrow::Result<Schema> ColumnsOf(const duckdb::CreateTableInfo& info);

inline constexpr char kFormatVersionOption[] = "format-version";
// The property that COMMENT ON TABLE sets.
inline constexpr char kCommentProperty[] = "comment";

// Takes one option: the format version, else a property. Invalid: another version, and words that would be lost as properties, such as
// format_version, location and partition_by; the message says what to write.
arrow::Status TakeTableOption(const std::string& key, const std::string& value, NewTable* table);

// Parses the terms and settles the format version where `table`, which has its schema and its properties, has 0. Invalid as above.
arrow::Status FinishNewTable(const std::string& partition, const std::string& sort,
                             NewTable* table);

// PARTITIONED BY and SORTED BY as schema/ parses them: "mission_id, day(ts), bucket(16, id)". Invalid for other expressions.
arrow::Result<std::string> TermsText(
    const duckdb::vector<duckdb::unique_ptr<duckdb::ParsedExpression>>& terms);

// The value of a constant expression in a column of `type`; nullopt for null. Invalid for other expressions and values.
arrow::Result<std::optional<LiteralValue>> ConstantOf(const duckdb::ParsedExpression& expression,
                                                      const Type& type, const std::string& column);

}  // namespace artemis

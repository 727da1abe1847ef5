// CALL artemis.create_table('sda.obs', columns := '…', …): CREATE TABLE for what DuckDB's parser has no words for. Only for sql/.
//
//   columns         what stands in the parentheses of CREATE TABLE: 'id BIGINT NOT NULL, ts TIMESTAMPTZ, note VARCHAR'
//   schema          instead of columns: an Iceberg schema as JSON; ids are given afresh
//   partition       ['mission_id', 'day(ts) as day', 'bucket(16, id)'], or one text with commas
//   sort_order      ['ts desc nulls last'], or ['zorder(a, b)']; or one text
//   properties      MAP {'write.target-file-size-bytes': '67108864'}
//   format_version  2 or 3; else 2, or 3 where a type or a default needs it
//   comment         the property of that name
//   if_not_exists   whether a table of this name may be there: it stays as it is
#pragma once

#include <duckdb/function/table_function.hpp>

namespace artemis {

// Gives one row: table_name, location, format_version, created. The table is made when the row is read, in the transaction of the
// statement; its arguments are judged when it is bound.
//
// Thrown into DuckDB: what CREATE TABLE refuses, an argument that is null or of another type, both or neither of columns and schema,
// PermissionDenied for a property that says where files go in a confined session.
duckdb::TableFunction CreateTableFunction();

}  // namespace artemis

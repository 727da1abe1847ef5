// What a session for strangers may not do. Three fences, each of which would do by itself for what it covers:
//
//   parse tree   only the statements, table functions and settings listed here get as far as the binder
//   binder       a statement changes nothing but tables of the catalog, where the session may write, and temporary tables
//   DuckDB       no access to files but through GuardedFiles, configuration locked but for the session's own settings
//
// Taken: SELECT in all its forms, VALUES, SHOW, DESCRIBE, SUMMARIZE; EXPLAIN; SET and RESET of artemis.as_of,
// artemis.projection_mode, TimeZone, schema and search_path; USE; BEGIN, COMMIT, ROLLBACK; PREPARE, EXECUTE, DEALLOCATE; temporary
// tables and views, and changes to them; PRAGMA version, table_info, show_tables, database_list and functions, which DuckDB turns into
// queries.
//
// Where the session may write, of tables of artemis: artemis.create_table, CREATE and DROP of SCHEMA and TABLE, INSERT, UPDATE, DELETE, MERGE, ALTER TABLE,
// COMMENT ON. Table properties that say where files go are refused: with them a client could write anywhere on the machine.
// Only for sql/.
#pragma once

#include <string>

#include <arrow/status.h>
#include <duckdb.hpp>
#include <duckdb/parser/sql_statement.hpp>

#include "artemis/sql/session_state.h"

namespace artemis {

// PermissionDenied, saying what is not taken.
arrow::Status CheckConfined(const duckdb::SQLStatement& statement, const SessionState& state);

// PermissionDenied where the table property says where files go ("write.data.path").
arrow::Status CheckPropertyConfined(const std::string& property);

// PermissionDenied where the prepared statement changes more than temporary tables and what the session may write.
arrow::Status CheckChangesConfined(const duckdb::StatementProperties& properties,
                                   const SessionState& state);

// Registers the guarded file system, closes everything else and locks the configuration; then reads every setting back: Invalid
// where one does not hold. Cannot be undone.
arrow::Status ConfineEngine(duckdb::DuckDB& database, const SessionState& state);

}  // namespace artemis

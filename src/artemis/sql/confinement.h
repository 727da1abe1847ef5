// What a session for strangers may not do. Three fences, each of which would do by itself for what it covers:
//
//   parse tree   only the statements, table functions and settings listed here get as far as the binder
//   binder       a statement changes nothing but temporary tables
//   DuckDB       no access to files but through GuardedFiles, configuration locked but for the session's own settings
//
// Taken: SELECT in all its forms, VALUES, SHOW, DESCRIBE, SUMMARIZE; EXPLAIN; SET and RESET of artemis.as_of,
// artemis.projection_mode, TimeZone, schema and search_path; USE; BEGIN, COMMIT, ROLLBACK; PREPARE, EXECUTE, DEALLOCATE; temporary
// tables and views, and changes to them. Only for sql/.
#pragma once

#include <arrow/status.h>
#include <duckdb.hpp>
#include <duckdb/parser/sql_statement.hpp>

#include "artemis/sql/session_state.h"

namespace artemis {

// PermissionDenied, saying what is not taken.
arrow::Status CheckConfined(const duckdb::SQLStatement& statement);

// PermissionDenied where the prepared statement changes more than temporary tables.
arrow::Status CheckChangesConfined(const duckdb::StatementProperties& properties);

// Registers the guarded file system, closes everything else and locks the configuration; then reads every setting back: Invalid
// where one does not hold. Cannot be undone.
arrow::Status ConfineEngine(duckdb::DuckDB& database, const SessionState& state);

}  // namespace artemis

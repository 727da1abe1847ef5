// A DuckDB result as a stream of Arrow batches. Only for sql/.
#pragma once

#include <memory>

#include <duckdb.hpp>

#include "artemis/sql/running_statement.h"
#include "artemis/sql/session.h"
#include "artemis/sql/session_state.h"

namespace artemis {

// `owner` is kept as long as the stream, and let go after DuckDB's result: the engine the rows come from. `running` ends with the
// last row, the first failure, Close or the stream.
arrow::Result<std::unique_ptr<SqlResult>> MakeSqlResult(
    std::shared_ptr<void> owner, std::shared_ptr<const SessionState> state,
    std::shared_ptr<RunningStatement> running, duckdb::unique_ptr<duckdb::QueryResult> result);

StatementKind KindOf(const duckdb::StatementProperties& properties);

// The Arrow schema that rows of these columns have in a result.
arrow::Result<std::shared_ptr<arrow::Schema>> ResultSchema(
    const duckdb::vector<duckdb::LogicalType>& types, const duckdb::vector<std::string>& names,
    duckdb::ClientProperties properties);

}  // namespace artemis

// A DuckDB result as a stream of Arrow batches. Only for sql/.
#pragma once

#include <memory>

#include <duckdb.hpp>

#include "artemis/sql/session.h"
#include "artemis/sql/session_state.h"

namespace artemis {

// `owner` is kept as long as the stream, and let go after DuckDB's result: the engine the rows come from.
arrow::Result<std::unique_ptr<SqlResult>> MakeSqlResult(
    std::shared_ptr<void> owner, std::shared_ptr<const SessionState> state,
    duckdb::unique_ptr<duckdb::QueryResult> result);

}  // namespace artemis

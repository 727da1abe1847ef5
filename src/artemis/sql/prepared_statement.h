// DuckDB's prepared statements with parameters from Arrow. Only for sql/.
#pragma once

#include <memory>
#include <string>

#include <duckdb/main/prepared_statement.hpp>

#include "artemis/sql/session_core.h"

namespace artemis {

arrow::Result<std::unique_ptr<SqlPrepared>> MakePreparedStatement(
    std::shared_ptr<SessionCore> session, duckdb::unique_ptr<duckdb::PreparedStatement> prepared,
    std::string sql);

}  // namespace artemis

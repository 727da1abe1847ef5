// One connection and what its statements go through. Only for sql/.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <arrow/result.h>
#include <duckdb.hpp>

#include "artemis/sql/engine_core.h"
#include "artemis/sql/running_statement.h"
#include "artemis/sql/session.h"

namespace artemis {

using SqlStatements = duckdb::vector<duckdb::unique_ptr<duckdb::SQLStatement>>;

class SessionCore : public std::enable_shared_from_this<SessionCore> {
 public:
  SessionCore(std::shared_ptr<EngineCore> engine, const SqlSessionOptions& options);

  arrow::Status Start();

  EngineCore& engine() { return *engine_; }
  const std::shared_ptr<SessionState>& state() const { return state_; }
  duckdb::Connection& connection() { return *connection_; }

  // The statements of a text, AS OF rewritten. PermissionDenied where a confined session does not take one.
  arrow::Result<SqlStatements> Parse(std::string_view sql);

  // Where the text that was parsed last failed since, in bytes of it; nullopt where that is not known.
  std::optional<size_t> FailedAt() const;

  // Starts a statement; it ends with its result.
  arrow::Result<std::unique_ptr<SqlResult>> Send(
      duckdb::unique_ptr<duckdb::SQLStatement> statement);
  arrow::Result<std::unique_ptr<SqlPrepared>> Prepare(
      duckdb::unique_ptr<duckdb::SQLStatement> statement);

  // Makes `sql` the statement that runs; the one before it is over. `measured` as for RunningStatement.
  std::shared_ptr<RunningStatement> Begin(std::string sql, bool measured = false);
  // The result of the statement that runs, or what it failed with.
  arrow::Result<std::unique_ptr<SqlResult>> Finish(
      std::shared_ptr<RunningStatement> running,
      arrow::Result<duckdb::unique_ptr<duckdb::QueryResult>> result);

 private:
  // What Parse gives, with the parser's own messages.
  arrow::Result<SqlStatements> ParseRewritten();
  // For confined sessions: plans the statement to learn what it would change.
  arrow::Status CheckChanges(const duckdb::SQLStatement& statement);

  const std::shared_ptr<EngineCore> engine_;
  const std::shared_ptr<SessionState> state_;
  std::unique_ptr<duckdb::Connection> connection_;
  std::weak_ptr<RunningStatement> running_;
  // The text that was parsed last, and what DuckDB was given for it.
  std::string text_;
  std::string rewritten_;
};

}  // namespace artemis

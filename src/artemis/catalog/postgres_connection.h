// One connection to PostgreSQL, with every error translated to a Status that names the database and never a secret. The wall:
// libpq.h is included by this pair and postgres_uri.cc only.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "artemis/catalog/postgres_uri.h"
#include "artemis/catalog/sql_database.h"

struct pg_conn;
struct pg_result;

namespace artemis {

// Not thread-safe. A connection that is lost stays so.
//
// Nothing waits for ever: connecting 10 s (connect_timeout), a statement statement_timeout_ms on the server and 5 s more here, after
// which the connection is given up. A commit is durable when it is acknowledged: synchronous_commit = off is not accepted from the
// server's configuration.
class PostgresConnection : public SqlSession {
 public:
  // `read_only`: the session refuses to write; else it must be to a server that takes writes, not to a replica.
  // IOError, PermissionDenied.
  static arrow::Result<std::unique_ptr<PostgresConnection>> Connect(const PostgresUri& uri,
                                                                    bool read_only);
  ~PostgresConnection() override;
  PostgresConnection(const PostgresConnection&) = delete;
  PostgresConnection& operator=(const PostgresConnection&) = delete;

  arrow::Result<std::vector<SqlRow>> Query(const std::string& sql,
                                           const std::vector<SqlValue>& parameters = {}) override;
  arrow::Result<int64_t> Run(const std::string& sql,
                             const std::vector<SqlValue>& parameters = {}) override;
  // CommitUnknown unless the server said that it committed, or that it rolled back (any other error).
  arrow::Status Commit();
  // Whether the connection can be used no more.
  bool lost() const { return lost_; }
  // Whether a transaction was begun and has not ended.
  bool in_transaction() const;

 private:
  struct ResultDeleter {
    void operator()(pg_result* result) const;
  };
  using Result = std::unique_ptr<pg_result, ResultDeleter>;

  PostgresConnection(pg_conn* connection, std::string label, int64_t timeout_ms)
      : connection_(connection), label_(std::move(label)), timeout_ms_(timeout_ms) {}

  arrow::Result<Result> Execute(const std::string& sql, const std::vector<SqlValue>& parameters);
  arrow::Result<Result> AwaitResult();
  arrow::Status AwaitInput(int64_t deadline_ms);
  // The state of a failed statement, "40001"; empty when the server did not say.
  arrow::Status ErrorOf(const pg_result* result) const;
  arrow::Status LostError(const std::string& what);

  pg_conn* connection_;
  const std::string label_;
  const int64_t timeout_ms_;
  bool lost_ = false;
};

// The text of the catalog in messages: "postgresql://ada@db.example/lab".
std::string PostgresLabel(const PostgresUri& uri);

}  // namespace artemis

// A SqlDatabase in PostgreSQL: transactions over connections that are kept and used again.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "artemis/catalog/postgres_connection.h"
#include "artemis/catalog/sql_database.h"

namespace artemis {

// Thread-safe: each running Read or Transact has a connection of its own; up to kIdleMax are kept between them. Before COMMIT is
// sent, a lost connection is replaced, and the work begun anew: a restarted server is noticed by nobody.
class PostgresStore : public SqlDatabase {
 public:
  static constexpr size_t kIdleMax = 8;

  // Connects once, so that a wrong URI is an error here.
  static arrow::Result<std::unique_ptr<SqlDatabase>> Open(PostgresUri uri, bool read_only);

  std::string Uri() const override { return uri_.text; }
  std::string Label() const override { return PostgresLabel(uri_); }
  arrow::Status Read(const SqlBody& body) override;
  arrow::Status Transact(const SqlBody& body) override;
  arrow::Result<bool> HasTable(SqlSession& session, const std::string& table) override;
  arrow::Result<std::vector<std::string>> ColumnsOf(SqlSession& session,
                                                    const std::string& table) override;
  arrow::Status LockSchema(SqlSession& session) override;
  std::string_view NumberedKey() const override { return "BIGSERIAL PRIMARY KEY"; }
  std::string_view RowLock() const override { return " FOR UPDATE"; }

 private:
  using Work = std::function<arrow::Status(PostgresConnection& connection)>;

  PostgresStore(PostgresUri uri, bool read_only) : uri_(std::move(uri)), read_only_(read_only) {}

  // Runs `work` with a connection, and again with a new one where the connection was lost and `work` did not end in CommitUnknown.
  arrow::Status WithConnection(const Work& work);
  // An idle connection, or a new one; after a loss, a new one is tried for while the server may be starting again.
  arrow::Result<std::unique_ptr<PostgresConnection>> Borrow();
  void GiveBack(std::unique_ptr<PostgresConnection> connection);

  const PostgresUri uri_;
  const bool read_only_;
  std::mutex mutex_;  // guards the rest
  std::vector<std::unique_ptr<PostgresConnection>> idle_;
  bool after_loss_ = false;
};

}  // namespace artemis

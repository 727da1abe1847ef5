// Connections that come and go.
#include "artemis/catalog/postgres_store.h"

#include <chrono>
#include <thread>

#include "artemis/base/error.h"

namespace artemis {

namespace {

constexpr int kPostgresAttempts = 3;
constexpr std::chrono::milliseconds kReconnectFor{5000};
constexpr std::chrono::milliseconds kReconnectPause{100};
// An advisory lock's key of our own: "artemis" in bytes.
constexpr char kSchemaLock[] = "SELECT pg_advisory_xact_lock(27430055464266099)";

}  // namespace

arrow::Result<std::unique_ptr<SqlDatabase>> PostgresStore::Open(PostgresUri uri, bool read_only) {
  std::unique_ptr<PostgresStore> store(new PostgresStore(std::move(uri), read_only));
  ARROW_ASSIGN_OR_RAISE(auto connection, PostgresConnection::Connect(store->uri_, read_only));
  store->GiveBack(std::move(connection));
  return store;
}

arrow::Result<std::unique_ptr<PostgresConnection>> PostgresStore::Borrow() {
  bool patient = false;
  {
    std::lock_guard lock(mutex_);
    if (!idle_.empty()) {
      auto connection = std::move(idle_.back());
      idle_.pop_back();
      return connection;
    }
    patient = after_loss_;
  }
  const auto give_up = std::chrono::steady_clock::now() + kReconnectFor;
  while (true) {
    auto connection = PostgresConnection::Connect(uri_, read_only_);
    if (connection.ok() || !patient || FindDetail<PermissionDenied>(connection.status()) ||
        std::chrono::steady_clock::now() > give_up) {
      return connection;
    }
    std::this_thread::sleep_for(kReconnectPause);
  }
}

void PostgresStore::GiveBack(std::unique_ptr<PostgresConnection> connection) {
  std::lock_guard lock(mutex_);
  after_loss_ = connection->lost();
  if (after_loss_) {
    // The others were made before, and their server is most likely gone, too.
    idle_.clear();
  } else if (!connection->in_transaction() && idle_.size() < kIdleMax) {
    idle_.push_back(std::move(connection));
  }
}

arrow::Status PostgresStore::WithConnection(const Work& work) {
  for (int attempt = 1;; ++attempt) {
    ARROW_ASSIGN_OR_RAISE(auto connection, Borrow());
    const auto status = work(*connection);
    const bool again = connection->lost() && FindDetail<CommitUnknown>(status) == nullptr;
    GiveBack(std::move(connection));
    if (!again || attempt == kPostgresAttempts) return status;
  }
}

arrow::Status PostgresStore::Read(const SqlBody& body) {
  return WithConnection([&](PostgresConnection& connection) { return body(connection); });
}

arrow::Status PostgresStore::Transact(const SqlBody& body) {
  return WithConnection([&](PostgresConnection& connection) -> arrow::Status {
    ARROW_RETURN_NOT_OK(connection.Run("BEGIN").status());
    const auto status = body(connection);
    if (status.ok()) return connection.Commit();
    if (!connection.lost()) (void)connection.Run("ROLLBACK");
    return status;
  });
}

arrow::Result<bool> PostgresStore::HasTable(SqlSession& session, const std::string& table) {
  ARROW_ASSIGN_OR_RAISE(const auto rows,
                        session.Query("SELECT to_regclass(?1) IS NOT NULL", {table}));
  return rows.size() == 1 && rows[0].Integer(0) == 1;
}

arrow::Result<std::vector<std::string>> PostgresStore::ColumnsOf(SqlSession& session,
                                                                 const std::string& table) {
  ARROW_ASSIGN_OR_RAISE(
      const auto rows,
      session.Query("SELECT attname::text FROM pg_attribute WHERE attrelid = to_regclass(?1) AND "
                    "attnum > 0 AND NOT attisdropped",
                    {table}));
  std::vector<std::string> columns;
  for (const auto& row : rows) columns.push_back(row.Text(0));
  return columns;
}

arrow::Status PostgresStore::LockSchema(SqlSession& session) {
  return session.Query(kSchemaLock).status();
}

}  // namespace artemis

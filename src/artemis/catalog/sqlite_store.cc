// Transactions on one SQLite connection.
#include "artemis/catalog/sqlite_store.h"

#include "artemis/base/error.h"

namespace artemis {

namespace {

class SqliteSession : public SqlSession {
 public:
  explicit SqliteSession(SqliteDatabase& database) : database_(database) {}

  arrow::Result<std::vector<SqlRow>> Query(const std::string& sql,
                                           const std::vector<SqlValue>& parameters) override {
    ARROW_ASSIGN_OR_RAISE(auto statement, database_.Prepare(sql, parameters));
    std::vector<SqlRow> rows;
    while (true) {
      ARROW_ASSIGN_OR_RAISE(const bool more, statement.Step());
      if (!more) return rows;
      rows.push_back(statement.Row());
    }
  }

  arrow::Result<int64_t> Run(const std::string& sql,
                             const std::vector<SqlValue>& parameters) override {
    return database_.Run(sql, parameters);
  }

 private:
  SqliteDatabase& database_;
};

}  // namespace

arrow::Result<std::unique_ptr<SqlDatabase>> SqliteStore::Open(const std::string& path,
                                                              const SqliteOpenOptions& options) {
  std::unique_ptr<SqliteStore> store(new SqliteStore(path, options));
  ARROW_RETURN_NOT_OK(store->Connect());
  return store;
}

arrow::Status SqliteStore::Connect() {
  if (database_ != nullptr) return arrow::Status::OK();
  ARROW_ASSIGN_OR_RAISE(database_, SqliteDatabase::Open(path_, options_));
  return arrow::Status::OK();
}

arrow::Status SqliteStore::Read(const SqlBody& body) {
  std::lock_guard lock(mutex_);
  ARROW_RETURN_NOT_OK(Connect());
  SqliteSession session(*database_);
  return body(session);
}

arrow::Status SqliteStore::Transact(const SqlBody& body) {
  std::lock_guard lock(mutex_);
  ARROW_RETURN_NOT_OK(Connect());
  SqliteSession session(*database_);
  ARROW_RETURN_NOT_OK(database_->Run("BEGIN IMMEDIATE").status());
  arrow::Status status = body(session);
  if (status.ok()) {
    status = database_->Run("COMMIT").status();
    // Still within the transaction: nothing was committed, and it can be rolled back.
    if (!status.ok() && !database_->in_transaction()) return CommitUnknownError(status.message());
  }
  if (!status.ok() && database_->in_transaction()) (void)database_->Run("ROLLBACK");
  // A transaction that cannot even be rolled back ends with its connection; the journal undoes it.
  if (database_->in_transaction()) database_.reset();
  return status;
}

arrow::Result<bool> SqliteStore::HasTable(SqlSession& session, const std::string& table) {
  ARROW_ASSIGN_OR_RAISE(
      const auto rows,
      session.Query("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?1", {table}));
  return !rows.empty();
}

arrow::Result<std::vector<std::string>> SqliteStore::ColumnsOf(SqlSession& session,
                                                               const std::string& table) {
  ARROW_ASSIGN_OR_RAISE(const auto rows,
                        session.Query("SELECT name FROM pragma_table_info(?1)", {table}));
  std::vector<std::string> columns;
  for (const auto& row : rows) columns.push_back(row.Text(0));
  return columns;
}

}  // namespace artemis

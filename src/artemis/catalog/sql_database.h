// A database as the JDBC catalog needs it: statements with parameters, and transactions whose outcome is told exactly. Two
// implementations: SQLite (sqlite_store.h) and PostgreSQL (postgres_store.h).
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <arrow/result.h>

namespace artemis {

using SqlValue = std::variant<std::monostate, int64_t, std::string>;

// One row of a result. Columns count from 0.
struct SqlRow {
  std::vector<SqlValue> values;

  std::string Text(size_t column) const;  // empty for NULL
  std::optional<int64_t> Integer(size_t column) const;
  bool IsNull(size_t column) const;
};

// One conversation over one connection. Statements name their parameters ?1, ?2, … and hold no other question mark.
//
// A row that breaks a unique key is AlreadyExists; lack of rights PermissionDenied; a transaction that the database ended in
// favour of another CommitConflict; all else IOError. Messages name the database, never a secret. Not thread-safe.
class SqlSession {
 public:
  virtual ~SqlSession() = default;
  virtual arrow::Result<std::vector<SqlRow>> Query(
      const std::string& sql, const std::vector<SqlValue>& parameters = {}) = 0;
  // The number of rows changed.
  virtual arrow::Result<int64_t> Run(const std::string& sql,
                                     const std::vector<SqlValue>& parameters = {}) = 0;
};

using SqlBody = std::function<arrow::Status(SqlSession& session)>;

// Thread-safe.
class SqlDatabase {
 public:
  virtual ~SqlDatabase() = default;

  // The catalog's URI without its name and without secrets: "sqlite:/x/catalog.db".
  virtual std::string Uri() const = 0;
  // For messages: "/x/catalog.db".
  virtual std::string Label() const = 0;

  // Runs statements that only read. `body` runs again from its beginning when the connection turns out to be dead.
  virtual arrow::Status Read(const SqlBody& body) = 0;

  // Runs `body` as one transaction; what `body` returns as an error rolls it back. `body` may run again from its beginning,
  // as long as nothing can have been committed. CommitUnknown: COMMIT was sent and its outcome is not known; whoever sees it
  // looks again (another Read or Transact uses another connection). Any other error: nothing was changed.
  virtual arrow::Status Transact(const SqlBody& body) = 0;

  virtual arrow::Result<bool> HasTable(SqlSession& session, const std::string& table) = 0;
  virtual arrow::Result<std::vector<std::string>> ColumnsOf(SqlSession& session,
                                                            const std::string& table) = 0;
  // Within a transaction that is about to make tables: waits for others that do.
  virtual arrow::Status LockSchema(SqlSession& session) = 0;
  // The type of a column that numbers its rows: "INTEGER PRIMARY KEY".
  virtual std::string_view NumberedKey() const = 0;
  // Ends a SELECT that waits for transactions which have changed its rows: " FOR UPDATE", or nothing where transactions wait
  // for each other anyway.
  virtual std::string_view RowLock() const = 0;
};

}  // namespace artemis

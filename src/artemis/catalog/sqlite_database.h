// One SQLite connection, with every error translated to a Status that names the file. The wall: nothing else includes sqlite3.h.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <arrow/result.h>
#include <sqlite3.h>

#include "artemis/catalog/sql_database.h"

namespace artemis {

// A prepared statement with its parameters bound. Moves, never copies.
class SqliteStatement {
 public:
  // True while there is a row. Errors as SqliteDatabase::Error.
  arrow::Result<bool> Step();
  std::string Text(int column) const;
  std::optional<int64_t> Integer(int column) const;  // nullopt for NULL
  bool IsNull(int column) const;
  // The current row: integers as such, NULL, and all else as text.
  SqlRow Row() const;

 private:
  friend class SqliteDatabase;
  struct Finalizer {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };
  SqliteStatement(sqlite3_stmt* statement, class SqliteDatabase* database)
      : statement_(statement), database_(database) {}

  std::unique_ptr<sqlite3_stmt, Finalizer> statement_;
  class SqliteDatabase* database_;
};

struct SqliteOpenOptions {
  bool read_only = false;
  bool create = false;
  // How long one statement waits for other processes' locks, with growing, jittered sleeps.
  int64_t busy_max_ms = 60000;
};

struct SqliteOpening;

// Not thread-safe: the owner holds a mutex around a whole transaction.
class SqliteDatabase {
 public:
  // Read-only opening works in a folder that cannot be written: under WAL without a -wal file as immutable, and with a -wal file but no
  // usable -shm on a temporary copy of both, so that no commit is hidden. What a killed writer left half done is rolled back: in the
  // file itself where it may be written (its only change), else in a temporary copy.
  // IOError when the file is absent or no database; PermissionDenied.
  static arrow::Result<std::unique_ptr<SqliteDatabase>> Open(const std::string& path,
                                                             const SqliteOpenOptions& options);
  ~SqliteDatabase();
  SqliteDatabase(const SqliteDatabase&) = delete;
  SqliteDatabase& operator=(const SqliteDatabase&) = delete;

  arrow::Result<SqliteStatement> Prepare(const std::string& sql,
                                         const std::vector<SqlValue>& parameters = {});
  // Runs a statement to its end; the number of rows changed.
  arrow::Result<int64_t> Run(const std::string& sql, const std::vector<SqlValue>& parameters = {});

  bool in_transaction() const { return sqlite3_get_autocommit(connection_) == 0; }
  // The last error with the database's path: "catalog /x/catalog.db: database is locked". A broken key is AlreadyExists.
  arrow::Status Error(int code) const;

 private:
  SqliteDatabase(std::string path, sqlite3* connection)
      : path_(std::move(path)), connection_(connection) {}

  std::string path_;
  sqlite3* connection_;
  int64_t busy_max_ms_ = 0;
  std::string temporary_folder_;  // removed at the end; holds the copy that is read

  // `code`: SQLite's, when it fails.
  static arrow::Result<std::unique_ptr<SqliteDatabase>> Connect(const std::string& path,
                                                                const SqliteOpening& opening,
                                                                const SqliteOpenOptions& options,
                                                                int* code);
  static int OnBusy(void* self, int count);
  int64_t busy_since_ms_ = 0;
};

}  // namespace artemis

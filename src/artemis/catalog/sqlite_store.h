// A SqlDatabase in one SQLite file, over one connection.
//
// The journal is SQLite's rollback journal: a catalog is then one file that can be copied, and a read-only folder needs no help.
// Files that others have put under write-ahead logging stay so. docs/catalog-choice.md
#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "artemis/catalog/sql_database.h"
#include "artemis/catalog/sqlite_database.h"

namespace artemis {

// Thread-safe: one transaction at a time in this process; other processes are waited for.
class SqliteStore : public SqlDatabase {
 public:
  // As SqliteDatabase::Open.
  static arrow::Result<std::unique_ptr<SqlDatabase>> Open(const std::string& path,
                                                          const SqliteOpenOptions& options);

  std::string Uri() const override { return "sqlite:" + path_; }
  std::string Label() const override { return path_; }
  arrow::Status Read(const SqlBody& body) override;
  arrow::Status Transact(const SqlBody& body) override;
  arrow::Result<bool> HasTable(SqlSession& session, const std::string& table) override;
  arrow::Result<std::vector<std::string>> ColumnsOf(SqlSession& session,
                                                    const std::string& table) override;
  arrow::Status LockSchema(SqlSession&) override { return arrow::Status::OK(); }
  std::string_view NumberedKey() const override { return "INTEGER PRIMARY KEY"; }
  std::string_view RowLock() const override { return ""; }

 private:
  SqliteStore(std::string path, const SqliteOpenOptions& options)
      : path_(std::move(path)), options_(options) {}
  // Opens the file again after a connection had to be given up. Needs mutex_.
  arrow::Status Connect();

  const std::string path_;
  const SqliteOpenOptions options_;
  std::mutex mutex_;  // guards database_
  std::unique_ptr<SqliteDatabase> database_;
};

}  // namespace artemis

// A catalog in one SQLite file, in the tables of Iceberg's JDBC catalog (iceberg_tables, iceberg_namespace_properties; schema version
// V1 with iceberg_type, V0 files are read and kept as they are), so that PyIceberg's SqlCatalog and Java's JdbcCatalog open the same
// file. Beside them artemis_history: one row per swap, written in the swap's transaction; it survives expiry.
//
// The journal is SQLite's rollback journal: a catalog is then one file that can be copied, and a read-only folder needs no help.
// Files that others have put under write-ahead logging stay so.
#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "artemis/catalog/catalog.h"
#include "artemis/catalog/metadata_files.h"
#include "artemis/catalog/open_catalog.h"

namespace artemis {

class SqliteDatabase;

class SqliteCatalog : public Catalog {
 public:
  // `path` is the file, `name` the catalog_name to use; empty: "artemis", or the only other name in the file.
  // Invalid when the file holds several names and none is "artemis".
  static arrow::Result<std::shared_ptr<Catalog>> Open(const std::string& path,
                                                      const std::string& name,
                                                      const CatalogOptions& options);
  ~SqliteCatalog() override;

  std::string Uri() const override;
  std::string Warehouse() const override { return warehouse_; }
  FileSystem& files() override { return *files_; }
  const Clock& clock() const override { return *clock_; }
  arrow::Result<std::vector<std::string>> ListNamespaces() override;
  arrow::Status CreateNamespace(const std::string& name) override;
  arrow::Result<std::vector<TableName>> ListTables(
      std::optional<std::string> namespace_name) override;
  arrow::Result<LoadedTable> Load(const TableName& name) override;
  std::string DefaultLocation(const TableName& name) const override;
  arrow::Result<LoadedTable> Create(const TableName& name, TableMetadata metadata,
                                    const CommitInfo& info) override;
  arrow::Result<LoadedTable> Commit(const LoadedTable& base, TableMetadata next,
                                    const CommitInfo& info) override;
  arrow::Result<LoadedTable> Register(const TableName& name, const std::string& metadata_location,
                                      const CommitInfo& info) override;
  arrow::Status Rename(const TableName& from, const TableName& to) override;
  arrow::Status Drop(const TableName& name) override;
  arrow::Result<std::vector<HistoryEntry>> History(const LoadedTable& table) override;

 private:
  SqliteCatalog(std::string path, std::string warehouse, const CatalogOptions& options);

  arrow::Status Prepare(const std::string& name, bool create);
  arrow::Status ChooseName(const std::string& name);
  arrow::Status RequireWritable() const;
  // Runs `body` between BEGIN IMMEDIATE and COMMIT; rolls back on error. Needs mutex_.
  template <typename Body>
  arrow::Status InTransaction(Body&& body);
  arrow::Result<std::string> LocationOf(const TableName& name);
  arrow::Status InsertTable(const TableName& name, const std::string& location);
  arrow::Status SwapLocation(const LoadedTable& base, const std::string& location);
  arrow::Status EnsureNamespace(const std::string& name);
  arrow::Status RecordHistory(const TableMetadata& metadata, const std::string& location,
                              const CommitInfo& info);
  arrow::Result<bool> HasTable(const std::string& sqlite_table);
  // Whether the catalog row of `name` holds `location`; decides an unclear COMMIT.
  bool NowHolds(const TableName& name, const std::string& location);

  const std::string path_;
  const std::string warehouse_;
  const bool read_only_;
  FileSystem* files_;
  const Clock* clock_;
  Barriers* barriers_;
  MetadataFiles metadata_files_;
  std::mutex mutex_;  // guards database_
  std::unique_ptr<SqliteDatabase> database_;
  std::string name_;
  bool has_type_column_ = true;
};

}  // namespace artemis

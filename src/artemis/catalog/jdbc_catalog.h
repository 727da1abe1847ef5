// A catalog in an SQL database, in the tables of Iceberg's JDBC catalog (jdbc_tables.h), so that PyIceberg's SqlCatalog and Java's
// JdbcCatalog open the same database. Each swap is one conditional UPDATE and one row of artemis_history in one transaction.
// Invariants C1, C2, C5: docs/design/commit.md
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "artemis/catalog/catalog.h"
#include "artemis/catalog/jdbc_tables.h"
#include "artemis/catalog/metadata_files.h"
#include "artemis/catalog/open_catalog.h"
#include "artemis/catalog/sql_database.h"

namespace artemis {

class JdbcCatalog : public Catalog {
 public:
  // `name` is the catalog_name to use; empty: "artemis", or the only other name in the database. options.uri is not looked at.
  // Invalid when the database holds several names and none is "artemis", or no catalog and options.create is not set.
  static arrow::Result<std::shared_ptr<Catalog>> Open(std::unique_ptr<SqlDatabase> database,
                                                      const std::string& name,
                                                      const CatalogOptions& options);

  std::string Uri() const override;
  std::string Warehouse() const override { return warehouse_; }
  FileSystem& files() override { return *files_; }
  const Clock& clock() const override { return *clock_; }
  arrow::Result<std::vector<std::string>> ListNamespaces() override;
  arrow::Status CreateNamespace(const std::string& name) override;
  arrow::Status DropNamespace(const std::string& name) override;
  arrow::Result<std::map<std::string, std::string>> NamespaceProperties(
      const std::string& name) override;
  arrow::Status ChangeNamespaceProperties(
      const std::string& name,
      const std::map<std::string, std::optional<std::string>>& changes) override;
  arrow::Result<std::vector<TableName>> ListTables(
      std::optional<std::string> namespace_name) override;
  arrow::Result<LoadedTable> Load(const TableName& name) override;
  // A folder that is not there yet: files of a dropped table of this name may still lie in the plain one.
  std::string DefaultLocation(const TableName& name) const override;
  arrow::Result<LoadedTable> Create(const TableName& name, TableMetadata metadata,
                                    const CommitInfo& info) override;
  arrow::Result<LoadedTable> Commit(const LoadedTable& base, TableMetadata next,
                                    const CommitInfo& info) override;
  arrow::Result<LoadedTable> Register(const TableName& name, const std::string& metadata_location,
                                      const CommitInfo& info) override;
  arrow::Status Rename(const TableName& from, const TableName& to) override;
  arrow::Status Drop(const TableName& name) override;
  arrow::Status DropIfUnchanged(const LoadedTable& table) override;
  arrow::Result<std::vector<HistoryEntry>> History(const LoadedTable& table) override;

 private:
  using Look = std::function<arrow::Result<bool>(SqlSession& session)>;

  JdbcCatalog(std::unique_ptr<SqlDatabase> database, const CatalogOptions& options);

  arrow::Status RequireWritable() const;
  arrow::Result<std::string> LocationOf(const TableName& name);
  // Transact, and where the outcome is unknown, `happened` tells on another connection whether it was done all the same.
  arrow::Status Settle(const SqlBody& body, const Look& happened);
  // Enters `location` (already durable) under `name`, or swaps `base` for it.
  arrow::Status Enter(const TableName& name, const LoadedTable* base, const std::string& location,
                      const TableMetadata& metadata, const CommitInfo& info);
  arrow::Status Remove(const TableName& name, const std::optional<std::string>& location);

  const std::unique_ptr<SqlDatabase> database_;
  JdbcTables tables_;
  const std::string warehouse_;
  const bool read_only_;
  FileSystem* files_;
  const Clock* clock_;
  Barriers* barriers_;
  MetadataFiles metadata_files_;
};

}  // namespace artemis

// The statements on the tables of Iceberg's JDBC catalog, for any SqlDatabase: iceberg_tables and iceberg_namespace_properties (schema
// version V1 with iceberg_type; V0 tables without it are read and kept as they are), and beside them artemis_history, one row per swap.
//
//   iceberg_tables(catalog_name, table_namespace, table_name, metadata_location, previous_metadata_location, iceberg_type)
//   iceberg_namespace_properties(catalog_name, namespace, property_key, property_value); a namespace without properties has
//     the one property exists = true
//   artemis_history(id, table_uuid, committed_ms, metadata_location, snapshot_id, schema_id, spec_id, operation, principal)
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include <arrow/result.h>

#include "artemis/catalog/catalog.h"
#include "artemis/catalog/sql_database.h"

namespace artemis {

// Thread-safe: holds nothing that changes after Prepare. Every method runs in the session it is given, and has its errors.
class JdbcTables {
 public:
  static constexpr char kDefaultName[] = "artemis";

  // `database` is not owned and must outlive this.
  explicit JdbcTables(SqlDatabase& database) : database_(database) {}

  // Makes the tables where `create` is set and they are absent, and chooses the catalog's name: `name`, else "artemis", else
  // the only one there is. Invalid: no catalog in this database, or several names and none is "artemis".
  arrow::Status Prepare(const std::string& name, bool create);
  const std::string& name() const { return name_; }

  // Namespaces with a property or a table, sorted by bytes.
  arrow::Result<std::vector<std::string>> Namespaces(SqlSession& session) const;
  // AlreadyExists.
  arrow::Status InsertNamespace(SqlSession& session, const std::string& name) const;
  // Fine where it is there.
  arrow::Status EnsureNamespace(SqlSession& session, const std::string& name) const;
  // Also of its children; Invalid says what it still holds.
  arrow::Status RequireEmptyNamespace(SqlSession& session, const std::string& name) const;
  arrow::Status DeleteNamespace(SqlSession& session, const std::string& name) const;
  // Without the mark of existence; NoSuchTable names the namespace.
  arrow::Result<std::map<std::string, std::string>> Properties(SqlSession& session,
                                                               const std::string& name) const;
  arrow::Status SetProperty(SqlSession& session, const std::string& name, const std::string& key,
                            const std::string& value) const;
  arrow::Status RemoveProperty(SqlSession& session, const std::string& name,
                               const std::string& key) const;

  // Sorted by bytes; views are left out.
  arrow::Result<std::vector<TableName>> Tables(
      SqlSession& session, const std::optional<std::string>& namespace_name) const;
  // The metadata location. `lock`: once transactions that change the row have ended. NoSuchTable.
  arrow::Result<std::string> Location(SqlSession& session, const TableName& table,
                                      bool lock = false) const;
  // Makes the namespace, too. AlreadyExists: by a table or a view.
  arrow::Status Insert(SqlSession& session, const TableName& table,
                       const std::string& location) const;
  // The swap (C2): one row changed, else CommitConflict or NoSuchTable. A request that was delivered twice is fine.
  arrow::Status Swap(SqlSession& session, const LoadedTable& base,
                     const std::string& location) const;
  arrow::Status Rename(SqlSession& session, const TableName& from, const TableName& to) const;
  // With `location`: only while the table is there, else CommitConflict. NoSuchTable.
  arrow::Status Delete(SqlSession& session, const TableName& table,
                       const std::optional<std::string>& location) const;

  // The row of one swap, and of what metadata-log says that others did since ours.
  arrow::Status AddHistory(SqlSession& session, const TableMetadata& metadata,
                           const std::string& location, const CommitInfo& info) const;
  arrow::Result<std::vector<HistoryEntry>> History(SqlSession& session,
                                                   const std::string& table_uuid) const;
  // Whether a swap to `location` is recorded.
  arrow::Result<bool> HistoryHolds(SqlSession& session, const std::string& table_uuid,
                                   const std::string& location) const;

 private:
  arrow::Status MakeTables(SqlSession& session) const;
  arrow::Status FillHistory(SqlSession& session, const TableMetadata& metadata) const;
  arrow::Status ChooseName(SqlSession& session, const std::string& name);
  std::string AndIsTable() const;

  SqlDatabase& database_;
  std::string name_;
  bool has_type_ = true;
};

}  // namespace artemis

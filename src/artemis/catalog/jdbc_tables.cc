// SQL on the JDBC catalog's tables.
#include "artemis/catalog/jdbc_tables.h"

#include <algorithm>

#include "artemis/base/error.h"

namespace artemis {

namespace {

constexpr char kTables[] = "iceberg_tables";
constexpr char kNamespaces[] = "iceberg_namespace_properties";
constexpr char kHistory[] = "artemis_history";
constexpr char kExistsKey[] = "exists";

constexpr char kCreateTables[] =
    "CREATE TABLE IF NOT EXISTS iceberg_tables("
    "catalog_name VARCHAR(255) NOT NULL, table_namespace VARCHAR(255) NOT NULL, "
    "table_name VARCHAR(255) NOT NULL, metadata_location VARCHAR(1000), "
    "previous_metadata_location VARCHAR(1000), iceberg_type VARCHAR(5), "
    "PRIMARY KEY (catalog_name, table_namespace, table_name))";
constexpr char kCreateNamespaces[] =
    "CREATE TABLE IF NOT EXISTS iceberg_namespace_properties("
    "catalog_name VARCHAR(255) NOT NULL, namespace VARCHAR(255) NOT NULL, "
    "property_key VARCHAR(255), property_value VARCHAR(1000), "
    "PRIMARY KEY (catalog_name, namespace, property_key))";
constexpr char kHistoryColumns[] =
    "table_uuid TEXT NOT NULL, committed_ms BIGINT NOT NULL, metadata_location TEXT NOT NULL, "
    "snapshot_id BIGINT, schema_id BIGINT, spec_id BIGINT, operation TEXT NOT NULL, "
    "principal TEXT NOT NULL, UNIQUE(table_uuid, metadata_location))";
constexpr char kInsertHistory[] =
    "INSERT INTO artemis_history(table_uuid, committed_ms, metadata_location, snapshot_id, "
    "schema_id, spec_id, operation, principal) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) "
    "ON CONFLICT DO NOTHING";
constexpr char kWhereTable[] =
    " WHERE catalog_name = ?1 AND table_namespace = ?2 AND table_name = ?3";

SqlValue JdbcIdOrNull(std::optional<SnapshotId> id) {
  return id ? SqlValue(id->value) : SqlValue(std::monostate{});
}

HistoryEntry JdbcHistoryEntry(const SqlRow& row) {
  HistoryEntry entry;
  entry.time = TimestampMs(row.Integer(0).value_or(0));
  entry.metadata_location = row.Text(1);
  if (const auto id = row.Integer(2)) entry.snapshot_id = SnapshotId(*id);
  if (const auto id = row.Integer(3)) entry.schema_id = SchemaId(static_cast<int32_t>(*id));
  if (const auto id = row.Integer(4)) entry.spec_id = SpecId(static_cast<int32_t>(*id));
  entry.operation = row.Text(5);
  entry.principal = row.Text(6);
  return entry;
}

}  // namespace

arrow::Status JdbcTables::Prepare(const std::string& name, bool create) {
  bool has_tables = false;
  bool has_namespaces = false;
  const SqlBody look = [&](SqlSession& session) -> arrow::Status {
    ARROW_ASSIGN_OR_RAISE(has_tables, database_.HasTable(session, kTables));
    ARROW_ASSIGN_OR_RAISE(has_namespaces, database_.HasTable(session, kNamespaces));
    return arrow::Status::OK();
  };
  ARROW_RETURN_NOT_OK(database_.Read(look));
  if (!has_tables && !create) {
    return arrow::Status::Invalid("catalog ", database_.Label(),
                                  " has no table iceberg_tables: it is no Iceberg catalog");
  }
  if (create && (!has_tables || !has_namespaces)) {
    ARROW_RETURN_NOT_OK(
        database_.Transact([&](SqlSession& session) { return MakeTables(session); }));
  }
  return database_.Read([&](SqlSession& session) -> arrow::Status {
    ARROW_ASSIGN_OR_RAISE(const auto columns, database_.ColumnsOf(session, kTables));
    has_type_ = std::find(columns.begin(), columns.end(), "iceberg_type") != columns.end();
    return ChooseName(session, name);
  });
}

arrow::Status JdbcTables::MakeTables(SqlSession& session) const {
  ARROW_RETURN_NOT_OK(database_.LockSchema(session));
  ARROW_RETURN_NOT_OK(session.Run(kCreateTables).status());
  return session.Run(kCreateNamespaces).status();
}

arrow::Status JdbcTables::ChooseName(SqlSession& session, const std::string& name) {
  name_ = name.empty() ? kDefaultName : name;
  if (!name.empty()) return arrow::Status::OK();
  ARROW_ASSIGN_OR_RAISE(const auto rows,
                        session.Query("SELECT DISTINCT catalog_name FROM iceberg_tables"));
  std::vector<std::string> names;
  for (const auto& row : rows) names.push_back(row.Text(0));
  std::sort(names.begin(), names.end());
  if (names.empty() || std::find(names.begin(), names.end(), kDefaultName) != names.end()) {
    return arrow::Status::OK();
  }
  if (names.size() > 1) {
    std::string listed;
    for (const auto& each : names) listed += (listed.empty() ? "" : ", ") + each;
    const std::string uri = database_.Uri();
    return arrow::Status::Invalid("catalog ", database_.Label(), " holds several catalog names (",
                                  listed, "): choose one with --catalog '", uri,
                                  uri.find('?') == std::string::npos ? "?" : "&", "name=", names[0],
                                  "'");
  }
  name_ = names[0];
  return arrow::Status::OK();
}

// V0 tables and PyIceberg leave the type null.
std::string JdbcTables::AndIsTable() const {
  return has_type_ ? " AND (iceberg_type = 'TABLE' OR iceberg_type IS NULL)" : "";
}

arrow::Result<std::vector<std::string>> JdbcTables::Namespaces(SqlSession& session) const {
  std::string sql = "SELECT DISTINCT table_namespace FROM iceberg_tables WHERE catalog_name = ?1";
  ARROW_ASSIGN_OR_RAISE(const bool has_properties, database_.HasTable(session, kNamespaces));
  if (has_properties) {
    sql += " UNION SELECT namespace FROM iceberg_namespace_properties WHERE catalog_name = ?1";
  }
  ARROW_ASSIGN_OR_RAISE(const auto rows, session.Query(sql, {name_}));
  std::vector<std::string> names;
  for (const auto& row : rows) names.push_back(row.Text(0));
  std::sort(names.begin(), names.end());
  return names;
}

arrow::Status JdbcTables::InsertNamespace(SqlSession& session, const std::string& name) const {
  ARROW_ASSIGN_OR_RAISE(const auto existing, Namespaces(session));
  if (std::binary_search(existing.begin(), existing.end(), name)) {
    return arrow::Status::AlreadyExists("namespace ", name, " exists");
  }
  const auto status =
      session
          .Run(
              "INSERT INTO iceberg_namespace_properties(catalog_name, namespace, property_key, "
              "property_value) VALUES (?1, ?2, ?3, 'true')",
              {name_, name, std::string(kExistsKey)})
          .status();
  if (status.IsAlreadyExists()) {
    return arrow::Status::AlreadyExists("namespace ", name, " exists");
  }
  return status;
}

arrow::Status JdbcTables::EnsureNamespace(SqlSession& session, const std::string& name) const {
  return session
      .Run(
          "INSERT INTO iceberg_namespace_properties(catalog_name, namespace, property_key, "
          "property_value) VALUES (?1, ?2, ?3, 'true') ON CONFLICT DO NOTHING",
          {name_, name, std::string(kExistsKey)})
      .status();
}

arrow::Status JdbcTables::RequireEmptyNamespace(SqlSession& session,
                                                const std::string& name) const {
  ARROW_ASSIGN_OR_RAISE(const auto namespaces, Namespaces(session));
  if (!std::binary_search(namespaces.begin(), namespaces.end(), name)) {
    return NoSuchTableError(name).WithMessage("there is no namespace ", name);
  }
  for (const auto& other : namespaces) {
    if (other.starts_with(name + ".")) {
      return arrow::Status::Invalid("namespace ", name, " is not empty: it holds the namespace ",
                                    other);
    }
  }
  // Views count, too.
  ARROW_ASSIGN_OR_RAISE(const auto rows,
                        session.Query("SELECT table_name FROM iceberg_tables WHERE catalog_name = "
                                      "?1 AND table_namespace = ?2 ORDER BY 1 LIMIT 1",
                                      {name_, name}));
  if (rows.empty()) return arrow::Status::OK();
  return arrow::Status::Invalid("namespace ", name, " is not empty: it holds ", rows[0].Text(0));
}

arrow::Status JdbcTables::DeleteNamespace(SqlSession& session, const std::string& name) const {
  return session
      .Run("DELETE FROM iceberg_namespace_properties WHERE catalog_name = ?1 AND namespace = ?2",
           {name_, name})
      .status();
}

arrow::Result<std::map<std::string, std::string>> JdbcTables::Properties(
    SqlSession& session, const std::string& name) const {
  ARROW_ASSIGN_OR_RAISE(const auto namespaces, Namespaces(session));
  if (!std::binary_search(namespaces.begin(), namespaces.end(), name)) {
    return NoSuchTableError(name).WithMessage("there is no namespace ", name);
  }
  std::map<std::string, std::string> properties;
  ARROW_ASSIGN_OR_RAISE(const bool has_properties, database_.HasTable(session, kNamespaces));
  if (!has_properties) return properties;
  ARROW_ASSIGN_OR_RAISE(const auto rows,
                        session.Query("SELECT property_key, property_value FROM "
                                      "iceberg_namespace_properties WHERE catalog_name = ?1 AND "
                                      "namespace = ?2",
                                      {name_, name}));
  for (const auto& row : rows) {
    if (!row.IsNull(0) && row.Text(0) != kExistsKey) properties[row.Text(0)] = row.Text(1);
  }
  return properties;
}

arrow::Status JdbcTables::SetProperty(SqlSession& session, const std::string& name,
                                      const std::string& key, const std::string& value) const {
  return session
      .Run(
          "INSERT INTO iceberg_namespace_properties(catalog_name, namespace, property_key, "
          "property_value) VALUES (?1, ?2, ?3, ?4) ON CONFLICT (catalog_name, namespace, "
          "property_key) DO UPDATE SET property_value = excluded.property_value",
          {name_, name, key, value})
      .status();
}

arrow::Status JdbcTables::RemoveProperty(SqlSession& session, const std::string& name,
                                         const std::string& key) const {
  return session
      .Run(
          "DELETE FROM iceberg_namespace_properties WHERE catalog_name = ?1 AND namespace = ?2 "
          "AND property_key = ?3",
          {name_, name, key})
      .status();
}

arrow::Result<std::vector<TableName>> JdbcTables::Tables(
    SqlSession& session, const std::optional<std::string>& namespace_name) const {
  std::string sql =
      "SELECT table_namespace, table_name FROM iceberg_tables WHERE catalog_name = ?1" +
      AndIsTable();
  std::vector<SqlValue> parameters = {name_};
  if (namespace_name) {
    sql += " AND table_namespace = ?2";
    parameters.emplace_back(*namespace_name);
  }
  ARROW_ASSIGN_OR_RAISE(const auto rows, session.Query(sql, parameters));
  std::vector<TableName> tables;
  // A foreign writer's name may hold what ours refuse, a dot for one: the columns say where the namespace ends.
  for (const auto& row : rows) tables.push_back({SplitNamespace(row.Text(0)), row.Text(1)});
  std::sort(tables.begin(), tables.end());
  return tables;
}

arrow::Result<std::string> JdbcTables::Location(SqlSession& session, const TableName& table,
                                                bool lock) const {
  std::string sql =
      std::string("SELECT metadata_location FROM iceberg_tables") + kWhereTable + AndIsTable();
  if (lock) sql += database_.RowLock();
  ARROW_ASSIGN_OR_RAISE(const auto rows,
                        session.Query(sql, {name_, table.Namespace(), table.name}));
  if (rows.empty()) return NoSuchTableError(table.ToString());
  if (rows[0].IsNull(0)) {
    return arrow::Status::Invalid("catalog ", database_.Label(), " names no metadata file for ",
                                  table.ToString());
  }
  return rows[0].Text(0);
}

arrow::Status JdbcTables::Insert(SqlSession& session, const TableName& table,
                                 const std::string& location) const {
  ARROW_RETURN_NOT_OK(EnsureNamespace(session, table.Namespace()));
  const std::string columns =
      "INSERT INTO iceberg_tables(catalog_name, table_namespace, table_name, metadata_location";
  const auto status =
      session
          .Run(columns + (has_type_ ? ", iceberg_type) VALUES (?1, ?2, ?3, ?4, 'TABLE')"
                                    : ") VALUES (?1, ?2, ?3, ?4)"),
               {name_, table.Namespace(), table.name, location})
          .status();
  if (status.IsAlreadyExists()) {
    return arrow::Status::AlreadyExists("table ", table.ToString(), " exists");
  }
  return status;
}

arrow::Status JdbcTables::Swap(SqlSession& session, const LoadedTable& base,
                               const std::string& location) const {
  ARROW_ASSIGN_OR_RAISE(const int64_t changed,
                        session.Run(std::string("UPDATE iceberg_tables SET metadata_location = ?4, "
                                                "previous_metadata_location = ?5") +
                                        kWhereTable + " AND metadata_location = ?5" + AndIsTable(),
                                    {name_, base.name.Namespace(), base.name.name, location,
                                     base.metadata_location}));
  if (changed == 1) return arrow::Status::OK();
  ARROW_ASSIGN_OR_RAISE(const std::string current, Location(session, base.name));
  if (current == location) return arrow::Status::OK();
  return CommitConflictError("table " + base.name.ToString() +
                             " was changed by another commit: expected " + base.metadata_location +
                             ", found " + current);
}

arrow::Status JdbcTables::Rename(SqlSession& session, const TableName& from,
                                 const TableName& to) const {
  ARROW_RETURN_NOT_OK(EnsureNamespace(session, to.Namespace()));
  const auto changed =
      session.Run(std::string("UPDATE iceberg_tables SET table_namespace = ?4, table_name = ?5") +
                      kWhereTable + AndIsTable(),
                  {name_, from.Namespace(), from.name, to.Namespace(), to.name});
  if (changed.status().IsAlreadyExists()) {
    return arrow::Status::AlreadyExists("table ", to.ToString(), " exists");
  }
  ARROW_RETURN_NOT_OK(changed.status());
  return *changed == 1 ? arrow::Status::OK() : NoSuchTableError(from.ToString());
}

arrow::Status JdbcTables::Delete(SqlSession& session, const TableName& table,
                                 const std::optional<std::string>& location) const {
  std::string sql = std::string("DELETE FROM iceberg_tables") + kWhereTable + AndIsTable();
  std::vector<SqlValue> parameters = {name_, table.Namespace(), table.name};
  if (location) {
    sql += " AND metadata_location = ?4";
    parameters.emplace_back(*location);
  }
  ARROW_ASSIGN_OR_RAISE(const int64_t changed, session.Run(sql, parameters));
  if (changed == 1) return arrow::Status::OK();
  if (!location) return NoSuchTableError(table.ToString());
  ARROW_ASSIGN_OR_RAISE(const std::string current, Location(session, table));
  return CommitConflictError("table " + table.ToString() +
                             " was changed by another commit: expected " + *location + ", found " +
                             current);
}

// What is older than a recorded swap was filled in when that one was recorded.
arrow::Status JdbcTables::FillHistory(SqlSession& session, const TableMetadata& metadata) const {
  const auto& log = metadata.metadata_log;
  size_t first = log.size();
  while (first > 0) {
    ARROW_ASSIGN_OR_RAISE(const bool known,
                          HistoryHolds(session, metadata.table_uuid, log[first - 1].metadata_file));
    if (known) break;
    --first;
  }
  for (; first < log.size(); ++first) {
    ARROW_RETURN_NOT_OK(
        session
            .Run(kInsertHistory, {metadata.table_uuid, log[first].timestamp.value,
                                  log[first].metadata_file, std::monostate{}, std::monostate{},
                                  std::monostate{}, std::string(), std::string()})
            .status());
  }
  return arrow::Status::OK();
}

arrow::Status JdbcTables::AddHistory(SqlSession& session, const TableMetadata& metadata,
                                     const std::string& location, const CommitInfo& info) const {
  ARROW_ASSIGN_OR_RAISE(const bool present, database_.HasTable(session, kHistory));
  if (!present) {
    ARROW_RETURN_NOT_OK(database_.LockSchema(session));
    const std::string id = " id " + std::string(database_.NumberedKey()) + ", ";
    ARROW_RETURN_NOT_OK(
        session.Run("CREATE TABLE IF NOT EXISTS artemis_history(" + id + kHistoryColumns).status());
  }
  ARROW_RETURN_NOT_OK(FillHistory(session, metadata));
  return session
      .Run(kInsertHistory,
           {metadata.table_uuid, metadata.last_updated.value, location,
            JdbcIdOrNull(metadata.current_snapshot_id), int64_t{metadata.current_schema_id.value},
            int64_t{metadata.default_spec_id.value}, info.operation, info.principal})
      .status();
}

arrow::Result<std::vector<HistoryEntry>> JdbcTables::History(SqlSession& session,
                                                             const std::string& table_uuid) const {
  std::vector<HistoryEntry> history;
  ARROW_ASSIGN_OR_RAISE(const bool present, database_.HasTable(session, kHistory));
  if (!present) return history;
  ARROW_ASSIGN_OR_RAISE(const auto rows,
                        session.Query("SELECT committed_ms, metadata_location, snapshot_id, "
                                      "schema_id, spec_id, operation, principal FROM "
                                      "artemis_history WHERE table_uuid = ?1 ORDER BY "
                                      "committed_ms, id",
                                      {table_uuid}));
  for (const auto& row : rows) history.push_back(JdbcHistoryEntry(row));
  return history;
}

arrow::Result<bool> JdbcTables::HistoryHolds(SqlSession& session, const std::string& table_uuid,
                                             const std::string& location) const {
  ARROW_ASSIGN_OR_RAISE(const bool present, database_.HasTable(session, kHistory));
  if (!present) return false;
  ARROW_ASSIGN_OR_RAISE(const auto rows,
                        session.Query("SELECT 1 FROM artemis_history WHERE table_uuid = ?1 AND "
                                      "metadata_location = ?2",
                                      {table_uuid, location}));
  return !rows.empty();
}

}  // namespace artemis

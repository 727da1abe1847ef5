// The SQLite catalog: rows of the JDBC catalog, one conditional UPDATE per commit.
#include "artemis/catalog/sqlite_catalog.h"

#include <algorithm>
#include <filesystem>
#include <set>

#include "artemis/base/error.h"
#include "artemis/base/uuid.h"
#include "artemis/catalog/sqlite_database.h"
#include "artemis/io/barrier.h"
#include "artemis/io/location.h"

namespace artemis {

namespace {

constexpr char kDefaultName[] = "artemis";

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
constexpr char kCreateHistory[] =
    "CREATE TABLE IF NOT EXISTS artemis_history("
    "id INTEGER PRIMARY KEY, table_uuid TEXT NOT NULL, committed_ms INTEGER NOT NULL, "
    "metadata_location TEXT NOT NULL, snapshot_id INTEGER, schema_id INTEGER, spec_id INTEGER, "
    "operation TEXT NOT NULL, principal TEXT NOT NULL, UNIQUE(table_uuid, metadata_location))";

// Rows that are tables: V0 files and PyIceberg leave the type null.
std::string TypeFilter(bool has_type_column) {
  return has_type_column ? " AND (iceberg_type = 'TABLE' OR iceberg_type IS NULL)" : "";
}

SqliteValue OrNull(std::optional<SnapshotId> id) {
  return id ? SqliteValue(id->value) : SqliteValue(std::monostate{});
}

// Two entries for one metadata file are one: ours says more than metadata-log.
void MergeLog(const TableMetadata& metadata, const std::string& location,
              std::vector<HistoryEntry>& history) {
  std::set<std::string> known;
  for (const auto& entry : history) known.insert(entry.metadata_location);
  for (const auto& entry : metadata.metadata_log) {
    if (!known.insert(entry.metadata_file).second) continue;
    history.push_back({entry.timestamp, entry.metadata_file, {}, {}, {}, "", ""});
  }
  if (known.insert(location).second) {
    history.push_back({metadata.last_updated, location, metadata.current_snapshot_id,
                       metadata.current_schema_id, metadata.default_spec_id, "", ""});
  }
  std::stable_sort(history.begin(), history.end(),
                   [](const auto& a, const auto& b) { return a.time < b.time; });
}

}  // namespace

SqliteCatalog::SqliteCatalog(std::string path, std::string warehouse, const CatalogOptions& options)
    : path_(std::move(path)),
      warehouse_(std::move(warehouse)),
      read_only_(options.read_only),
      files_(options.files != nullptr ? options.files : &LocalFileSystem()),
      clock_(options.clock != nullptr ? options.clock : &SystemClock()),
      barriers_(options.barriers != nullptr ? options.barriers : &NoBarriers()),
      metadata_files_(*files_) {}

SqliteCatalog::~SqliteCatalog() = default;

arrow::Result<std::shared_ptr<Catalog>> SqliteCatalog::Open(const std::string& path,
                                                            const std::string& name,
                                                            const CatalogOptions& options) {
  std::error_code error;
  const std::string file = LocalPath(path);
  const std::string warehouse =
      std::filesystem::absolute(LocalPath(options.warehouse), error).lexically_normal();
  if (options.create && !options.read_only) {
    const auto folder = std::filesystem::absolute(file, error).parent_path();
    ARROW_RETURN_NOT_OK((options.files != nullptr ? *options.files : LocalFileSystem())
                            .CreateFolders(folder.string()));
  }
  std::shared_ptr<SqliteCatalog> catalog(new SqliteCatalog(file, warehouse, options));
  ARROW_ASSIGN_OR_RAISE(catalog->database_,
                        SqliteDatabase::Open(file, {options.read_only, options.create}));
  ARROW_RETURN_NOT_OK(catalog->Prepare(name, options.create && !options.read_only));
  return catalog;
}

arrow::Status SqliteCatalog::Prepare(const std::string& name, bool create) {
  ARROW_ASSIGN_OR_RAISE(bool has_tables, HasTable("iceberg_tables"));
  if (!has_tables && !create) {
    return arrow::Status::Invalid(
        "catalog ", path_, " is an SQLite file without iceberg_tables: it is no Iceberg catalog");
  }
  if (create) {
    ARROW_ASSIGN_OR_RAISE(const bool has_namespaces, HasTable("iceberg_namespace_properties"));
    if (!has_tables || !has_namespaces) {
      ARROW_RETURN_NOT_OK(InTransaction([&]() -> arrow::Status {
        ARROW_RETURN_NOT_OK(database_->Run(kCreateTables).status());
        return database_->Run(kCreateNamespaces).status();
      }));
    }
  }
  ARROW_ASSIGN_OR_RAISE(auto columns, database_->Prepare("PRAGMA table_info(iceberg_tables)"));
  has_type_column_ = false;
  while (true) {
    ARROW_ASSIGN_OR_RAISE(const bool more, columns.Step());
    if (!more) break;
    has_type_column_ = has_type_column_ || columns.Text(1) == "iceberg_type";
  }
  return ChooseName(name);
}

arrow::Status SqliteCatalog::ChooseName(const std::string& name) {
  name_ = name.empty() ? kDefaultName : name;
  if (!name.empty()) return arrow::Status::OK();
  ARROW_ASSIGN_OR_RAISE(
      auto rows, database_->Prepare("SELECT DISTINCT catalog_name FROM iceberg_tables ORDER BY 1"));
  std::vector<std::string> names;
  while (true) {
    ARROW_ASSIGN_OR_RAISE(const bool more, rows.Step());
    if (!more) break;
    names.push_back(rows.Text(0));
  }
  if (names.empty() || std::find(names.begin(), names.end(), kDefaultName) != names.end()) {
    return arrow::Status::OK();
  }
  if (names.size() > 1) {
    std::string listed;
    for (const auto& each : names) listed += (listed.empty() ? "" : ", ") + each;
    return arrow::Status::Invalid("catalog ", path_, " holds several catalog names (", listed,
                                  "): choose one with --catalog 'sqlite:", path_,
                                  "?name=", names[0], "'");
  }
  name_ = names[0];
  return arrow::Status::OK();
}

arrow::Result<bool> SqliteCatalog::HasTable(const std::string& sqlite_table) {
  ARROW_ASSIGN_OR_RAISE(
      auto row, database_->Prepare("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?",
                                   {sqlite_table}));
  return row.Step();
}

arrow::Status SqliteCatalog::RequireWritable() const {
  if (!read_only_) return arrow::Status::OK();
  return PermissionDeniedError("catalog " + path_ + " is opened read-only");
}

std::string SqliteCatalog::Uri() const {
  return "sqlite:" + path_ + (name_ == kDefaultName ? "" : "?name=" + name_);
}

template <typename Body>
arrow::Status SqliteCatalog::InTransaction(Body&& body) {
  ARROW_RETURN_NOT_OK(database_->Run("BEGIN IMMEDIATE").status());
  arrow::Status status = body();
  if (status.ok()) {
    status = database_->Run("COMMIT").status();
    if (!status.ok() && !database_->in_transaction()) {
      return CommitUnknownError(status.message());
    }
  }
  if (!status.ok() && database_->in_transaction()) (void)database_->Run("ROLLBACK");
  return status;
}

arrow::Result<std::vector<std::string>> SqliteCatalog::ListNamespaces() {
  std::lock_guard lock(mutex_);
  std::string sql = "SELECT DISTINCT table_namespace FROM iceberg_tables WHERE catalog_name = ?1";
  ARROW_ASSIGN_OR_RAISE(const bool has_properties, HasTable("iceberg_namespace_properties"));
  if (has_properties) {
    sql += " UNION SELECT namespace FROM iceberg_namespace_properties WHERE catalog_name = ?1";
  }
  ARROW_ASSIGN_OR_RAISE(auto rows, database_->Prepare(sql + " ORDER BY 1", {name_}));
  std::vector<std::string> names;
  while (true) {
    ARROW_ASSIGN_OR_RAISE(const bool more, rows.Step());
    if (!more) return names;
    names.push_back(rows.Text(0));
  }
}

arrow::Status SqliteCatalog::EnsureNamespace(const std::string& name) {
  return database_
      ->Run(
          "INSERT OR IGNORE INTO iceberg_namespace_properties"
          "(catalog_name, namespace, property_key, property_value) VALUES (?, ?, 'exists', 'true')",
          {name_, name})
      .status();
}

arrow::Status SqliteCatalog::CreateNamespace(const std::string& name) {
  ARROW_RETURN_NOT_OK(RequireWritable());
  ARROW_RETURN_NOT_OK(ParseTableName(name + ".t").status());
  ARROW_ASSIGN_OR_RAISE(const auto existing, ListNamespaces());
  if (std::find(existing.begin(), existing.end(), name) != existing.end()) {
    return arrow::Status::AlreadyExists("namespace ", name, " exists");
  }
  std::lock_guard lock(mutex_);
  return InTransaction([&] { return EnsureNamespace(name); });
}

arrow::Result<std::vector<TableName>> SqliteCatalog::ListTables(
    std::optional<std::string> namespace_name) {
  std::lock_guard lock(mutex_);
  std::string sql =
      "SELECT table_namespace, table_name FROM iceberg_tables WHERE catalog_name = ?1" +
      TypeFilter(has_type_column_);
  if (namespace_name) sql += " AND table_namespace = ?2";
  ARROW_ASSIGN_OR_RAISE(auto rows,
                        namespace_name
                            ? database_->Prepare(sql + " ORDER BY 1, 2", {name_, *namespace_name})
                            : database_->Prepare(sql + " ORDER BY 1, 2", {name_}));
  std::vector<TableName> tables;
  while (true) {
    ARROW_ASSIGN_OR_RAISE(const bool more, rows.Step());
    if (!more) return tables;
    auto parsed = ParseTableName(rows.Text(0) + "." + rows.Text(1));
    // A foreign writer's name may hold what ours refuse; its namespace is then taken as one part.
    tables.push_back(parsed.ok() ? *parsed : TableName{{rows.Text(0)}, rows.Text(1)});
  }
}

arrow::Result<std::string> SqliteCatalog::LocationOf(const TableName& name) {
  ARROW_ASSIGN_OR_RAISE(
      auto row,
      database_->Prepare("SELECT metadata_location FROM iceberg_tables WHERE catalog_name = "
                         "? AND table_namespace = ? AND table_name = ?" +
                             TypeFilter(has_type_column_),
                         {name_, name.Namespace(), name.name}));
  ARROW_ASSIGN_OR_RAISE(const bool found, row.Step());
  if (!found) return NoSuchTableError(name.ToString());
  if (row.IsNull(0)) {
    return arrow::Status::Invalid("catalog ", path_, " names no metadata file for ",
                                  name.ToString());
  }
  return row.Text(0);
}

arrow::Result<LoadedTable> SqliteCatalog::Load(const TableName& name) {
  std::string location;
  {
    std::lock_guard lock(mutex_);
    ARROW_ASSIGN_OR_RAISE(location, LocationOf(name));
  }
  ARROW_ASSIGN_OR_RAISE(auto metadata, metadata_files_.Read(location));
  return LoadedTable{name, location, std::move(metadata)};
}

std::string SqliteCatalog::DefaultLocation(const TableName& name) const {
  std::string folder = warehouse_;
  for (const auto& part : name.namespace_parts) folder += "/" + part;
  folder += "/" + name.name;
  // Files of a dropped table of this name may still lie there.
  const auto taken = files_->Exists(folder);
  if (taken.ok() && *taken) folder += "-" + RandomUuid().substr(0, 8);
  return FileUri(folder);
}

arrow::Status SqliteCatalog::InsertTable(const TableName& name, const std::string& location) {
  ARROW_RETURN_NOT_OK(EnsureNamespace(name.Namespace()));
  const auto existing = LocationOf(name);
  if (existing.ok()) return arrow::Status::AlreadyExists("table ", name.ToString(), " exists");
  if (FindDetail<NoSuchTable>(existing.status()) == nullptr) return existing.status();
  const std::string columns =
      "INSERT INTO iceberg_tables(catalog_name, table_namespace, table_name, metadata_location";
  return database_
      ->Run(columns + (has_type_column_ ? ", iceberg_type) VALUES (?, ?, ?, ?, 'TABLE')"
                                        : ") VALUES (?, ?, ?, ?)"),
            {name_, name.Namespace(), name.name, location})
      .status();
}

arrow::Result<LoadedTable> SqliteCatalog::Create(const TableName& name, TableMetadata metadata,
                                                 const CommitInfo& info) {
  ARROW_RETURN_NOT_OK(RequireWritable());
  ARROW_RETURN_NOT_OK(Validate(metadata));
  {
    std::lock_guard lock(mutex_);
    if (LocationOf(name).ok())
      return arrow::Status::AlreadyExists("table ", name.ToString(), " exists");
  }
  const std::string location = NextMetadataLocation(metadata, "");
  auto shared = std::make_shared<const TableMetadata>(std::move(metadata));
  ARROW_RETURN_NOT_OK(metadata_files_.WriteNew(location, shared));
  std::lock_guard lock(mutex_);
  const auto status = InTransaction([&]() -> arrow::Status {
    ARROW_RETURN_NOT_OK(InsertTable(name, location));
    return RecordHistory(*shared, location, info);
  });
  if (status.ok() || NowHolds(name, location)) return LoadedTable{name, location, shared};
  if (FindDetail<CommitUnknown>(status) == nullptr) metadata_files_.Discard(location);
  return status;
}

arrow::Status SqliteCatalog::SwapLocation(const LoadedTable& base, const std::string& location) {
  ARROW_ASSIGN_OR_RAISE(
      const int64_t changed,
      database_->Run(
          "UPDATE iceberg_tables SET metadata_location = ?, previous_metadata_location = ? "
          "WHERE catalog_name = ? AND table_namespace = ? AND table_name = ? AND "
          "metadata_location = ?",
          {location, base.metadata_location, name_, base.name.Namespace(), base.name.name,
           base.metadata_location}));
  if (changed == 1) return arrow::Status::OK();
  ARROW_ASSIGN_OR_RAISE(const std::string current, LocationOf(base.name));
  return CommitConflictError("table " + base.name.ToString() +
                             " was changed by another commit: expected " + base.metadata_location +
                             ", found " + current);
}

arrow::Result<LoadedTable> SqliteCatalog::Commit(const LoadedTable& base, TableMetadata next,
                                                 const CommitInfo& info) {
  ARROW_RETURN_NOT_OK(RequireWritable());
  ARROW_ASSIGN_OR_RAISE(next, FollowMetadata(base, std::move(next), clock_->Now()));
  const std::string location = NextMetadataLocation(next, base.metadata_location);
  auto shared = std::make_shared<const TableMetadata>(std::move(next));
  ARROW_RETURN_NOT_OK(metadata_files_.WriteNew(location, shared));  // C1
  auto status = barriers_->Reach("before_swap");
  if (!status.ok()) {
    metadata_files_.Discard(location);
    return status;
  }
  std::lock_guard lock(mutex_);
  status = InTransaction([&]() -> arrow::Status {
    ARROW_RETURN_NOT_OK(SwapLocation(base, location));  // C2
    return RecordHistory(*shared, location, info);
  });
  if (status.ok() || NowHolds(base.name, location)) return LoadedTable{base.name, location, shared};
  if (FindDetail<CommitUnknown>(status) == nullptr) metadata_files_.Discard(location);  // C5
  return status;
}

bool SqliteCatalog::NowHolds(const TableName& name, const std::string& location) {
  if (database_->in_transaction()) return false;
  const auto current = LocationOf(name);
  return current.ok() && *current == location;
}

arrow::Result<LoadedTable> SqliteCatalog::Register(const TableName& name,
                                                   const std::string& metadata_location,
                                                   const CommitInfo& info) {
  ARROW_RETURN_NOT_OK(RequireWritable());
  ARROW_ASSIGN_OR_RAISE(auto metadata, metadata_files_.Read(metadata_location));
  std::lock_guard lock(mutex_);
  ARROW_RETURN_NOT_OK(InTransaction([&]() -> arrow::Status {
    ARROW_RETURN_NOT_OK(InsertTable(name, metadata_location));
    return RecordHistory(*metadata, metadata_location, info);
  }));
  return LoadedTable{name, metadata_location, std::move(metadata)};
}

arrow::Status SqliteCatalog::Rename(const TableName& from, const TableName& to) {
  ARROW_RETURN_NOT_OK(RequireWritable());
  std::lock_guard lock(mutex_);
  return InTransaction([&]() -> arrow::Status {
    ARROW_RETURN_NOT_OK(LocationOf(from).status());
    if (LocationOf(to).ok())
      return arrow::Status::AlreadyExists("table ", to.ToString(), " exists");
    ARROW_RETURN_NOT_OK(EnsureNamespace(to.Namespace()));
    return database_
        ->Run(
            "UPDATE iceberg_tables SET table_namespace = ?, table_name = ? WHERE catalog_name = ? "
            "AND "
            "table_namespace = ? AND table_name = ?",
            {to.Namespace(), to.name, name_, from.Namespace(), from.name})
        .status();
  });
}

arrow::Status SqliteCatalog::Drop(const TableName& name) {
  ARROW_RETURN_NOT_OK(RequireWritable());
  std::lock_guard lock(mutex_);
  return InTransaction([&]() -> arrow::Status {
    ARROW_RETURN_NOT_OK(LocationOf(name).status());
    return database_
        ->Run(
            "DELETE FROM iceberg_tables WHERE catalog_name = ? AND table_namespace = ? AND "
            "table_name = ?",
            {name_, name.Namespace(), name.name})
        .status();
  });
}

arrow::Status SqliteCatalog::RecordHistory(const TableMetadata& metadata,
                                           const std::string& location, const CommitInfo& info) {
  ARROW_RETURN_NOT_OK(database_->Run(kCreateHistory).status());
  const std::string insert =
      "INSERT OR IGNORE INTO artemis_history(table_uuid, committed_ms, metadata_location, "
      "snapshot_id, "
      "schema_id, spec_id, operation, principal) VALUES (?, ?, ?, ?, ?, ?, ?, ?)";
  // Swaps by other writers since ours: metadata-log still names them.
  for (const auto& entry : metadata.metadata_log) {
    ARROW_RETURN_NOT_OK(database_
                            ->Run(insert, {metadata.table_uuid, entry.timestamp.value,
                                           entry.metadata_file, std::monostate{}, std::monostate{},
                                           std::monostate{}, std::string(), std::string()})
                            .status());
  }
  return database_
      ->Run(insert,
            {metadata.table_uuid, metadata.last_updated.value, location,
             OrNull(metadata.current_snapshot_id), int64_t{metadata.current_schema_id.value},
             int64_t{metadata.default_spec_id.value}, info.operation, info.principal})
      .status();
}

arrow::Result<std::vector<HistoryEntry>> SqliteCatalog::History(const LoadedTable& table) {
  std::vector<HistoryEntry> history;
  {
    std::lock_guard lock(mutex_);
    ARROW_ASSIGN_OR_RAISE(const bool present, HasTable("artemis_history"));
    if (present) {
      ARROW_ASSIGN_OR_RAISE(
          auto rows, database_->Prepare(
                         "SELECT committed_ms, metadata_location, snapshot_id, schema_id, spec_id, "
                         "operation, principal FROM artemis_history WHERE table_uuid = ? ORDER BY "
                         "committed_ms, id",
                         {table.metadata->table_uuid}));
      while (true) {
        ARROW_ASSIGN_OR_RAISE(const bool more, rows.Step());
        if (!more) break;
        HistoryEntry entry;
        entry.time = TimestampMs(rows.Integer(0).value_or(0));
        entry.metadata_location = rows.Text(1);
        if (const auto id = rows.Integer(2)) entry.snapshot_id = SnapshotId(*id);
        if (const auto id = rows.Integer(3)) entry.schema_id = SchemaId(static_cast<int32_t>(*id));
        if (const auto id = rows.Integer(4)) entry.spec_id = SpecId(static_cast<int32_t>(*id));
        entry.operation = rows.Text(5);
        entry.principal = rows.Text(6);
        history.push_back(std::move(entry));
      }
    }
  }
  MergeLog(*table.metadata, table.metadata_location, history);
  return history;
}

}  // namespace artemis

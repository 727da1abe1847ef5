// The catalog's protocol over SQL.
#include "artemis/catalog/jdbc_catalog.h"

#include <filesystem>

#include "artemis/base/error.h"
#include "artemis/base/uuid.h"
#include "artemis/catalog/catalog_history.h"
#include "artemis/io/barrier.h"
#include "artemis/io/location.h"

namespace artemis {

namespace {

// A file name has room for 255 bytes, and a suffix may follow.
constexpr size_t kFolderNameMax = 240;

std::string AbsoluteWarehouse(const std::string& warehouse) {
  std::error_code error;
  return std::filesystem::absolute(LocalPath(warehouse), error).lexically_normal().string();
}

std::string FolderName(const std::string& name) {
  if (name.size() <= kFolderNameMax) return name;
  size_t end = kFolderNameMax;
  // Not within a UTF-8 character.
  while (end > 0 && (static_cast<unsigned char>(name[end]) & 0xc0) == 0x80) --end;
  return name.substr(0, end);
}

}  // namespace

JdbcCatalog::JdbcCatalog(std::unique_ptr<SqlDatabase> database, const CatalogOptions& options)
    : database_(std::move(database)),
      tables_(*database_),
      warehouse_(AbsoluteWarehouse(options.warehouse)),
      read_only_(options.read_only),
      files_(options.files != nullptr ? options.files : &LocalFileSystem()),
      clock_(options.clock != nullptr ? options.clock : &SystemClock()),
      barriers_(options.barriers != nullptr ? options.barriers : &NoBarriers()),
      metadata_files_(*files_) {}

arrow::Result<std::shared_ptr<Catalog>> JdbcCatalog::Open(std::unique_ptr<SqlDatabase> database,
                                                          const std::string& name,
                                                          const CatalogOptions& options) {
  std::shared_ptr<JdbcCatalog> catalog(new JdbcCatalog(std::move(database), options));
  ARROW_RETURN_NOT_OK(catalog->tables_.Prepare(name, options.create && !options.read_only));
  return catalog;
}

std::string JdbcCatalog::Uri() const {
  const std::string uri = database_->Uri();
  if (tables_.name() == JdbcTables::kDefaultName) return uri;
  return uri + (uri.find('?') == std::string::npos ? "?" : "&") + "name=" + tables_.name();
}

arrow::Status JdbcCatalog::RequireWritable() const {
  if (!read_only_) return arrow::Status::OK();
  return PermissionDeniedError("catalog " + database_->Label() + " is opened read-only");
}

arrow::Status JdbcCatalog::Settle(const SqlBody& body, const Look& happened) {
  const auto status = database_->Transact(body);
  if (FindDetail<CommitUnknown>(status) == nullptr) return status;
  bool done = false;
  // In a transaction: where the lost one still runs, it is waited for (RowLock).
  const auto looked = database_->Transact([&](SqlSession& session) -> arrow::Status {
    ARROW_ASSIGN_OR_RAISE(done, happened(session));
    return arrow::Status::OK();
  });
  return looked.ok() && done ? arrow::Status::OK() : status;  // C5
}

arrow::Result<std::vector<std::string>> JdbcCatalog::ListNamespaces() {
  std::vector<std::string> names;
  ARROW_RETURN_NOT_OK(database_->Read([&](SqlSession& session) -> arrow::Status {
    ARROW_ASSIGN_OR_RAISE(names, tables_.Namespaces(session));
    return arrow::Status::OK();
  }));
  return names;
}

arrow::Status JdbcCatalog::CreateNamespace(const std::string& name) {
  ARROW_RETURN_NOT_OK(RequireWritable());
  ARROW_RETURN_NOT_OK(CheckNamespace(name));
  return database_->Transact(
      [&](SqlSession& session) { return tables_.InsertNamespace(session, name); });
}

arrow::Status JdbcCatalog::DropNamespace(const std::string& name) {
  ARROW_RETURN_NOT_OK(RequireWritable());
  return database_->Transact([&](SqlSession& session) -> arrow::Status {
    ARROW_RETURN_NOT_OK(tables_.RequireEmptyNamespace(session, name));
    return tables_.DeleteNamespace(session, name);
  });
}

arrow::Result<std::map<std::string, std::string>> JdbcCatalog::NamespaceProperties(
    const std::string& name) {
  std::map<std::string, std::string> properties;
  ARROW_RETURN_NOT_OK(database_->Read([&](SqlSession& session) -> arrow::Status {
    ARROW_ASSIGN_OR_RAISE(properties, tables_.Properties(session, name));
    return arrow::Status::OK();
  }));
  return properties;
}

arrow::Status JdbcCatalog::ChangeNamespaceProperties(
    const std::string& name, const std::map<std::string, std::optional<std::string>>& changes) {
  ARROW_RETURN_NOT_OK(RequireWritable());
  return database_->Transact([&](SqlSession& session) -> arrow::Status {
    ARROW_RETURN_NOT_OK(tables_.Properties(session, name).status());
    // Without its last property a namespace would be gone.
    ARROW_RETURN_NOT_OK(tables_.EnsureNamespace(session, name));
    for (const auto& [key, value] : changes) {
      if (key.empty() || key == "exists") {
        return arrow::Status::Invalid("'", key, "' cannot be a property of a namespace");
      }
      ARROW_RETURN_NOT_OK(value ? tables_.SetProperty(session, name, key, *value)
                                : tables_.RemoveProperty(session, name, key));
    }
    return arrow::Status::OK();
  });
}

arrow::Result<std::vector<TableName>> JdbcCatalog::ListTables(
    std::optional<std::string> namespace_name) {
  std::vector<TableName> names;
  ARROW_RETURN_NOT_OK(database_->Read([&](SqlSession& session) -> arrow::Status {
    ARROW_ASSIGN_OR_RAISE(names, tables_.Tables(session, namespace_name));
    return arrow::Status::OK();
  }));
  return names;
}

arrow::Result<std::string> JdbcCatalog::LocationOf(const TableName& name) {
  std::string location;
  ARROW_RETURN_NOT_OK(database_->Read([&](SqlSession& session) -> arrow::Status {
    ARROW_ASSIGN_OR_RAISE(location, tables_.Location(session, name));
    return arrow::Status::OK();
  }));
  return location;
}

arrow::Result<LoadedTable> JdbcCatalog::Load(const TableName& name) {
  ARROW_ASSIGN_OR_RAISE(const std::string location, LocationOf(name));
  ARROW_ASSIGN_OR_RAISE(auto metadata, metadata_files_.Read(location));
  return LoadedTable{name, location, std::move(metadata)};
}

std::string JdbcCatalog::DefaultLocation(const TableName& name) const {
  std::string folder = warehouse_;
  for (const auto& part : name.namespace_parts) folder += "/" + part;
  folder += "/" + FolderName(name.name);
  const auto taken = files_->Exists(folder);
  if (taken.ok() && *taken) folder += "-" + RandomUuid().substr(0, 8);
  return FileUri(folder);
}

arrow::Status JdbcCatalog::Enter(const TableName& name, const LoadedTable* base,
                                 const std::string& location, const TableMetadata& metadata,
                                 const CommitInfo& info) {
  const SqlBody body = [&](SqlSession& session) -> arrow::Status {
    ARROW_RETURN_NOT_OK(base != nullptr ? tables_.Swap(session, *base, location)  // C2
                                        : tables_.Insert(session, name, location));
    return tables_.AddHistory(session, metadata, location, info);
  };
  return Settle(body, [&](SqlSession& session) -> arrow::Result<bool> {
    const auto current = tables_.Location(session, name, true);
    if (current.ok() && *current == location) return true;
    // Registering records a swap that may be an old one.
    if (base == nullptr) return false;
    return tables_.HistoryHolds(session, metadata.table_uuid, location);
  });
}

arrow::Result<LoadedTable> JdbcCatalog::Create(const TableName& name, TableMetadata metadata,
                                               const CommitInfo& info) {
  ARROW_RETURN_NOT_OK(RequireWritable());
  ARROW_RETURN_NOT_OK(CheckTableName(name));
  ARROW_RETURN_NOT_OK(Validate(metadata));
  // Before a file is written; the key of iceberg_tables decides.
  if (const auto taken = LocationOf(name); taken.ok()) {
    return arrow::Status::AlreadyExists("table ", name.ToString(), " exists");
  }
  const std::string location = NextMetadataLocation(metadata, "");
  auto shared = std::make_shared<const TableMetadata>(std::move(metadata));
  ARROW_RETURN_NOT_OK(metadata_files_.WriteNew(location, shared));  // C1
  const auto status = Enter(name, nullptr, location, *shared, info);
  if (status.ok()) return LoadedTable{name, location, shared};
  if (FindDetail<CommitUnknown>(status) == nullptr) metadata_files_.Discard(location);
  return status;
}

arrow::Result<LoadedTable> JdbcCatalog::Commit(const LoadedTable& base, TableMetadata next,
                                               const CommitInfo& info) {
  ARROW_RETURN_NOT_OK(RequireWritable());
  ARROW_ASSIGN_OR_RAISE(next, FollowMetadata(base, std::move(next), clock_->Now()));
  const std::string location = NextMetadataLocation(next, base.metadata_location);
  auto shared = std::make_shared<const TableMetadata>(std::move(next));
  ARROW_RETURN_NOT_OK(metadata_files_.WriteNew(location, shared));  // C1
  auto status = barriers_->Reach("before_swap");
  if (status.ok()) {
    status = Enter(base.name, &base, location, *shared, info);
    if (status.ok()) {
      (void)barriers_->Reach("after_swap");
      return LoadedTable{base.name, location, shared};
    }
  }
  if (FindDetail<CommitUnknown>(status) == nullptr) metadata_files_.Discard(location);  // C5
  return status;
}

arrow::Result<LoadedTable> JdbcCatalog::Register(const TableName& name,
                                                 const std::string& metadata_location,
                                                 const CommitInfo& info) {
  ARROW_RETURN_NOT_OK(RequireWritable());
  ARROW_RETURN_NOT_OK(CheckTableName(name));
  ARROW_ASSIGN_OR_RAISE(auto metadata, metadata_files_.Read(metadata_location));
  ARROW_RETURN_NOT_OK(Enter(name, nullptr, metadata_location, *metadata, info));
  return LoadedTable{name, metadata_location, std::move(metadata)};
}

arrow::Status JdbcCatalog::Rename(const TableName& from, const TableName& to) {
  ARROW_RETURN_NOT_OK(RequireWritable());
  ARROW_RETURN_NOT_OK(CheckTableName(to));
  std::string location;
  const SqlBody body = [&](SqlSession& session) -> arrow::Status {
    ARROW_ASSIGN_OR_RAISE(location, tables_.Location(session, from));
    return tables_.Rename(session, from, to);
  };
  return Settle(body, [&](SqlSession& session) -> arrow::Result<bool> {
    if (FindDetail<NoSuchTable>(tables_.Location(session, from, true).status()) == nullptr) {
      return false;
    }
    return tables_.Location(session, to, true).ok();
  });
}

arrow::Status JdbcCatalog::Remove(const TableName& name,
                                  const std::optional<std::string>& location) {
  ARROW_RETURN_NOT_OK(RequireWritable());
  return Settle([&](SqlSession& session) { return tables_.Delete(session, name, location); },
                [&](SqlSession& session) -> arrow::Result<bool> {
                  const auto current = tables_.Location(session, name, true);
                  return FindDetail<NoSuchTable>(current.status()) != nullptr;
                });
}

arrow::Status JdbcCatalog::Drop(const TableName& name) { return Remove(name, std::nullopt); }

arrow::Status JdbcCatalog::DropIfUnchanged(const LoadedTable& table) {
  return Remove(table.name, table.metadata_location);
}

arrow::Result<std::vector<HistoryEntry>> JdbcCatalog::History(const LoadedTable& table) {
  std::vector<HistoryEntry> recorded;
  ARROW_RETURN_NOT_OK(database_->Read([&](SqlSession& session) -> arrow::Status {
    ARROW_ASSIGN_OR_RAISE(recorded, tables_.History(session, table.metadata->table_uuid));
    return arrow::Status::OK();
  }));
  return MergeHistory(table, std::move(recorded));
}

}  // namespace artemis

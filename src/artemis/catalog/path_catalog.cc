// Tables found where they lie.
#include "artemis/catalog/path_catalog.h"

#include <algorithm>
#include <filesystem>

#include "artemis/base/error.h"
#include "artemis/catalog/catalog_history.h"
#include "artemis/io/barrier.h"
#include "artemis/io/location.h"
#include "artemis/table/metadata_json.h"

namespace artemis {

namespace {

constexpr int kDropAttempts = 100;
constexpr char kMetadataPath[] = "write.metadata.path";

bool CannotBeLookedInto(const arrow::Status& status) {
  return IsFileNotFound(status) || FindDetail<PermissionDenied>(status) != nullptr;
}

std::string JoinParts(const std::vector<std::string>& parts) {
  std::string joined;
  for (const auto& part : parts) joined += (joined.empty() ? "" : ".") + part;
  return joined;
}

}  // namespace

PathCatalog::PathCatalog(std::string folder, const CatalogOptions& options)
    : folder_(std::move(folder)),
      read_only_(options.read_only),
      files_(options.files != nullptr ? options.files : &LocalFileSystem()),
      clock_(options.clock != nullptr ? options.clock : &SystemClock()),
      barriers_(options.barriers != nullptr ? options.barriers : &NoBarriers()),
      metadata_files_(*files_, 0) {}

arrow::Result<std::shared_ptr<Catalog>> PathCatalog::Open(const std::string& folder,
                                                          const CatalogOptions& options) {
  const std::string absolute = LocalPath(FileUri(LocalPath(folder)));
  std::shared_ptr<PathCatalog> catalog(new PathCatalog(absolute, options));
  ARROW_ASSIGN_OR_RAISE(const bool exists, catalog->files_->Exists(absolute));
  if (!exists && (options.read_only || !options.create)) {
    return arrow::Status::IOError("there is no catalog at ", absolute,
                                  ": expected a folder of tables; check --catalog");
  }
  if (!exists) ARROW_RETURN_NOT_OK(catalog->files_->CreateFolders(absolute));
  return catalog;
}

arrow::Status PathCatalog::RequireWritable() const {
  if (!read_only_) return arrow::Status::OK();
  return PermissionDeniedError("catalog " + Uri() + " is opened read-only");
}

std::string PathCatalog::FolderOfParts(const std::vector<std::string>& parts) const {
  std::string folder = folder_;
  for (const auto& part : parts) folder += "/" + part;
  return folder;
}

std::string PathCatalog::DefaultLocation(const TableName& name) const {
  return FileUri(FolderOfParts(name.namespace_parts) + "/" + name.name);
}

std::string PathCatalog::MetadataFolder(const TableName& name) const {
  return DefaultLocation(name) + "/metadata";
}

arrow::Result<std::optional<PathVersion>> PathCatalog::CurrentOf(const TableName& name) {
  // The name becomes a path: what could lead out of the folder names no table.
  if (!CheckTableName(name).ok()) return std::nullopt;
  return CurrentPathVersion(*files_, MetadataFolder(name));
}

arrow::Result<PathVersion> PathCatalog::RequireTable(const TableName& name) {
  ARROW_ASSIGN_OR_RAISE(auto version, CurrentOf(name));
  if (!version || version->dropped) return NoSuchTableError(name.ToString());
  return *std::move(version);
}

arrow::Status PathCatalog::RequireOwnPlace(const TableName& name,
                                           const TableMetadata& metadata) const {
  if (!SameLocation(metadata.location, DefaultLocation(name))) {
    return arrow::Status::Invalid("table ", name.ToString(), " says that it lies in ",
                                  metadata.location, ": a path catalog writes tables only in ",
                                  "their own folders, expected ", DefaultLocation(name));
  }
  if (metadata.properties.contains(kMetadataPath)) {
    return arrow::Status::Invalid("table ", name.ToString(), " has the property ", kMetadataPath,
                                  ": a path catalog keeps metadata in the table's folder");
  }
  return arrow::Status::OK();
}

arrow::Status PathCatalog::RequireNoTableAbove(const std::vector<std::string>& parts) {
  std::vector<std::string> above;
  for (const auto& part : parts) {
    above.push_back(part);
    ARROW_ASSIGN_OR_RAISE(const auto version,
                          CurrentPathVersion(*files_, FileUri(FolderOfParts(above)) + "/metadata"));
    if (version) {
      return arrow::Status::Invalid(JoinParts(above),
                                    " is the folder of a table: it cannot be a namespace, too");
    }
  }
  return arrow::Status::OK();
}

arrow::Status PathCatalog::Walk(const Visit& from, const std::function<void(const Visit&)>& see) {
  const auto entries = files_->ListFolder(from.folder);
  if (!entries.ok()) {
    return CannotBeLookedInto(entries.status()) ? arrow::Status::OK() : entries.status();
  }
  for (const auto& entry : *entries) {
    Visit visit = from;
    visit.parts.push_back(entry.path.substr(entry.path.rfind('/') + 1));
    visit.folder = entry.path;
    // A folder with a dot in its name has no name of ours.
    if (!entry.is_folder || !CheckNamespace(visit.parts.back()).ok() ||
        visit.parts.back().find('.') != std::string::npos) {
      continue;
    }
    const auto version = CurrentPathVersion(*files_, FileUri(visit.folder) + "/metadata");
    if (!version.ok()) continue;
    visit.version = *version;
    see(visit);
    if (!visit.version && visit.parts.size() < kDepthMax) ARROW_RETURN_NOT_OK(Walk(visit, see));
  }
  return arrow::Status::OK();
}

arrow::Result<std::vector<std::string>> PathCatalog::ListNamespaces() {
  std::vector<std::string> names;
  ARROW_RETURN_NOT_OK(Walk({{}, folder_, {}}, [&](const Visit& visit) {
    if (!visit.version) names.push_back(JoinParts(visit.parts));
  }));
  std::sort(names.begin(), names.end());
  return names;
}

arrow::Result<std::vector<TableName>> PathCatalog::ListTables(
    std::optional<std::string> namespace_name) {
  std::vector<TableName> tables;
  Visit from{{}, folder_, {}};
  if (namespace_name) {
    if (!CheckNamespace(*namespace_name).ok()) return tables;
    from.parts = SplitNamespace(*namespace_name);
    from.folder = FolderOfParts(from.parts);
  }
  const size_t depth = namespace_name ? from.parts.size() + 1 : 0;
  ARROW_RETURN_NOT_OK(Walk(from, [&](const Visit& visit) {
    // A table right in the catalog's folder would have no namespace.
    if (!visit.version || visit.version->dropped || visit.parts.size() < 2) return;
    if (depth != 0 && visit.parts.size() != depth) return;
    TableName name{visit.parts, visit.parts.back()};
    name.namespace_parts.pop_back();
    tables.push_back(std::move(name));
  }));
  std::sort(tables.begin(), tables.end());
  return tables;
}

arrow::Status PathCatalog::CreateNamespace(const std::string& name) {
  ARROW_RETURN_NOT_OK(RequireWritable());
  ARROW_RETURN_NOT_OK(CheckNamespace(name));
  const auto parts = SplitNamespace(name);
  ARROW_RETURN_NOT_OK(RequireNoTableAbove(parts));
  ARROW_ASSIGN_OR_RAISE(const bool exists, files_->Exists(FolderOfParts(parts)));
  if (exists) return arrow::Status::AlreadyExists("namespace ", name, " exists");
  return files_->CreateFolders(FolderOfParts(parts));
}

arrow::Status PathCatalog::DropNamespace(const std::string& name) {
  ARROW_RETURN_NOT_OK(RequireWritable());
  ARROW_RETURN_NOT_OK(NamespaceProperties(name).status());
  const std::string folder = FolderOfParts(SplitNamespace(name));
  ARROW_ASSIGN_OR_RAISE(const auto held, files_->ListFolder(folder));
  if (!held.empty()) {
    return arrow::Status::Invalid("namespace ", name, " is not empty: its folder holds ",
                                  held[0].path);
  }
  // Removes an empty folder, and fails where somebody has put something into it meanwhile.
  std::error_code error;
  std::filesystem::remove(folder, error);
  if (error) return arrow::Status::IOError("cannot remove ", folder, ": ", error.message());
  return files_->SyncFolder(FolderOf(folder));
}

arrow::Result<std::map<std::string, std::string>> PathCatalog::NamespaceProperties(
    const std::string& name) {
  const auto missing = NoSuchTableError(name).WithMessage("there is no namespace ", name);
  if (!CheckNamespace(name).ok()) return missing;
  const auto parts = SplitNamespace(name);
  ARROW_ASSIGN_OR_RAISE(const bool exists, files_->Exists(FolderOfParts(parts)));
  if (!exists || !RequireNoTableAbove(parts).ok()) return missing;
  return std::map<std::string, std::string>{{"location", FileUri(FolderOfParts(parts))}};
}

arrow::Status PathCatalog::ChangeNamespaceProperties(
    const std::string& name, const std::map<std::string, std::optional<std::string>>&) {
  ARROW_RETURN_NOT_OK(RequireWritable());
  return arrow::Status::NotImplemented("namespace ", name,
                                       " cannot have properties: in a path catalog it is a folder");
}

arrow::Result<LoadedTable> PathCatalog::Load(const TableName& name) {
  ARROW_ASSIGN_OR_RAISE(const auto version, RequireTable(name));
  ARROW_ASSIGN_OR_RAISE(auto metadata, metadata_files_.Read(version.location));
  return LoadedTable{name, version.location, std::move(metadata)};
}

arrow::Result<LoadedTable> PathCatalog::WriteFirst(const TableName& name, TableMetadata metadata) {
  ARROW_RETURN_NOT_OK(RequireOwnPlace(name, metadata));
  ARROW_RETURN_NOT_OK(RequireNoTableAbove(name.namespace_parts));
  ARROW_ASSIGN_OR_RAISE(const auto before, CurrentOf(name));
  const auto exists = arrow::Status::AlreadyExists("table ", name.ToString(), " exists");
  if (before && !before->dropped) return exists;
  const int64_t number = before ? before->number + 1 : 1;
  auto shared = std::make_shared<const TableMetadata>(std::move(metadata));
  const std::string folder = MetadataFolder(name);
  ARROW_RETURN_NOT_OK(files_->CreateFolders(folder));
  const auto status = WritePathVersion(*files_, folder, number, TableMetadataToJson(*shared));
  if (FindDetail<CommitConflict>(status) != nullptr) return exists;
  ARROW_RETURN_NOT_OK(status);
  WriteVersionHint(*files_, folder, number);
  return LoadedTable{name, PathVersionLocation(folder, number), std::move(shared)};
}

arrow::Result<LoadedTable> PathCatalog::Create(const TableName& name, TableMetadata metadata,
                                               const CommitInfo&) {
  ARROW_RETURN_NOT_OK(RequireWritable());
  ARROW_RETURN_NOT_OK(CheckTableName(name));
  ARROW_RETURN_NOT_OK(Validate(metadata));
  return WriteFirst(name, std::move(metadata));
}

arrow::Result<LoadedTable> PathCatalog::Commit(const LoadedTable& base, TableMetadata next,
                                               const CommitInfo&) {
  ARROW_RETURN_NOT_OK(RequireWritable());
  ARROW_RETURN_NOT_OK(RequireOwnPlace(base.name, next));
  ARROW_ASSIGN_OR_RAISE(next, FollowMetadata(base, std::move(next), clock_->Now()));
  const auto based_on =
      PathVersionOf(base.metadata_location.substr(base.metadata_location.rfind('/') + 1));
  if (!based_on) {
    return arrow::Status::Invalid(base.metadata_location, " is no version of a path table");
  }
  ARROW_ASSIGN_OR_RAISE(const auto current, RequireTable(base.name));
  if (current.number != *based_on) {
    return CommitConflictError("table " + base.name.ToString() +
                               " was changed by another commit: expected " +
                               base.metadata_location + ", found " + current.location);
  }
  auto shared = std::make_shared<const TableMetadata>(std::move(next));
  const std::string folder = MetadataFolder(base.name);
  const std::string json = TableMetadataToJson(*shared);
  ARROW_RETURN_NOT_OK(barriers_->Reach("before_swap"));
  ARROW_RETURN_NOT_OK(WritePathVersion(*files_, folder, *based_on + 1, json));
  (void)barriers_->Reach("after_swap");
  WriteVersionHint(*files_, folder, *based_on + 1);
  return LoadedTable{base.name, PathVersionLocation(folder, *based_on + 1), std::move(shared)};
}

arrow::Result<LoadedTable> PathCatalog::Register(const TableName& name,
                                                 const std::string& metadata_location,
                                                 const CommitInfo&) {
  ARROW_RETURN_NOT_OK(RequireWritable());
  ARROW_RETURN_NOT_OK(CheckTableName(name));
  ARROW_ASSIGN_OR_RAISE(const auto metadata, metadata_files_.Read(metadata_location));
  return WriteFirst(name, *metadata);
}

arrow::Status PathCatalog::Rename(const TableName& from, const TableName& to) {
  ARROW_RETURN_NOT_OK(RequireWritable());
  ARROW_RETURN_NOT_OK(RequireTable(from).status());
  return arrow::Status::NotImplemented(
      "table ", from.ToString(), " cannot be renamed to ", to.ToString(),
      ": in a path catalog a table's name is its folder, and its metadata names files there; "
      "register it in an SQLite or PostgreSQL catalog under the new name instead");
}

arrow::Status PathCatalog::DropAt(const TableName& name, const PathVersion& version) {
  const std::string folder = MetadataFolder(name);
  ARROW_RETURN_NOT_OK(
      WritePathVersion(*files_, folder, version.number + 1, PathTombstone()));  // C2
  WriteVersionHint(*files_, folder, version.number + 1);
  return arrow::Status::OK();
}

arrow::Status PathCatalog::Drop(const TableName& name) {
  ARROW_RETURN_NOT_OK(RequireWritable());
  for (int attempt = 1;; ++attempt) {
    ARROW_ASSIGN_OR_RAISE(const auto version, RequireTable(name));
    const auto status = DropAt(name, version);
    if (FindDetail<CommitConflict>(status) == nullptr || attempt == kDropAttempts) return status;
  }
}

arrow::Status PathCatalog::DropIfUnchanged(const LoadedTable& table) {
  ARROW_RETURN_NOT_OK(RequireWritable());
  ARROW_ASSIGN_OR_RAISE(const auto version, RequireTable(table.name));
  if (!SameLocation(version.location, table.metadata_location)) {
    return CommitConflictError("table " + table.name.ToString() +
                               " was changed by another commit: expected " +
                               table.metadata_location + ", found " + version.location);
  }
  return DropAt(table.name, version);
}

arrow::Result<std::vector<HistoryEntry>> PathCatalog::History(const LoadedTable& table) {
  return MergeHistory(table, {});
}

}  // namespace artemis

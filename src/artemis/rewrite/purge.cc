// Counts a table's files, drops its name, removes them.
#include "artemis/rewrite/purge.h"

#include <set>
#include <unordered_set>

#include "artemis/base/error.h"
#include "artemis/io/file_system.h"
#include "artemis/table/manifest_avro.h"
#include "artemis/table/statistics_json.h"

namespace artemis {

namespace {

constexpr size_t kPurgeFailuresMax = 10;

// Each path once, in the order in which they are removed.
struct DoomedFiles {
  std::unordered_set<std::string> seen;
  std::vector<DataFile> content;  // paths, kinds and sizes only
  std::vector<std::string> statistics;
  std::vector<std::string> manifests;
  std::vector<std::string> manifest_lists;
  std::vector<std::string> metadata;

  void Add(std::vector<std::string>& kind, const std::string& path) {
    if (seen.insert(path).second) kind.push_back(path);
  }
};

// nullopt when the file is not there: an earlier purge has removed it.
arrow::Result<std::optional<std::string>> ReadIfThere(FileSystem& files, const std::string& path,
                                                      int64_t limit_bytes) {
  auto text = files.ReadAll(path, limit_bytes);
  if (text.ok()) return std::optional<std::string>(*std::move(text));
  if (IsFileNotFound(text.status())) return std::nullopt;
  return text.status();
}

arrow::Status AddContentOf(const ManifestFile& manifest, FileSystem& files, DoomedFiles& doomed) {
  ARROW_ASSIGN_OR_RAISE(const auto bytes, ReadIfThere(files, manifest.path, kManifestBytesMax));
  if (!bytes) return arrow::Status::OK();
  ReadManifestOptions options;
  options.metrics_for.emplace();
  options.live_only = true;
  ARROW_ASSIGN_OR_RAISE(const auto read, ReadManifest(*bytes, manifest, options));
  for (const auto& entry : read.entries) {
    if (!doomed.seen.insert(entry.file.path).second) continue;
    DataFile file;
    file.content = entry.file.content;
    file.path = entry.file.path;
    file.file_size_bytes = entry.file.file_size_bytes;
    doomed.content.push_back(std::move(file));
  }
  return arrow::Status::OK();
}

arrow::Result<std::vector<ManifestFile>> ManifestsOf(const Snapshot& snapshot, FileSystem& files,
                                                     DoomedFiles& doomed) {
  std::vector<ManifestFile> manifests;
  if (snapshot.manifest_list.empty()) {
    for (const auto& path : snapshot.embedded_manifests) {
      ManifestFile manifest;
      manifest.path = path;
      manifests.push_back(std::move(manifest));
    }
    return manifests;
  }
  doomed.Add(doomed.manifest_lists, snapshot.manifest_list);
  ARROW_ASSIGN_OR_RAISE(const auto bytes,
                        ReadIfThere(files, snapshot.manifest_list, kManifestListBytesMax));
  if (!bytes) return manifests;
  return ReadManifestList(*bytes, snapshot.manifest_list);
}

arrow::Status AddStatistics(const TableMetadata& metadata, DoomedFiles& doomed) {
  for (const char* key : {"statistics", "partition-statistics"}) {
    const auto found = metadata.carried_json.find(key);
    if (found == metadata.carried_json.end()) continue;
    ARROW_ASSIGN_OR_RAISE(const auto paths, StatisticsPaths(found->second));
    for (const auto& path : paths) doomed.Add(doomed.statistics, path);
  }
  return arrow::Status::OK();
}

// P1
arrow::Result<DoomedFiles> FilesOf(const LoadedTable& table, FileSystem& files,
                                   const arrow::StopToken& stop) {
  DoomedFiles doomed;
  for (const auto& snapshot : table.metadata->snapshots) {
    ARROW_RETURN_NOT_OK(stop.Poll());
    ARROW_ASSIGN_OR_RAISE(const auto manifests, ManifestsOf(snapshot, files, doomed));
    for (const auto& manifest : manifests) {
      if (!doomed.seen.insert(manifest.path).second) continue;
      doomed.manifests.push_back(manifest.path);
      ARROW_RETURN_NOT_OK(AddContentOf(manifest, files, doomed));
    }
  }
  ARROW_RETURN_NOT_OK(AddStatistics(*table.metadata, doomed));
  for (const auto& entry : table.metadata->metadata_log) {
    if (entry.metadata_file != table.metadata_location) {
      doomed.Add(doomed.metadata, entry.metadata_file);
    }
  }
  doomed.Add(doomed.metadata, table.metadata_location);
  return doomed;
}

arrow::Status RequirePurgeable(Catalog& catalog, const LoadedTable& table) {
  const auto gc = table.metadata->properties.find("gc.enabled");
  if (gc != table.metadata->properties.end() && gc->second == "false") {
    return arrow::Status::Invalid("table ", table.name.ToString(),
                                  " has gc.enabled = false: its files may belong to others, too; "
                                  "drop it without purging");
  }
  ARROW_ASSIGN_OR_RAISE(const auto names, catalog.ListTables(std::nullopt));
  for (const auto& name : names) {
    if (name == table.name) continue;
    const auto other = catalog.Load(name);
    if (!other.ok() || other->metadata->table_uuid != table.metadata->table_uuid) continue;
    return arrow::Status::Invalid("table ", table.name.ToString(), " is also called ",
                                  name.ToString(),
                                  ": its files are still needed; drop one of the "
                                  "names without purging");  // P4
  }
  return arrow::Status::OK();
}

void RemoveFile(FileSystem& files, const std::string& path, int64_t& removed, PurgeReport& report) {
  const auto status = files.Delete(path);
  if (status.ok()) {
    ++removed;
  } else if (IsFileNotFound(status)) {
    ++report.missing;
  } else {
    ++report.failed;
    if (report.failures.size() < kPurgeFailuresMax) report.failures.push_back(status.message());
  }
}

// P3
PurgeReport RemoveFiles(FileSystem& files, const DoomedFiles& doomed) {
  PurgeReport report;
  for (const auto& file : doomed.content) {
    int64_t removed = 0;
    RemoveFile(files, file.path, removed, report);
    (file.content == FileContent::kData ? report.data_files : report.delete_files) += removed;
    report.bytes += removed * file.file_size_bytes;
  }
  for (const auto& path : doomed.statistics) {
    RemoveFile(files, path, report.statistics_files, report);
  }
  for (const auto& path : doomed.manifests) RemoveFile(files, path, report.manifests, report);
  for (const auto& path : doomed.manifest_lists) {
    RemoveFile(files, path, report.manifest_lists, report);
  }
  for (const auto& path : doomed.metadata) {
    RemoveFile(files, path, report.metadata_files, report);
  }
  return report;
}

}  // namespace

int64_t PurgeReport::Removed() const {
  return data_files + delete_files + statistics_files + manifests + manifest_lists + metadata_files;
}

arrow::Result<PurgeReport> DropAndPurge(Catalog& catalog, const TableName& name,
                                        const PurgeOptions& options) {
  for (int attempt = 1;; ++attempt) {
    ARROW_ASSIGN_OR_RAISE(const auto table, catalog.Load(name));
    ARROW_RETURN_NOT_OK(RequirePurgeable(catalog, table));
    ARROW_ASSIGN_OR_RAISE(const auto doomed, FilesOf(table, catalog.files(), options.stop));
    const auto dropped = catalog.DropIfUnchanged(table);  // P2
    if (dropped.ok()) return RemoveFiles(catalog.files(), doomed);
    if (FindDetail<CommitConflict>(dropped) == nullptr || attempt == options.attempts_max) {
      return dropped;
    }
  }
}

}  // namespace artemis

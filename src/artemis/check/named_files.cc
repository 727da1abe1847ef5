// The walk over all that a table names.
#include "artemis/check/named_files.h"

#include <filesystem>
#include <utility>

#include "artemis/check/statistics_files.h"
#include "artemis/io/file_system.h"
#include "artemis/io/location.h"
#include "artemis/scan/scan_plan.h"
#include "artemis/table/manifest_avro.h"

namespace artemis {

namespace {

constexpr char kVersionHint[] = "version-hint.text";

arrow::Status AddManifest(const ManifestFile& listed, FileSystem& files,
                          std::unordered_set<std::string>* names) {
  if (!names->insert(NormalPath(listed.path)).second) return arrow::Status::OK();
  ReadManifestOptions read;
  read.live_only = true;
  read.metrics_for = std::vector<FieldId>();
  ARROW_ASSIGN_OR_RAISE(const auto bytes, files.ReadAll(listed.path, kManifestBytesMax));
  ARROW_ASSIGN_OR_RAISE(const auto manifest, ReadManifest(bytes, listed, read));
  for (const auto& entry : manifest.entries) names->insert(NormalPath(entry.file.path));
  return arrow::Status::OK();
}

}  // namespace

arrow::Status AddNamedFiles(Catalog& catalog, const LoadedTable& table,
                            const arrow::StopToken& stop, std::unordered_set<std::string>* names) {
  const auto& metadata = *table.metadata;
  const auto add = [&](const std::string& location) { names->insert(NormalPath(location)); };
  add(table.metadata_location);
  add(JoinLocation(FolderOf(table.metadata_location), kVersionHint));
  for (const auto& entry : metadata.metadata_log) add(entry.metadata_file);
  ARROW_ASSIGN_OR_RAISE(const auto history, catalog.History(table));
  for (const auto& entry : history) add(entry.metadata_location);
  ARROW_ASSIGN_OR_RAISE(const auto statistics, StatisticsFiles(metadata));
  for (const auto& file : statistics) add(file.path);
  for (const auto& snapshot : metadata.snapshots) {
    ARROW_RETURN_NOT_OK(stop.Poll());
    if (!snapshot.manifest_list.empty()) add(snapshot.manifest_list);
    ARROW_ASSIGN_OR_RAISE(const auto manifests,
                          ListManifests({table.metadata, snapshot.id, nullptr}, catalog.files()));
    for (const auto& listed : manifests) {
      ARROW_RETURN_NOT_OK(stop.Poll());
      ARROW_RETURN_NOT_OK(AddManifest(listed, catalog.files(), names));
    }
  }
  return arrow::Status::OK();
}

std::string NormalPath(const std::string& location) {
  std::string path = LocalPath(location);
  if (path.starts_with("//")) path.erase(0, path.find_first_not_of('/') - 1);
  return std::filesystem::path(path).lexically_normal().string();
}

}  // namespace artemis

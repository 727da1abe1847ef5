// Reads the manifests of a snapshot for their paths.
#include "artemis/rewrite/adopt_existing.h"

#include "artemis/io/file_system.h"
#include "artemis/io/location.h"
#include "artemis/scan/scan_plan.h"
#include "artemis/table/manifest_avro.h"

namespace artemis {

ExistingFiles::ExistingFiles(FileSystem& files, const std::vector<std::string>& locations)
    : files_(files), locations_(locations) {
  for (const auto& location : locations) paths_.insert(LocalPath(location));
}

arrow::Result<std::set<std::string>> ExistingFiles::Find(const TableView& view) {
  std::set<std::string> live;
  if (!view.snapshot_id) return live;
  ARROW_ASSIGN_OR_RAISE(const auto manifests, ListManifests(view, files_));
  for (const ManifestFile& manifest : manifests) {
    if (manifest.content != ManifestContent::kData || foreign_manifests_.contains(manifest.path)) {
      continue;
    }
    ARROW_ASSIGN_OR_RAISE(const auto bytes, files_.ReadAll(manifest.path, kManifestBytesMax));
    ReadManifestOptions options;
    options.metrics_for.emplace();
    ARROW_ASSIGN_OR_RAISE(const Manifest read, ReadManifest(bytes, manifest, options));
    bool named = false;
    for (const ManifestEntry& entry : read.entries) {
      const std::string path = LocalPath(entry.file.path);
      if (!paths_.contains(path)) continue;
      named = true;
      if (entry.status != EntryStatus::kDeleted) live.insert(path);
    }
    if (!named) foreign_manifests_.insert(manifest.path);
  }
  std::set<std::string> found;
  for (const auto& location : locations_) {
    if (live.contains(LocalPath(location))) found.insert(location);
  }
  return found;
}

}  // namespace artemis

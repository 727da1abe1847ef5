// Reads manifest lists, or describes the manifests that a v1 snapshot embeds.
#include "artemis/scan/snapshot_files.h"

#include "artemis/base/error.h"
#include "artemis/io/file_system.h"
#include "artemis/scan/manifest_cache.h"
#include "artemis/table/manifest_avro.h"

namespace artemis {

namespace {

// v1 snapshots may name their manifests one by one, without a list.
arrow::Result<ManifestFile> DescribeEmbedded(const std::string& path, SnapshotId snapshot_id,
                                             FileSystem& files) {
  ARROW_ASSIGN_OR_RAISE(const auto bytes, files.ReadAll(path, kManifestBytesMax));
  ARROW_ASSIGN_OR_RAISE(const auto header, ReadManifestHeader(bytes, path));
  ManifestFile file;
  file.path = path;
  file.length_bytes = static_cast<int64_t>(bytes.size());
  file.spec_id = header.spec.id;
  file.added_snapshot_id = snapshot_id;
  return file;
}

}  // namespace

using SharedList = std::shared_ptr<const std::vector<ManifestFile>>;

arrow::Result<SharedList> SharedManifests(const TableView& view, FileSystem& files,
                                          ManifestCache* cache) {
  std::vector<ManifestFile> manifests;
  if (!view.snapshot_id) return std::make_shared<const std::vector<ManifestFile>>();
  const Snapshot* snapshot = view.metadata->FindSnapshot(*view.snapshot_id);
  if (snapshot == nullptr) return NoSuchSnapshotError(ToString(*view.snapshot_id));
  ARROW_RETURN_NOT_OK(RefuseEncrypted(*snapshot));
  if (!snapshot->manifest_list.empty()) {
    if (cache != nullptr) return cache->List(snapshot->manifest_list, files);
    ARROW_ASSIGN_OR_RAISE(const auto bytes,
                          files.ReadAll(snapshot->manifest_list, kManifestListBytesMax));
    ARROW_ASSIGN_OR_RAISE(manifests, ReadManifestList(bytes, snapshot->manifest_list));
  } else {
    for (const auto& path : snapshot->embedded_manifests) {
      ARROW_ASSIGN_OR_RAISE(auto manifest, DescribeEmbedded(path, snapshot->id, files));
      manifests.push_back(std::move(manifest));
    }
  }
  return std::make_shared<const std::vector<ManifestFile>>(std::move(manifests));
}

arrow::Result<std::vector<ManifestFile>> ListManifests(const TableView& view, FileSystem& files,
                                                       ManifestCache* cache) {
  ARROW_ASSIGN_OR_RAISE(const auto shared, SharedManifests(view, files, cache));
  return *shared;
}

arrow::Result<std::vector<ManifestEntry>> ListFiles(const TableView& view, FileSystem& files) {
  std::vector<ManifestEntry> entries;
  ReadManifestOptions read;
  read.live_only = true;
  read.partition_schema = view.schema.get();
  ARROW_ASSIGN_OR_RAISE(const auto manifests, ListManifests(view, files));
  for (const auto& file : manifests) {
    ARROW_ASSIGN_OR_RAISE(const auto bytes, files.ReadAll(file.path, kManifestBytesMax));
    ARROW_ASSIGN_OR_RAISE(auto manifest, ReadManifest(bytes, file, read));
    for (auto& entry : manifest.entries) entries.push_back(std::move(entry));
  }
  return entries;
}

}  // namespace artemis

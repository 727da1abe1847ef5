// Writes and removes the manifests of a commit.
#include "artemis/commit/manifest_store.h"

#include "artemis/base/parallel_for.h"
#include "artemis/base/uuid.h"
#include "artemis/io/file_system.h"

namespace artemis {

std::string MetadataFolder(const TableMetadata& metadata) {
  const auto property = metadata.properties.find("write.metadata.path");
  std::string folder =
      property != metadata.properties.end() ? property->second : metadata.location + "/metadata";
  while (!folder.empty() && folder.back() == '/') folder.pop_back();
  return folder;
}

const Schema& SchemaOfSpec(const TableMetadata& metadata, const PartitionSpec& spec) {
  if (PartitionType(spec, metadata.CurrentSchema()).ok()) return metadata.CurrentSchema();
  for (auto schema = metadata.schemas.rbegin(); schema != metadata.schemas.rend(); ++schema) {
    if (PartitionType(spec, *schema).ok()) return *schema;
  }
  return metadata.CurrentSchema();
}

ManifestEntry AsExisting(ManifestEntry entry) {
  entry.status = EntryStatus::kExisting;
  return entry;
}

ManifestStore::ManifestStore(FileSystem& files, std::string metadata_folder, SnapshotId snapshot_id,
                             const CommitSettings& settings)
    : files_(files),
      folder_(std::move(metadata_folder)),
      snapshot_id_(snapshot_id),
      settings_(settings),
      uuid_(RandomUuid()) {}

std::string ManifestStore::NextPath() {
  written_.push_back(folder_ + "/" + uuid_ + "-m" + std::to_string(next_manifest_++) + ".avro");
  return written_.back();
}

arrow::Result<ManifestFile> ManifestStore::WriteAt(const std::string& path,
                                                   const TableMetadata& metadata,
                                                   const PartitionSpec& spec,
                                                   const std::vector<ManifestEntry>& entries,
                                                   ManifestContent content) const {
  WriteManifestOptions options;
  options.format_version = metadata.format_version;
  options.content = content;
  options.snapshot_id = snapshot_id_;
  options.keep_added_sequence_numbers = true;
  options.codec = settings_.manifest_codec;
  options.codec_level = settings_.manifest_codec_level;
  ARROW_ASSIGN_OR_RAISE(auto written,
                        WriteManifest(path, SchemaOfSpec(metadata, spec), spec, entries, options));
  ARROW_RETURN_NOT_OK(files_.WriteNew(path, written.bytes));
  return std::move(written.file);
}

arrow::Result<ManifestFile> ManifestStore::Write(const TableMetadata& metadata,
                                                 const PartitionSpec& spec,
                                                 const std::vector<ManifestEntry>& entries,
                                                 ManifestContent content) {
  return WriteAt(NextPath(), metadata, spec, entries, content);
}

arrow::Result<std::vector<ManifestFile>> ManifestStore::WriteParts(
    const TableMetadata& metadata, const PartitionSpec& spec,
    const std::vector<std::vector<ManifestEntry>>& parts, ManifestContent content) {
  std::vector<std::string> paths;
  for (size_t i = 0; i < parts.size(); ++i) paths.push_back(NextPath());
  std::vector<ManifestFile> manifests(parts.size());
  ARROW_RETURN_NOT_OK(ParallelFor(parts.size(), 0, [&](size_t i) -> arrow::Status {
    ARROW_ASSIGN_OR_RAISE(manifests[i], WriteAt(paths[i], metadata, spec, parts[i], content));
    return arrow::Status::OK();
  }));
  return manifests;
}

arrow::Result<std::string> ManifestStore::WriteList(std::vector<ManifestFile> manifests,
                                                    const TableMetadata& metadata,
                                                    std::optional<SnapshotId> parent_id,
                                                    SequenceNumber sequence_number, int attempt,
                                                    int64_t* next_row_id) {
  if (metadata.format_version >= 3) {
    *next_row_id = AssignFirstRowIds(metadata.next_row_id, &manifests);  // C9
  }
  const std::string path = folder_ + "/snap-" + ToString(snapshot_id_) + "-" +
                           std::to_string(attempt) + "-" + uuid_ + ".avro";
  ARROW_ASSIGN_OR_RAISE(const auto bytes,
                        WriteManifestList(manifests, metadata.format_version, snapshot_id_,
                                          parent_id, sequence_number));
  written_.push_back(path);
  ARROW_RETURN_NOT_OK(files_.WriteNew(path, bytes));
  ARROW_RETURN_NOT_OK(files_.SyncFolder(folder_));
  listed_ = {path};
  for (const auto& manifest : manifests) listed_.insert(manifest.path);
  return path;
}

arrow::Result<Manifest> ManifestStore::Read(const TableMetadata& metadata, const ManifestFile& file,
                                            bool live_only) {
  ARROW_ASSIGN_OR_RAISE(const auto bytes, files_.ReadAll(file.path, kManifestBytesMax));
  ReadManifestOptions options;
  options.live_only = live_only;
  const auto* spec = metadata.FindSpec(file.spec_id);
  options.partition_schema =
      spec != nullptr ? &SchemaOfSpec(metadata, *spec) : &metadata.CurrentSchema();
  return ReadManifest(bytes, file, options);
}

void ManifestStore::KeepForRetry() { kept_ = written_.size(); }

void ManifestStore::DiscardAttempt() {
  for (size_t i = kept_; i < written_.size(); ++i) (void)files_.Delete(written_[i]);
  written_.resize(kept_);
}

void ManifestStore::DiscardAll() {
  kept_ = 0;
  DiscardAttempt();
}

void ManifestStore::DiscardUnused() {
  for (const auto& path : written_) {
    if (!listed_.contains(path)) (void)files_.Delete(path);
  }
}

}  // namespace artemis

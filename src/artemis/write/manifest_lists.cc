// Describes each embedded manifest once, however many snapshots hold it.
#include "artemis/write/manifest_lists.h"

#include <map>

#include "artemis/base/uuid.h"
#include "artemis/io/file_system.h"
#include "artemis/table/manifest_avro.h"
#include "artemis/table/partition_summary.h"

namespace artemis {

namespace {

class MissingLists {
 public:
  MissingLists(FileSystem& files, std::string folder) : files_(files), folder_(std::move(folder)) {}

  arrow::Status Write(TableMetadata* metadata) {
    for (Snapshot& snapshot : metadata->snapshots) {
      if (!snapshot.manifest_list.empty()) continue;
      ARROW_RETURN_NOT_OK(WriteList(&snapshot));
    }
    return written.empty() ? arrow::Status::OK() : files_.SyncFolder(folder_);
  }

  void Discard() {
    for (const std::string& path : written) static_cast<void>(files_.Delete(path).ok());
  }

  std::vector<std::string> written;

 private:
  arrow::Status WriteList(Snapshot* snapshot) {
    std::vector<ManifestFile> manifests;
    for (const std::string& path : snapshot->embedded_manifests) {
      ARROW_ASSIGN_OR_RAISE(const ManifestFile* described, Describe(path));
      manifests.push_back(*described);
      manifests.back().added_snapshot_id = snapshot->id;
    }
    ARROW_ASSIGN_OR_RAISE(
        const std::string bytes,
        WriteManifestList(manifests, 2, snapshot->id, snapshot->parent_id, SequenceNumber(0)));
    const std::string path =
        folder_ + "/snap-" + ToString(snapshot->id) + "-0-" + RandomUuid() + ".avro";
    ARROW_RETURN_NOT_OK(files_.WriteNew(path, bytes));
    written.push_back(path);
    snapshot->manifest_list = path;
    snapshot->embedded_manifests.clear();
    return arrow::Status::OK();
  }

  arrow::Result<const ManifestFile*> Describe(const std::string& path) {
    if (const auto known = described_.find(path); known != described_.end()) return &known->second;
    ARROW_ASSIGN_OR_RAISE(const std::string bytes, files_.ReadAll(path, kManifestBytesMax));
    ManifestFile file;
    file.path = path;
    file.length_bytes = static_cast<int64_t>(bytes.size());
    ARROW_ASSIGN_OR_RAISE(const Manifest manifest, ReadManifest(bytes, file));
    file.spec_id = manifest.header.spec.id;
    Count(manifest, &file);
    ARROW_ASSIGN_OR_RAISE(const Type partition,
                          PartitionType(manifest.header.spec, manifest.header.schema));
    if (!manifest.header.spec.has_unknown_transform()) {
      PartitionSummaryBuilder summaries(partition);
      for (const ManifestEntry& entry : manifest.entries) summaries.Add(entry.file.partition);
      file.partitions = summaries.Finish();
    }
    return &described_.emplace(path, std::move(file)).first->second;
  }

  static void Count(const Manifest& manifest, ManifestFile* file) {
    int64_t files[3] = {}, rows[3] = {};
    for (const ManifestEntry& entry : manifest.entries) {
      ++files[static_cast<int>(entry.status)];
      rows[static_cast<int>(entry.status)] += entry.file.record_count;
    }
    file->existing_files = files[0], file->added_files = files[1], file->deleted_files = files[2];
    file->existing_rows = rows[0], file->added_rows = rows[1], file->deleted_rows = rows[2];
  }

  FileSystem& files_;
  const std::string folder_;
  std::map<std::string, ManifestFile> described_;
};

}  // namespace

arrow::Result<ListedSnapshots> WriteMissingManifestLists(TableMetadata metadata, FileSystem& files,
                                                         const std::string& metadata_folder) {
  MissingLists lists(files, metadata_folder);
  const arrow::Status status = lists.Write(&metadata);
  if (!status.ok()) {
    lists.Discard();
    return status;
  }
  return ListedSnapshots{std::move(metadata), std::move(lists.written)};
}

}  // namespace artemis

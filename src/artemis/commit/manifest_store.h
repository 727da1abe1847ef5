// The manifests and manifest lists that one snapshot of a commit writes.
#pragma once

#include <set>
#include <string>
#include <vector>

#include <arrow/result.h>

#include "artemis/commit/commit_settings.h"
#include "artemis/table/manifest_avro.h"
#include "artemis/table/metadata.h"

namespace artemis {

class FileSystem;

// Where a table's metadata files, manifests and manifest lists go: write.metadata.path, else "<location>/metadata".
std::string MetadataFolder(const TableMetadata& metadata);

// The schema that gives the tuples of a spec their types: the current one, unless it lacks a source of the spec; then the newest that has
// them all (columns that older specs use may be dropped), and the current one where none has.
const Schema& SchemaOfSpec(const TableMetadata& metadata, const PartitionSpec& spec);

// Writes manifests under one snapshot id, and remembers them, so that a lost attempt can be tidied up. Not thread-safe.
class ManifestStore {
 public:
  // `files` must outlive it.
  ManifestStore(FileSystem& files, std::string metadata_folder, SnapshotId snapshot_id,
                const CommitSettings& settings);

  // Writes one manifest of `entries` and makes it durable (C1). `spec` must be a spec of `metadata`. ADDED entries keep a sequence
  // number of their own (> 0).
  arrow::Result<ManifestFile> Write(const TableMetadata& metadata, const PartitionSpec& spec,
                                    const std::vector<ManifestEntry>& entries,
                                    ManifestContent content);
  // The same for several manifests, a part each, on several threads.
  arrow::Result<std::vector<ManifestFile>> WriteParts(
      const TableMetadata& metadata, const PartitionSpec& spec,
      const std::vector<std::vector<ManifestEntry>>& parts, ManifestContent content);
  // Writes the manifest list of an attempt, and makes it and all names in the folder durable; gives its location. v3: manifests without
  // a first row id get one from metadata.next_row_id on; `next_row_id` becomes the next free one.
  arrow::Result<std::string> WriteList(std::vector<ManifestFile> manifests,
                                       const TableMetadata& metadata,
                                       std::optional<SnapshotId> parent_id,
                                       SequenceNumber sequence_number, int attempt,
                                       int64_t* next_row_id);
  // Entries come with partition values of the types they have under SchemaOfSpec.
  arrow::Result<Manifest> Read(const TableMetadata& metadata, const ManifestFile& file,
                               bool live_only = false);

  // Keeps what has been written so far when an attempt is discarded: it does not depend on the base.
  void KeepForRetry();
  // Removes what was written since KeepForRetry, or everything. Never called when the outcome is unknown (C5).
  void DiscardAttempt();
  void DiscardAll();
  // Once the swap is done: removes what was written and is not in the last list (a manifest that was merged into another).
  void DiscardUnused();

  SnapshotId snapshot_id() const { return snapshot_id_; }
  FileSystem& files() { return files_; }

 private:
  std::string NextPath();
  arrow::Result<ManifestFile> WriteAt(const std::string& path, const TableMetadata& metadata,
                                      const PartitionSpec& spec,
                                      const std::vector<ManifestEntry>& entries,
                                      ManifestContent content) const;

  FileSystem& files_;
  const std::string folder_;
  const SnapshotId snapshot_id_;
  const CommitSettings settings_;
  const std::string uuid_;
  int next_manifest_ = 0;
  std::vector<std::string> written_;
  size_t kept_ = 0;
  std::set<std::string> listed_;
};

// `entry` as a later snapshot carries it: EXISTING, with its own snapshot id and sequence numbers written out.
ManifestEntry AsExisting(ManifestEntry entry);

}  // namespace artemis

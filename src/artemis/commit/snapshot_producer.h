// The loop behind every commit that makes a snapshot: load, build the manifests of the change on the newest snapshot, swap, and
// on conflict build them again. Invariants C1-C7: docs/design/commit.md
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <arrow/result.h>

#include "artemis/commit/commit.h"
#include "artemis/table/manifest_avro.h"

namespace artemis {

// Writes the manifests of one commit under one snapshot id, and remembers them, so that a lost attempt can be tidied up.
class ManifestStore {
 public:
  ManifestStore(FileSystem& files, std::string metadata_folder, SnapshotId snapshot_id);

  // Writes a manifest of `entries` and makes it durable (C1). `spec` must be a spec of `metadata`.
  arrow::Result<ManifestFile> Write(const TableMetadata& metadata, const PartitionSpec& spec,
                                    const std::vector<ManifestEntry>& entries);
  // Writes the manifest list of an attempt; gives its location.
  arrow::Result<std::string> WriteList(const std::vector<ManifestFile>& manifests,
                                       const TableMetadata& metadata,
                                       SequenceNumber sequence_number, int attempt);
  // Entries come with partition values of the types they have under the current schema.
  arrow::Result<Manifest> Read(const TableMetadata& metadata, const ManifestFile& file);

  // Keeps what has been written so far when an attempt is discarded: it does not depend on the base.
  void KeepForRetry();
  // Removes what was written since KeepForRetry, or everything. Never called when the outcome is unknown (C5).
  void DiscardAttempt();
  void DiscardAll();
  // Once the swap is done: removes what was written and then merged into another manifest, which nothing names.
  void DiscardUnused(const std::vector<ManifestFile>& manifests, const std::string& manifest_list);

  SnapshotId snapshot_id() const { return snapshot_id_; }

 private:
  FileSystem& files_;
  const std::string folder_;
  const SnapshotId snapshot_id_;
  const std::string uuid_;
  int next_manifest_ = 0;
  std::vector<std::string> written_;
  size_t kept_ = 0;
};

// What one attempt made of a base.
struct SnapshotChange {
  std::string operation;  // append, overwrite, delete, replace
  std::vector<ManifestFile> manifests;
  // Files that enter and leave, for the summary.
  std::vector<DataFile> added;
  std::vector<DataFile> removed;
  // Summary members beyond the counts.
  std::map<std::string, std::string> extra_summary;
};

// Builds the change on `base`; called once per attempt. CommitConflict from it ends the loop: the change no longer applies.
using BuildChange =
    std::function<arrow::Result<SnapshotChange>(const LoadedTable& base, ManifestStore& store)>;

arrow::Result<CommitResult> CommitSnapshot(Catalog& catalog, const TableName& table,
                                           const BuildChange& build, const CommitOptions& options);

// Sleeps before attempt `attempt` + 1: a random time up to min * 2^attempt, capped at max.
void BackOff(const CommitOptions& options, int attempt);

// Refuses tables this writer does not write: v1 (upgrade first) and v3 (row lineage is not written).
arrow::Status RequireWritableFormat(const LoadedTable& table);

}  // namespace artemis

// What other commits have brought since a change was planned: the ground for telling conflicts (docs/design/commit.md, "Conflicts").
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include <arrow/result.h>

#include "artemis/commit/snapshot_step.h"

namespace artemis {

// One snapshot's own changes, as the manifests it wrote say. What a replace snapshot adds holds no new rows and no new deletes, and is
// left out, apart from deletion vectors.
struct ChangesOfSnapshot {
  SnapshotId id;
  std::string operation;
  std::vector<DataFile> added_data;
  std::vector<ManifestEntry> added_deletes;
  std::vector<std::string> removed_data;
};

// Reads a snapshot's manifest list and the manifests in it that it wrote itself.
arrow::Result<ChangesOfSnapshot> ReadChanges(const TableMetadata& metadata,
                                             const Snapshot& snapshot, ManifestStore& store);

// Reads each snapshot once, however many attempts ask. Not thread-safe.
class ChangesSince {
 public:
  // `from`: the snapshot the change was planned on; nullopt: the table had none.
  explicit ChangesSince(std::optional<SnapshotId> from) : from_(from) {}

  // The changes of the snapshots after `from` up to the base's parent, newest first; valid until the next call.
  // CommitConflict when `from` is not in the parent chain.
  arrow::Result<std::vector<const ChangesOfSnapshot*>> Read(const SnapshotBase& base,
                                                            ManifestStore& store);

  std::optional<SnapshotId> from() const { return from_; }

 private:
  const std::optional<SnapshotId> from_;
  std::map<SnapshotId, ChangesOfSnapshot> read_;
};

}  // namespace artemis

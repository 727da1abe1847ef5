// A step that makes a snapshot: what all of them share once the manifests of the change are built.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include <arrow/result.h>

#include "artemis/commit/commit_step.h"
#include "artemis/commit/manifest_store.h"
#include "artemis/commit/summary.h"

namespace artemis {

// What a snapshot is built on.
struct SnapshotBase {
  const LoadedTable& table;
  // The head of the branch; null before its first snapshot.
  const Snapshot* parent = nullptr;

  const TableMetadata& metadata() const { return *table.metadata; }
};

// What one attempt made of a base.
struct SnapshotChange {
  std::string operation;  // append, overwrite, delete, replace
  std::vector<ManifestFile> manifests;
  ChangeCounts counts;
  int64_t manifests_replaced = 0;
  // Summary members beyond the counts.
  std::map<std::string, std::string> extra_summary;
};

class SnapshotStep : public CommitStep {
 public:
  arrow::Result<TableMetadata> Apply(const LoadedTable& base, const StepContext& context) override;
  const CommitCounts& counts() const override { return counts_; }
  std::optional<SnapshotId> snapshot_id() const override;
  void DiscardAttempt() override;
  void DiscardAll() override;
  void DiscardUnused() override;

 protected:
  // Builds the change on `base`; called once per attempt. CommitConflict from it ends the commit: the change no longer applies (C4).
  virtual arrow::Result<SnapshotChange> Build(const SnapshotBase& base, ManifestStore& store,
                                              const StepContext& context) = 0;

 private:
  std::optional<ManifestStore> store_;
  CommitCounts counts_;
};

// The snapshot a branch points at: null for main before the first. NoSuchSnapshot for a branch that is not there, Invalid for a tag.
arrow::Result<const Snapshot*> BranchHead(const TableMetadata& metadata, const std::string& branch);

// `from` and its parent chain, newest first. A chain that leaves the metadata (expired) ends there, one that runs in a circle once
// around.
std::vector<const Snapshot*> AncestorsOf(const TableMetadata& metadata,
                                         std::optional<SnapshotId> from);
// Whether `candidate` is among them.
bool IsAncestor(const TableMetadata& metadata, std::optional<SnapshotId> from,
                SnapshotId candidate);

}  // namespace artemis

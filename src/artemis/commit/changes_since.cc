// Walks the snapshots between a plan and the head of a branch.
#include "artemis/commit/changes_since.h"

#include "artemis/base/error.h"
#include "artemis/scan/scan_plan.h"

namespace artemis {

arrow::Result<ChangesOfSnapshot> ReadChanges(const TableMetadata& metadata,
                                             const Snapshot& snapshot, ManifestStore& store) {
  ChangesOfSnapshot changes;
  changes.id = snapshot.id;
  changes.operation = snapshot.operation();
  const bool is_replace = changes.operation == "replace";
  const TableView view{std::shared_ptr<const TableMetadata>(&metadata, [](const auto*) {}),
                       snapshot.id, nullptr};
  ARROW_ASSIGN_OR_RAISE(const auto manifests, ListManifests(view, store.files()));
  for (const auto& file : manifests) {
    if (file.added_snapshot_id != snapshot.id) continue;
    ARROW_ASSIGN_OR_RAISE(auto manifest, store.Read(metadata, file));
    for (auto& entry : manifest.entries) {
      if (entry.snapshot_id != snapshot.id) continue;
      const bool is_data = entry.file.content == FileContent::kData;
      if (entry.status == EntryStatus::kDeleted && is_data) {
        changes.removed_data.push_back(std::move(entry.file.path));
      } else if (entry.status == EntryStatus::kAdded && is_data && !is_replace) {
        changes.added_data.push_back(std::move(entry.file));
      } else if (entry.status == EntryStatus::kAdded && !is_data) {
        if (!is_replace || entry.file.content_offset) {
          changes.added_deletes.push_back(std::move(entry));
        }
      }
    }
  }
  return changes;
}

arrow::Result<std::vector<const ChangesOfSnapshot*>> ChangesSince::Read(const SnapshotBase& base,
                                                                        ManifestStore& store) {
  std::vector<const ChangesOfSnapshot*> changes;
  const Snapshot* snapshot = base.parent;
  while (snapshot != nullptr || from_) {
    if (snapshot != nullptr && snapshot->id == from_) break;
    if (snapshot == nullptr || changes.size() > base.metadata().snapshots.size()) {
      return CommitConflictError("the snapshot that " + base.table.name.ToString() +
                                 " was planned on is no ancestor of the current one");
    }
    auto known = read_.find(snapshot->id);
    if (known == read_.end()) {
      ARROW_ASSIGN_OR_RAISE(auto read, ReadChanges(base.metadata(), *snapshot, store));
      known = read_.emplace(snapshot->id, std::move(read)).first;
    }
    changes.push_back(&known->second);
    if (snapshot->parent_id == from_) break;
    if (!snapshot->parent_id) {
      snapshot = nullptr;
    } else {
      const auto parent = *snapshot->parent_id;
      snapshot = base.metadata().FindSnapshot(parent);
      if (snapshot == nullptr) {
        return CommitConflictError("snapshot " + ToString(parent) + " of " +
                                   base.table.name.ToString() +
                                   " has expired since the plan was made: what it changed is not "
                                   "known");
      }
    }
  }
  return changes;
}

}  // namespace artemis

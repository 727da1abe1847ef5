// Builds the manifests of a change of files.
#include "artemis/commit/file_change.h"

#include <algorithm>

#include "artemis/base/error.h"
#include "artemis/commit/file_identity.h"
#include "artemis/commit/manifest_filter.h"
#include "artemis/commit/manifest_merge.h"
#include "artemis/io/location.h"
#include "artemis/scan/delete_index.h"

namespace artemis {

namespace {

bool Counts(RowDeleteRule rule, const DataFile& deletes) {
  if (rule == RowDeleteRule::kAll) return true;
  return rule == RowDeleteRule::kPosition && deletes.content == FileContent::kPositionDeletes;
}

DeleteIndex IndexOf(const TableMetadata& metadata,
                    const std::vector<const ManifestEntry*>& entries) {
  DeleteIndex index;
  for (const auto* entry : entries) {
    const auto* spec = metadata.FindSpec(entry->file.spec_id);
    index.Add(*entry, spec == nullptr || spec->is_unpartitioned());
  }
  return index;
}

// The first row delete that applies to `file` and counts under `rule`.
std::optional<std::string> DeleteOf(const DeleteIndex& index, const DataFile& file,
                                    SequenceNumber sequence_number, RowDeleteRule rule) {
  for (const auto& deletes : index.For(file, sequence_number)) {
    if (Counts(rule, deletes.file)) return deletes.file.path;
  }
  return std::nullopt;
}

arrow::Status Stale(const SnapshotBase& base, const std::string& what) {
  return CommitConflictError("table " + base.table.name.ToString() + " " + what);
}

bool IsVector(const DataFile& file) { return file.content_offset.has_value(); }

FileChange WithoutAdded(FileChange change) {
  change.added_data.clear();
  change.added_deletes.clear();
  return change;
}

}  // namespace

FileChangeStep::FileChangeStep(FileChange change)
    : change_(WithoutAdded(change)),
      added_(std::move(change.added_data), std::move(change.added_deletes),
             change.data_sequence_number) {
  if (change_.is_planned) since_.emplace(change_.planned_on);
  for (const auto& file : change_.removed_data) leaving_.insert(LocalPath(file.path));
  for (const auto& path : change_.removed_paths) leaving_.insert(LocalPath(path));
  for (const auto& file : change_.removed_deletes) leaving_deletes_.insert(FileIdentity(file));
}

std::string FileChangeStep::Operation() const {
  if (!change_.operation.empty()) return change_.operation;
  const bool removes = removes_data() || added_.has_deletes() || !leaving_deletes_.empty();
  if (!added_.has_data() && removes) return "delete";
  return removes ? "overwrite" : "append";
}

arrow::Result<SnapshotChange> FileChangeStep::Build(const SnapshotBase& base, ManifestStore& store,
                                                    const StepContext& context) {
  Work work{base, store, context, {}, {}, {}, {}};
  ARROW_ASSIGN_OR_RAISE(work.result.manifests,
                        added_.WriteManifests(base, store, context.settings));
  ARROW_RETURN_NOT_OK(CheckSince(work));
  ARROW_ASSIGN_OR_RAISE(work.carried, CarriedManifests(base, store.files()));
  if (!change_.is_planned) ARROW_RETURN_NOT_OK(CheckReferencedLive(work));
  ARROW_RETURN_NOT_OK(RemoveData(work));
  ARROW_RETURN_NOT_OK(RemoveDeletes(work));
  SnapshotChange& result = work.result;
  result.operation = Operation();
  result.extra_summary = change_.extra_summary;
  result.counts = added_.counts();
  for (const auto& entry : work.removed_data) result.counts.Removed(entry.file);
  for (const auto& entry : work.removed_deletes) result.counts.Removed(entry.file);
  if (change_.keeps_rows && result.counts.added().records > result.counts.removed().records) {
    return arrow::Status::Invalid("a rewrite adds ", result.counts.added().records,
                                  " rows for the ", result.counts.removed().records, " it removes");
  }
  result.manifests.insert(result.manifests.end(), std::make_move_iterator(work.carried.begin()),
                          std::make_move_iterator(work.carried.end()));
  ARROW_RETURN_NOT_OK(MergeSmallManifests(base, context.settings, store, &result));
  return std::move(result);
}

arrow::Status FileChangeStep::CheckSince(Work& work) {
  for (const auto& path : change_.referenced) {
    if (leaving_.contains(LocalPath(path))) {
      return arrow::Status::Invalid("file ", path,
                                    " gets row deletes and is removed in one change");
    }
  }
  if (!since_) return arrow::Status::OK();
  ARROW_ASSIGN_OR_RAISE(const auto changes, since_->Read(work.base, work.store));
  ARROW_RETURN_NOT_OK(CheckNewData(work, changes));
  ARROW_RETURN_NOT_OK(CheckNewDeletes(work, changes));
  return CheckReferencedSince(work, changes);
}

arrow::Status FileChangeStep::CheckNewData(
    const Work& work, const std::vector<const ChangesOfSnapshot*>& changes) const {
  const bool is_serializable = work.context.options.isolation == Isolation::kSerializable;
  if (!change_.conflicts || !(is_serializable || change_.ignores_isolation)) {
    return arrow::Status::OK();
  }
  for (const auto* snapshot : changes) {
    for (const auto& file : snapshot->added_data) {
      if (change_.conflicts(file)) {
        return Stale(work.base, "got " + file.path + " since the plan was made");
      }
    }
  }
  return arrow::Status::OK();
}

arrow::Status FileChangeStep::CheckNewDeletes(
    const Work& work, const std::vector<const ChangesOfSnapshot*>& changes) const {
  std::vector<const ManifestEntry*> entries;
  for (const auto* snapshot : changes) {
    for (const auto& entry : snapshot->added_deletes) {
      // A vector that a replace brought marks no row that was not marked before; it only competes with ours.
      if (snapshot->operation != "replace") entries.push_back(&entry);
    }
  }
  if (entries.empty()) return arrow::Status::OK();
  const DeleteIndex index = IndexOf(work.base.metadata(), entries);
  const auto* planned =
      change_.planned_on ? work.base.metadata().FindSnapshot(*change_.planned_on) : nullptr;
  const auto sequence = planned != nullptr ? planned->sequence_number : SequenceNumber();
  for (const auto& file : change_.removed_data) {
    if (const auto path = DeleteOf(index, file, sequence, change_.deletes_of_removed)) {
      return Stale(work.base,
                   "got row deletes for " + file.path + " since the plan was made: " + *path);
    }
  }
  if (change_.deletes_of_referenced == RowDeleteRule::kIgnored) return arrow::Status::OK();
  arrow::Status status;
  added_.VisitDeletes([&](const DataFile& ours) {
    DataFile target;  // what a delete file says of the data files it points at
    target.spec_id = ours.spec_id;
    target.partition = ours.partition;
    for (const auto& path : change_.referenced) {
      if (!status.ok()) return;
      if (ours.referenced_data_file && *ours.referenced_data_file != path) continue;
      target.path = path;
      if (const auto other = DeleteOf(index, target, sequence, change_.deletes_of_referenced)) {
        status =
            Stale(work.base, "got row deletes for " + path + " since the plan was made: " + *other);
      }
    }
  });
  return status;
}

arrow::Status FileChangeStep::CheckReferencedSince(
    const Work& work, const std::vector<const ChangesOfSnapshot*>& changes) const {
  if (change_.referenced.empty()) return arrow::Status::OK();
  const std::unordered_set<std::string> referenced(change_.referenced.begin(),
                                                   change_.referenced.end());
  for (const auto* snapshot : changes) {
    for (const auto& path : snapshot->removed_data) {
      if (referenced.contains(path)) return Stale(work.base, "no longer holds " + path);
    }
  }
  return arrow::Status::OK();
}

arrow::Status FileChangeStep::CheckReferencedLive(Work& work) const {
  if (change_.referenced.empty()) return arrow::Status::OK();
  std::unordered_set<std::string> missing(change_.referenced.begin(), change_.referenced.end());
  for (const auto& file : work.carried) {
    if (file.content != ManifestContent::kData) continue;
    ARROW_ASSIGN_OR_RAISE(const auto manifest, work.store.Read(work.base.metadata(), file, true));
    for (const auto& entry : manifest.entries) missing.erase(entry.file.path);
    if (missing.empty()) return arrow::Status::OK();
  }
  return Stale(work.base, "does not hold " + *missing.begin());
}

arrow::Status FileChangeStep::RemoveData(Work& work) {
  if (!removes_data()) return arrow::Status::OK();
  PartitionFilter likely(work.base.metadata());
  for (const auto& file : change_.removed_data) likely.Add(file.spec_id, file.partition);
  const bool by_partition = change_.removed_paths.empty();
  const auto is_likely = [&](const ManifestFile& file) {
    return !by_partition || likely.MayHold(file);
  };
  // Before a file is called gone, the other manifests are read as well.
  ARROW_RETURN_NOT_OK(RemoveDataFrom(work, is_likely));
  if (Found(work).size() < leaving_.size() && by_partition) {
    ARROW_RETURN_NOT_OK(
        RemoveDataFrom(work, [&](const ManifestFile& file) { return !is_likely(file); }));
  }
  return CheckAllFound(work, Found(work));
}

arrow::Status FileChangeStep::RemoveDataFrom(
    Work& work, const std::function<bool(const ManifestFile&)>& among) {
  const auto leaves = [&](const ManifestEntry& entry) {
    return leaving_.contains(LocalPath(entry.file.path));
  };
  for (auto& file : work.carried) {
    const bool is_ours = file.added_snapshot_id == work.store.snapshot_id();
    if (file.content != ManifestContent::kData || is_ours || !among(file)) continue;
    ARROW_ASSIGN_OR_RAISE(auto manifest, work.store.Read(work.base.metadata(), file, true));
    ARROW_ASSIGN_OR_RAISE(auto kept, WithoutLeaving(work.base, file, std::move(manifest.entries),
                                                    leaves, work.store, &work.removed_data));
    if (kept.path != file.path) ++work.result.manifests_replaced;
    file = std::move(kept);
  }
  return arrow::Status::OK();
}

std::unordered_set<std::string> FileChangeStep::Found(const Work& work) {
  std::unordered_set<std::string> found;
  for (const auto& entry : work.removed_data) found.insert(LocalPath(entry.file.path));
  return found;
}

arrow::Status FileChangeStep::CheckAllFound(const Work& work,
                                            const std::unordered_set<std::string>& found) {
  for (const auto& path : leaving_) {
    if (found.contains(path)) continue;
    if (change_.missing_is_invalid && !seen_.contains(path)) {
      return arrow::Status::Invalid("table ", work.base.table.name.ToString(), " holds no file ",
                                    path);
    }
    return Stale(work.base, "no longer holds " + path + ": another commit removed it");
  }
  seen_.insert(found.begin(), found.end());
  return arrow::Status::OK();
}

arrow::Status FileChangeStep::RemoveDeletes(Work& work) {
  const bool checks_all =
      !change_.is_planned && change_.deletes_of_removed != RowDeleteRule::kIgnored;
  if (!removes_data() && leaving_deletes_.empty() && added_.vectors_for().empty()) {
    return arrow::Status::OK();
  }
  std::set<std::string> found;
  std::vector<ManifestEntry> live_deletes;
  for (auto& file : work.carried) {
    if (file.content != ManifestContent::kDeletes) continue;
    ARROW_RETURN_NOT_OK(
        RemoveDeletesFrom(work, &file, &found, checks_all ? &live_deletes : nullptr));
  }
  for (const auto& identity : leaving_deletes_) {
    if (!found.contains(identity)) {
      return Stale(work.base, "no longer holds " + identity.substr(0, identity.find('\n')) +
                                  ": another commit removed it");
    }
  }
  return CheckLiveDeletes(work, live_deletes);
}

arrow::Status FileChangeStep::RemoveDeletesFrom(Work& work, ManifestFile* file,
                                                std::set<std::string>* found,
                                                std::vector<ManifestEntry>* live_deletes) const {
  ARROW_ASSIGN_OR_RAISE(auto manifest, work.store.Read(work.base.metadata(), *file, true));
  arrow::Status status;
  const auto leaves = [&](const ManifestEntry& entry) {
    const auto identity = FileIdentity(entry.file);
    if (leaving_deletes_.contains(identity)) {
      found->insert(identity);
      return true;
    }
    const auto& target = entry.file.referenced_data_file;
    if (target && leaving_.contains(LocalPath(*target))) return true;  // nothing is left to delete
    if (target && IsVector(entry.file) && added_.vectors_for().contains(*target)) {  // C10
      status =
          Stale(work.base, "has another deletion vector for " + *target + ": " + entry.file.path);
    }
    if (live_deletes != nullptr) live_deletes->push_back(entry);
    return false;
  };
  ARROW_ASSIGN_OR_RAISE(auto kept, WithoutLeaving(work.base, *file, std::move(manifest.entries),
                                                  leaves, work.store, &work.removed_deletes));
  ARROW_RETURN_NOT_OK(status);
  if (kept.path != file->path) ++work.result.manifests_replaced;
  *file = std::move(kept);
  return arrow::Status::OK();
}

arrow::Status FileChangeStep::CheckLiveDeletes(
    const Work& work, const std::vector<ManifestEntry>& live_deletes) const {
  std::vector<const ManifestEntry*> entries;
  for (const auto& entry : live_deletes) entries.push_back(&entry);
  const DeleteIndex index = IndexOf(work.base.metadata(), entries);
  for (const auto& entry : work.removed_data) {
    const auto path =
        DeleteOf(index, entry.file, entry.data_sequence_number, change_.deletes_of_removed);
    if (path) return Stale(work.base, "holds row deletes for " + entry.file.path + ": " + *path);
  }
  return arrow::Status::OK();
}

}  // namespace artemis

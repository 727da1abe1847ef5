// Changes of snapshots, refs and the snapshot log.
#include <algorithm>
#include <limits>
#include <set>

#include "artemis/base/error.h"
#include "artemis/table/statistics_json.h"
#include "artemis/table/update.h"

namespace artemis {

namespace {

constexpr int64_t kClockSkewMaxMs = 60'000;

TimestampMs NewestTime(const TableMetadata& metadata) {
  TimestampMs newest = metadata.last_updated;
  for (const Snapshot& snapshot : metadata.snapshots) newest = std::max(newest, snapshot.timestamp);
  for (const auto& entry : metadata.snapshot_log) newest = std::max(newest, entry.timestamp);
  return newest;
}

arrow::Status CheckTime(const TableMetadata& metadata, const Snapshot& snapshot) {
  TimestampMs last = metadata.last_updated;
  if (!metadata.snapshot_log.empty()) {
    last = std::max(last, metadata.snapshot_log.back().timestamp);
  }
  int64_t earliest;
  if (__builtin_sub_overflow(last.value, kClockSkewMaxMs, &earliest) ||
      snapshot.timestamp.value >= earliest) {
    return arrow::Status::OK();
  }
  return arrow::Status::Invalid(
      "snapshot ", ToString(snapshot.id), " at ", ToString(snapshot.timestamp),
      " ms is more than a minute before the table's last change at ", ToString(last), " ms");
}

arrow::Status CheckNewSnapshot(const TableMetadata& metadata, const Snapshot& snapshot) {
  if (metadata.FindSnapshot(snapshot.id) != nullptr) {
    return arrow::Status::Invalid("snapshot id ", ToString(snapshot.id), " is in use");
  }
  if (metadata.format_version > 1 && snapshot.sequence_number <= metadata.last_sequence_number) {
    return arrow::Status::Invalid("expected a sequence number over ",
                                  ToString(metadata.last_sequence_number), ", found ",
                                  ToString(snapshot.sequence_number));
  }
  if (snapshot.parent_id && metadata.FindSnapshot(*snapshot.parent_id) == nullptr) {
    return arrow::Status::Invalid("parent ", ToString(*snapshot.parent_id), " of snapshot ",
                                  ToString(snapshot.id), " is not in the table");
  }
  return CheckTime(metadata, snapshot);
}

arrow::Status AdvanceRowIds(const Snapshot& snapshot, TableMetadata* metadata) {
  if (metadata->format_version < 3) return arrow::Status::OK();
  if (!snapshot.first_row_id || !snapshot.added_rows || *snapshot.added_rows < 0) {
    return arrow::Status::Invalid("a v3 snapshot needs first-row-id and added-rows");
  }
  if (*snapshot.first_row_id < metadata->next_row_id) {
    return arrow::Status::Invalid("expected a first-row-id from ", metadata->next_row_id,
                                  ", found ", *snapshot.first_row_id);
  }
  if (__builtin_add_overflow(*snapshot.first_row_id, *snapshot.added_rows,
                             &metadata->next_row_id)) {
    return arrow::Status::Invalid("the table has no row ids left");
  }
  return arrow::Status::OK();
}

void MoveMain(SnapshotId id, TimestampMs time, TableMetadata* metadata) {
  metadata->current_snapshot_id = id;
  metadata->refs[kMainBranch].snapshot_id = id;
  metadata->has_snapshot_log = true;
  metadata->snapshot_log.push_back({time, id});
}

arrow::Status MoveBranch(const std::string& branch, const Snapshot& snapshot,
                         TableMetadata* metadata) {
  if (branch.empty()) return arrow::Status::OK();
  if (branch == kMainBranch) {
    MoveMain(snapshot.id, snapshot.timestamp, metadata);
    return arrow::Status::OK();
  }
  SnapshotRef& ref = metadata->refs[branch];
  if (ref.kind != SnapshotRef::Kind::kBranch) {
    return arrow::Status::Invalid("'", branch, "' is a tag and cannot be moved by a commit");
  }
  ref.snapshot_id = snapshot.id;
  return arrow::Status::OK();
}

arrow::Status CheckRef(const TableMetadata& metadata, const std::string& name,
                       const SnapshotRef& ref) {
  if (name.empty()) return arrow::Status::Invalid("a ref needs a name");
  if (metadata.FindSnapshot(ref.snapshot_id) == nullptr) {
    return NoSuchSnapshotError(ToString(ref.snapshot_id));
  }
  const bool is_branch = ref.kind == SnapshotRef::Kind::kBranch;
  if (name == kMainBranch && (!is_branch || metadata.current_snapshot_id != ref.snapshot_id)) {
    return arrow::Status::Invalid("'main' is a branch and is moved by a commit or a rollback only");
  }
  if (!is_branch && (ref.min_snapshots_to_keep || ref.max_snapshot_age_ms)) {
    return arrow::Status::Invalid("tag '", name, "' can only have a greatest age of its own");
  }
  const bool is_positive = ref.min_snapshots_to_keep.value_or(1) > 0 &&
                           ref.max_snapshot_age_ms.value_or(1) > 0 &&
                           ref.max_ref_age_ms.value_or(1) > 0;
  if (!is_positive) {
    return arrow::Status::Invalid("ref '", name, "': snapshots to keep and ages are over 0");
  }
  if (name == kMainBranch && ref.max_ref_age_ms) {
    return arrow::Status::Invalid("'main' never expires and has no greatest age of its own");
  }
  const auto existing = metadata.refs.find(name);
  if (existing != metadata.refs.end() && existing->second.kind != ref.kind) {
    return arrow::Status::Invalid("'", name, "' is already a ", is_branch ? "tag" : "branch");
  }
  return arrow::Status::OK();
}

arrow::Status CheckRemovable(const TableMetadata& metadata, const std::set<SnapshotId>& removed) {
  if (metadata.current_snapshot_id && removed.contains(*metadata.current_snapshot_id)) {
    return arrow::Status::Invalid("snapshot ", ToString(*metadata.current_snapshot_id),
                                  " is current and cannot be removed");
  }
  for (const auto& [name, ref] : metadata.refs) {
    if (removed.contains(ref.snapshot_id)) {
      return arrow::Status::Invalid("snapshot ", ToString(ref.snapshot_id), " is held by ref '",
                                    name, "' and cannot be removed");
    }
  }
  return arrow::Status::OK();
}

void CutSnapshotLog(const std::set<SnapshotId>& removed, std::vector<SnapshotLogEntry>* log) {
  const auto last_removed = std::find_if(
      log->rbegin(), log->rend(),
      [&removed](const SnapshotLogEntry& entry) { return removed.contains(entry.snapshot_id); });
  log->erase(log->begin(), last_removed.base());
}

}  // namespace

TimestampMs NextSnapshotTime(const TableMetadata& metadata, TimestampMs now) {
  TimestampMs next = NewestTime(metadata);
  if (next.value < std::numeric_limits<int64_t>::max()) ++next.value;
  return std::max(now, next);
}

arrow::Result<TableMetadata> AddSnapshot(TableMetadata metadata, Snapshot snapshot,
                                         const std::string& branch) {
  ARROW_RETURN_NOT_OK(CheckNewSnapshot(metadata, snapshot));
  ARROW_RETURN_NOT_OK(AdvanceRowIds(snapshot, &metadata));
  ARROW_RETURN_NOT_OK(MoveBranch(branch, snapshot, &metadata));
  metadata.last_sequence_number = std::max(metadata.last_sequence_number, snapshot.sequence_number);
  metadata.last_updated = std::max(metadata.last_updated, snapshot.timestamp);
  metadata.snapshots.push_back(std::move(snapshot));
  return metadata;
}

arrow::Result<TableMetadata> SetMainSnapshot(TableMetadata metadata, SnapshotId id,
                                             TimestampMs now) {
  if (metadata.FindSnapshot(id) == nullptr) return NoSuchSnapshotError(ToString(id));
  if (metadata.current_snapshot_id == id) return metadata;
  const TimestampMs time = NextSnapshotTime(metadata, now);
  MoveMain(id, time, &metadata);
  metadata.last_updated = time;
  return metadata;
}

arrow::Result<TableMetadata> SetRef(TableMetadata metadata, const std::string& name,
                                    SnapshotRef ref) {
  ARROW_RETURN_NOT_OK(CheckRef(metadata, name, ref));
  metadata.refs[name] = ref;
  return metadata;
}

arrow::Result<TableMetadata> RemoveRef(TableMetadata metadata, const std::string& name) {
  if (name == kMainBranch) return arrow::Status::Invalid("'main' cannot be removed");
  if (metadata.refs.erase(name) == 0) return NoSuchSnapshotError(name);
  return metadata;
}

arrow::Result<TableMetadata> RemoveSnapshots(TableMetadata metadata,
                                             const std::vector<SnapshotId>& ids) {
  std::set<SnapshotId> removed;
  for (SnapshotId id : ids) {
    if (metadata.FindSnapshot(id) != nullptr) removed.insert(id);
  }
  ARROW_RETURN_NOT_OK(CheckRemovable(metadata, removed));
  std::erase_if(metadata.snapshots,
                [&removed](const Snapshot& snapshot) { return removed.contains(snapshot.id); });
  CutSnapshotLog(removed, &metadata.snapshot_log);
  for (const char* key : {"statistics", "partition-statistics"}) {
    const auto carried = metadata.carried_json.find(key);
    if (carried == metadata.carried_json.end()) continue;
    ARROW_ASSIGN_OR_RAISE(carried->second, WithoutSnapshots(carried->second, removed));
  }
  return metadata;
}

}  // namespace artemis

// Changes of metadata alone, and the rollback of main to a snapshot or a time.
#include <algorithm>

#include "artemis/base/error.h"
#include "artemis/base/time_text.h"
#include "artemis/commit/commit.h"
#include "artemis/commit/commit_loop.h"
#include "artemis/commit/metadata_step.h"
#include "artemis/commit/snapshot_step.h"
#include "artemis/table/update.h"

namespace artemis {

namespace {

// The snapshot that was current at `time`, by the log: the greatest time not after it, the last of equals.
arrow::Result<SnapshotId> CurrentAt(const TableMetadata& metadata, TimestampMs time) {
  const auto& log = metadata.snapshot_log;
  const SnapshotLogEntry* found = nullptr;
  const SnapshotLogEntry* oldest = nullptr;
  for (const auto& entry : log) {
    if (oldest == nullptr || entry.timestamp < oldest->timestamp) oldest = &entry;
    if (entry.timestamp > time) continue;
    if (found == nullptr || entry.timestamp >= found->timestamp) found = &entry;
  }
  if (found != nullptr) {
    if (metadata.FindSnapshot(found->snapshot_id) != nullptr) return found->snapshot_id;
    return SnapshotExpiredError("snapshot " + ToString(found->snapshot_id), oldest->timestamp);
  }
  if (oldest == nullptr) return arrow::Status::Invalid("the table has no snapshot-log");
  const Snapshot* first = metadata.FindSnapshot(oldest->snapshot_id);
  if (first != nullptr && !first->parent_id) {
    return arrow::Status::Invalid("the table had no snapshot at ", FormatTime(time),
                                  ": its first is of ", FormatTime(oldest->timestamp));
  }
  return SnapshotExpiredError(FormatTime(time), oldest->timestamp);
}

arrow::Status RequireAncestor(const TableMetadata& metadata, SnapshotId id,
                              const TableName& table) {
  if (IsAncestor(metadata, metadata.current_snapshot_id, id)) return arrow::Status::OK();
  return arrow::Status::Invalid("snapshot ", id.value,
                                " is no ancestor of the current snapshot of ", table.ToString(),
                                ": pass --any to make it current all the same");
}

}  // namespace

arrow::Result<CommitResult> UpdateMetadata(Catalog& catalog, const TableName& table,
                                           const std::string& operation,
                                           const MetadataChange& change,
                                           const CommitOptions& options) {
  return RunCommit(catalog, table, std::make_unique<MetadataStep>(operation, change), options);
}

arrow::Result<CommitResult> RollbackTo(Catalog& catalog, const TableName& table,
                                       SnapshotId snapshot_id, bool any,
                                       const CommitOptions& options) {
  const auto change = [&](const TableMetadata& metadata) -> arrow::Result<TableMetadata> {
    if (metadata.FindSnapshot(snapshot_id) == nullptr) {
      return NoSuchSnapshotError(ToString(snapshot_id),
                                 "see artemis-table snapshots " + table.ToString());
    }
    if (!any) ARROW_RETURN_NOT_OK(RequireAncestor(metadata, snapshot_id, table));
    return SetMainSnapshot(metadata, snapshot_id, catalog.clock().Now());
  };
  return UpdateMetadata(catalog, table, "rollback", change, options);
}

arrow::Result<CommitResult> RollbackToTime(Catalog& catalog, const TableName& table,
                                           TimestampMs time, const CommitOptions& options) {
  const auto change = [&](const TableMetadata& metadata) -> arrow::Result<TableMetadata> {
    ARROW_ASSIGN_OR_RAISE(const SnapshotId id, CurrentAt(metadata, time));
    ARROW_RETURN_NOT_OK(RequireAncestor(metadata, id, table));
    return SetMainSnapshot(metadata, id, catalog.clock().Now());
  };
  return UpdateMetadata(catalog, table, "rollback", change, options);
}

}  // namespace artemis

// Commits that change only the metadata: schema, spec, sort order, properties, refs, rollback.
#include <optional>

#include "artemis/base/error.h"
#include "artemis/commit/commit.h"
#include "artemis/commit/commit_event.h"
#include "artemis/commit/snapshot_producer.h"
#include "artemis/table/update.h"

namespace artemis {

namespace {

bool IsAncestor(const TableMetadata& metadata, SnapshotId candidate) {
  auto id = metadata.current_snapshot_id;
  // A chain is no longer than the table has snapshots, however broken it may be.
  for (size_t step = 0; id && step <= metadata.snapshots.size(); ++step) {
    if (*id == candidate) return true;
    const Snapshot* snapshot = metadata.FindSnapshot(*id);
    id = snapshot != nullptr ? snapshot->parent_id : std::nullopt;
  }
  return false;
}

}  // namespace

arrow::Result<CommitResult> UpdateMetadata(
    Catalog& catalog, const TableName& table, const std::string& operation,
    const std::function<arrow::Result<TableMetadata>(const TableMetadata&)>& change,
    const CommitOptions& options) {
  CommitEvent event(table, options);
  CommitCounts counts;
  counts.operation = operation;
  for (int attempt = 1;; ++attempt) {
    ARROW_ASSIGN_OR_RAISE(const LoadedTable base, catalog.Load(table));
    ARROW_RETURN_NOT_OK(RequireWritableFormat(base));
    ARROW_ASSIGN_OR_RAISE(auto next, change(*base.metadata));
    auto committed = catalog.Commit(base, std::move(next), {operation, options.author});
    if (committed.ok()) {
      event.Done(*committed, committed->metadata->current_snapshot_id, attempt, counts);
      return CommitResult{*committed, committed->metadata->current_snapshot_id, attempt, false};
    }
    const bool conflict = FindDetail<CommitConflict>(committed.status()) != nullptr;
    if (!conflict || attempt >= options.attempts_max.value_or(16)) {
      const bool unknown = FindDetail<CommitUnknown>(committed.status()) != nullptr;
      event.Failed(conflict ? "conflict" : unknown ? "unknown" : "failed", attempt, counts);
      return committed.status();
    }
    BackOff(options, attempt);
  }
}

arrow::Result<CommitResult> RollbackTo(Catalog& catalog, const TableName& table,
                                       SnapshotId snapshot_id, bool any,
                                       const CommitOptions& options) {
  const auto change = [&](const TableMetadata& metadata) -> arrow::Result<TableMetadata> {
    if (metadata.FindSnapshot(snapshot_id) == nullptr) {
      return NoSuchSnapshotError(ToString(snapshot_id),
                                 "see artemis-table snapshots " + table.ToString());
    }
    if (!any && !IsAncestor(metadata, snapshot_id)) {
      return arrow::Status::Invalid("snapshot ", snapshot_id.value,
                                    " is no ancestor of the current snapshot of ", table.ToString(),
                                    ": pass --any to make it current all the same");
    }
    return SetMainSnapshot(metadata, snapshot_id, catalog.clock().Now());
  };
  return UpdateMetadata(catalog, table, "rollback", change, options);
}

}  // namespace artemis

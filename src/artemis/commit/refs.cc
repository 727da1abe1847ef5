// Tags and branches.
#include "artemis/base/error.h"
#include "artemis/commit/commit.h"
#include "artemis/commit/commit_loop.h"
#include "artemis/commit/snapshot_step.h"
#include "artemis/table/update.h"

namespace artemis {

namespace {

const char* KindName(SnapshotRef::Kind kind) {
  return kind == SnapshotRef::Kind::kTag ? "tag" : "branch";
}

arrow::Result<SnapshotRef> NextRef(const TableMetadata& metadata, const RefChange& change) {
  const auto existing = metadata.refs.find(change.name);
  SnapshotRef ref;
  ref.kind = change.kind;
  if (existing != metadata.refs.end()) {
    if (!change.replace) {
      return arrow::Status::AlreadyExists(KindName(existing->second.kind), " '", change.name,
                                          "' exists, at snapshot ",
                                          existing->second.snapshot_id.value);
    }
    if (existing->second.kind != change.kind) {
      return arrow::Status::Invalid("'", change.name, "' is a ", KindName(existing->second.kind),
                                    ", not a ", KindName(change.kind));
    }
    ref = existing->second;
  } else if (change.must_exist) {
    return NoSuchSnapshotError("ref " + change.name,
                               std::string(KindName(change.kind)) + " create makes a new one");
  } else if (!change.snapshot_id) {
    if (!metadata.current_snapshot_id) {
      return NoSuchSnapshotError("a current snapshot", "the table has none yet");
    }
    ref.snapshot_id = *metadata.current_snapshot_id;
  }
  if (change.snapshot_id) ref.snapshot_id = *change.snapshot_id;
  if (change.min_snapshots_to_keep) ref.min_snapshots_to_keep = change.min_snapshots_to_keep;
  if (change.max_snapshot_age_ms) ref.max_snapshot_age_ms = change.max_snapshot_age_ms;
  if (change.max_ref_age_ms) ref.max_ref_age_ms = change.max_ref_age_ms;
  return ref;
}

}  // namespace

arrow::Result<CommitResult> SetRef(Catalog& catalog, const TableName& table,
                                   const RefChange& change, const CommitOptions& options) {
  const auto apply = [&](const TableMetadata& metadata) -> arrow::Result<TableMetadata> {
    ARROW_ASSIGN_OR_RAISE(const auto ref, NextRef(metadata, change));
    return SetRef(metadata, change.name, ref);
  };
  return UpdateMetadata(catalog, table, KindName(change.kind), apply, options);
}

arrow::Result<CommitResult> RemoveRef(Catalog& catalog, const TableName& table,
                                      const std::string& name,
                                      std::optional<SnapshotRef::Kind> kind,
                                      const CommitOptions& options) {
  const auto apply = [&](const TableMetadata& metadata) -> arrow::Result<TableMetadata> {
    const auto existing = metadata.refs.find(name);
    if (kind && existing != metadata.refs.end() && existing->second.kind != *kind) {
      return arrow::Status::Invalid("'", name, "' is a ", KindName(existing->second.kind),
                                    ", not a ", KindName(*kind));
    }
    return RemoveRef(metadata, name);
  };
  return UpdateMetadata(catalog, table, "remove-ref", apply, options);
}

arrow::Result<CommitResult> FastForward(Catalog& catalog, const TableName& table,
                                        const std::string& branch, const std::string& to,
                                        const CommitOptions& options) {
  const auto apply = [&](const TableMetadata& metadata) -> arrow::Result<TableMetadata> {
    ARROW_ASSIGN_OR_RAISE(const Snapshot* head, BranchHead(metadata, branch));
    const auto target = metadata.refs.find(to);
    if (target == metadata.refs.end()) return NoSuchSnapshotError("ref '" + to + "'");
    const SnapshotId id = target->second.snapshot_id;
    if (head != nullptr && !IsAncestor(metadata, id, head->id)) {
      return arrow::Status::Invalid("cannot fast-forward '", branch, "' to '", to,
                                    "': its snapshot ", head->id.value, " is no ancestor of ",
                                    id.value);
    }
    if (branch == kMainBranch) return SetMainSnapshot(metadata, id, catalog.clock().Now());
    SnapshotRef ref = metadata.refs.at(branch);
    ref.snapshot_id = id;
    return SetRef(metadata, branch, ref);
  };
  return UpdateMetadata(catalog, table, "fast-forward", apply, options);
}

}  // namespace artemis

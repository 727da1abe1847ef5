// What a commit may change, and how it is done: the plain values that the functions of commit.h and the steps of a Transaction take.
// Rules of conflict, one row per operation: docs/design/commit.md
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "artemis/catalog/catalog.h"
#include "artemis/table/manifest.h"

namespace artemis {

class EventLog;

// What a change that was planned on one snapshot tolerates from commits after it.
// kSerializable: the outcome is as if the changes had run one after the other; rows that the plan should have seen are a conflict.
// kSnapshot: new rows are let in unseen; only what touches the very files of the change is a conflict.
enum class Isolation : uint8_t { kSerializable, kSnapshot };

// A member that is not set comes from the table property beside it, else from the default beside that (docs/retry-policy.md).
struct CommitOptions {
  // Attempts at the swap before CommitConflict. commit.retry.num-retries + 1; 16.
  std::optional<int> attempts_max;
  // Back-off between attempts: min * 2^n up to max, with jitter. commit.retry.min-wait-ms, 10; commit.retry.max-wait-ms, 2000.
  std::optional<int64_t> backoff_min_ms;
  std::optional<int64_t> backoff_max_ms;
  // No attempt begins later than this after the first. commit.retry.total-timeout-ms; 30 minutes.
  std::optional<int64_t> total_timeout_ms;
  // Small manifests are merged until one reaches about this size, once there are min_count of them.
  // commit.manifest.target-size-bytes, 8 MiB; commit.manifest.min-count-to-merge, 100.
  std::optional<int64_t> manifest_target_bytes;
  std::optional<int> manifest_min_count_to_merge;
  // Never merges manifests: the quickest commit. commit.manifest-merge.enabled = false does the same.
  bool fast_append = false;
  // The branch that moves; it must exist (main needs not have a snapshot yet).
  std::string branch = "main";
  // Of changes that were planned on a snapshot.
  Isolation isolation = Isolation::kSerializable;
  // Into the snapshot summary: artemis.author, artemis.message, artemis.once.
  std::string author;
  std::string message;
  // A second commit with the same key changes nothing and names the snapshot of the first: docs/retry-policy.md.
  std::string once_key;
  // Further members of the summary. Invalid when one is a key of ours or of the counts.
  std::map<std::string, std::string> extra_summary;
  EventLog* events = nullptr;
};

struct CommitResult {
  LoadedTable table;
  // The snapshot made (the last one, by a transaction of several), or, for a repeated once_key, the one that already holds it.
  // For a change of metadata alone: the current snapshot, if there is one.
  std::optional<SnapshotId> snapshot_id;
  int attempts = 1;
  bool already_done = false;
};

// Data files in `removed` leave, those in `added` enter: an overwrite, or a delete when nothing is added. Row deletes of the removed
// files leave with them.
struct ReplaceFilesChange {
  std::vector<DataFile> removed;
  std::vector<DataFile> added;
  // The snapshot the change was planned on. With `conflicts`: unset means the table had no snapshot.
  std::optional<SnapshotId> validate_from;
  // Whether a file that another commit added may hold rows the plan should have seen; null: nothing that came later is looked at.
  std::function<bool(const DataFile&)> conflicts;
};

// Rows enter and are deleted without rewriting the files that hold them. Position deletes in v2, deletion vectors in v3 (one per data
// file: the one it replaces is among removed_deletes); equality deletes in both.
struct RowDeltaChange {
  std::vector<DataFile> added_data;
  std::vector<DataFile> added_deletes;
  std::vector<DataFile> removed_deletes;
  // Paths of the data files that the deletes point at: they must still be live.
  std::vector<std::string> referenced;
  // As in ReplaceFilesChange.
  std::optional<SnapshotId> validate_from;
  std::function<bool(const DataFile&)> conflicts;
  // Data files of which no row is left; their row deletes leave with them.
  std::vector<DataFile> removed_data;
};

// The same rows in other files: operation replace, invisible to a diff. Not more rows are added than removed.
struct RewriteFilesChange {
  std::vector<DataFile> removed;
  std::vector<DataFile> added;
  // Of the added data files, so that equality deletes which came after the removed ones still apply; unset: that of the commit.
  std::optional<SequenceNumber> data_sequence_number;
  // Delete files that are rewritten, or whose rows the added files no longer hold.
  std::vector<DataFile> removed_deletes;
  std::vector<DataFile> added_deletes;
  // The snapshot the removed files were read at: row deletes for them after it are a conflict. Unset: any row delete is.
  std::optional<SnapshotId> validate_from;
};

// A tag or branch to make or to change.
struct RefChange {
  std::string name;
  SnapshotRef::Kind kind = SnapshotRef::Kind::kBranch;
  // Unset: where the ref is, or, for a new one, main's snapshot.
  std::optional<SnapshotId> snapshot_id;
  // A ref of this name may exist, of the same kind; else that is AlreadyExists.
  bool replace = false;
  // There has to be such a ref at the swap: NoSuchSnapshot otherwise, also where another writer has just removed it.
  bool must_exist = false;
  // Retention; unset leaves that of an existing ref as it is. Tags only have max_ref_age_ms.
  std::optional<int32_t> min_snapshots_to_keep;
  std::optional<int64_t> max_snapshot_age_ms;
  std::optional<int64_t> max_ref_age_ms;
};

// From the newest metadata to the next; called once per attempt.
using MetadataChange = std::function<arrow::Result<TableMetadata>(const TableMetadata&)>;

}  // namespace artemis

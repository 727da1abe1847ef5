// Commits changes of a table as snapshots or metadata changes: optimistic, with retry that re-applies the change to the
// newest metadata (never the result). Invariants C1…: docs/design/commit.md
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <arrow/result.h>

#include "artemis/catalog/catalog.h"
#include "artemis/table/manifest.h"

namespace artemis {

class EventLog;

struct CommitOptions {
  // Attempts at the swap before CommitConflict.
  int attempts_max = 16;
  // Back-off between attempts: min * 2^n up to max, with jitter.
  int64_t backoff_min_ms = 10;
  int64_t backoff_max_ms = 2000;
  // Small manifests are merged until one reaches about this size, once there are min_count of them.
  int64_t manifest_target_bytes = int64_t{8} << 20;
  int manifest_min_count_to_merge = 100;
  // Into the snapshot summary: artemis.author, artemis.message, artemis.once.
  std::string author;
  std::string message;
  std::string once_key;
  EventLog* events = nullptr;
};

struct CommitResult {
  LoadedTable table;
  // The snapshot made, or, for a repeated once_key, the one that already holds it.
  std::optional<SnapshotId> snapshot_id;
  int attempts = 1;
  bool already_done = false;
};

// Adds `files` as one append snapshot. They must be durable (C1).
// CommitConflict: every attempt lost; unchanged, our manifests are removed. CommitUnknown: nothing is removed (C5).
arrow::Result<CommitResult> AppendFiles(Catalog& catalog, const TableName& table,
                                        std::vector<DataFile> files,
                                        const CommitOptions& options = {});

// Replaces data files: those in `removed` (by path) leave, `added` enter, in one overwrite (or delete, when nothing is added)
// snapshot. The removed files must still be live at every attempt, else CommitConflict. When `validate_from` is set, files added
// after that snapshot for which `conflicts` is true make it a CommitConflict (serializable isolation).
struct ReplaceFilesChange {
  std::vector<DataFile> removed;
  std::vector<DataFile> added;
  std::optional<SnapshotId> validate_from;
  std::function<bool(const DataFile&)> conflicts;
};
arrow::Result<CommitResult> ReplaceFiles(Catalog& catalog, const TableName& table,
                                         ReplaceFilesChange change,
                                         const CommitOptions& options = {});

// A metadata-only change: `change` gets the newest metadata and returns the next one; called once per attempt.
arrow::Result<CommitResult> UpdateMetadata(
    Catalog& catalog, const TableName& table, const std::string& operation,
    const std::function<arrow::Result<TableMetadata>(const TableMetadata&)>& change,
    const CommitOptions& options = {});

// Makes an ancestor of main's snapshot, by id or the one current at a time, the current one again. NoSuchSnapshot, Invalid when
// it is not an ancestor (unless `any`).
arrow::Result<CommitResult> RollbackTo(Catalog& catalog, const TableName& table,
                                       SnapshotId snapshot_id, bool any = false,
                                       const CommitOptions& options = {});

}  // namespace artemis

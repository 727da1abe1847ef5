// The difference between two moments of a table: commit by commit (gross), or of the two states alone (net).
// Rules and invariants: docs/design/replay.md, "Diff"; what the rows look like: docs/change-feed.md.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <arrow/record_batch.h>
#include <arrow/result.h>

#include "artemis/catalog/catalog.h"
#include "artemis/replay/resolve.h"
#include "artemis/replay/schema_difference.h"

namespace artemis {

struct PlanCaches;
struct ReplayOptions;

enum class DiffKind : uint8_t {
  kGross,  // what each commit between the ends removed and added
  kNet,    // what one end has and the other lacks
};

// Whose columns the rows have, matched by field id.
enum class DiffProjection : uint8_t {
  kOld,
  kNew,
  kCurrent,
  // Each column of the older end as from_<name>, then each of the newer as to_<name>. A removed row fills the first, an added one
  // the second; the two rows of an update fill both. Rows are compared under the newer end's columns.
  kBoth,
};

struct DiffOptions {
  DiffKind kind = DiffKind::kGross;
  DiffProjection projection = DiffProjection::kNew;
  // Rows that wait to be compared are held in memory up to about this much (Arrow bytes and hashes), for each stream that is read;
  // beyond it they go to an unnamed file, which no killed process leaves behind.
  int64_t memory_bytes = int64_t{256} << 20;
  // Where that file is made; empty: the system's folder for temporary files (TMPDIR, else /tmp).
  std::string temp_folder;
  // Called by the thread that takes rows of a stream, after each batch that was read for it: a comparison reads long before it gives one.
  std::function<void()> on_read;
};

// One commit of a gross diff. Commits that only rewrite files (operation "replace") are none.
struct DiffCommit {
  SnapshotId snapshot_id;
  std::string operation;
  // Data files it added and removed, and those whose deletes it changed.
  int64_t files_added = 0, files_removed = 0, files_touched = 0;
};

// Counted while the streams are read.
struct DiffCounters {
  int64_t rows_read = 0;
  int64_t files_read = 0;
  int64_t bytes_spilled = 0;
};

struct DiffResult {
  PinnedSnapshot from, to;
  // kNet also where a gross diff was asked for and there is no chain of commits from one end to the other: `instead_because` then
  // says why.
  DiffKind kind = DiffKind::kGross;
  std::string instead_because;
  // Oldest first: the place is the change ordinal. Empty for a net diff.
  std::vector<DiffCommit> commits;
  // Data files over all commits, or of the two ends; `unchanged`: those both ends hold with the same deletes, which are never opened.
  int64_t files_added = 0, files_removed = 0, files_touched = 0, files_unchanged = 0;
  // What `changes` reads at most, with files that both ends hold counted for each: of it options.read.progress says what is done.
  int64_t files_to_read = 0, bytes_to_read = 0;
  // From the older end's schema to the newer's.
  std::vector<ColumnDifference> schema_changes;

  // Independent of each other, and each reads for itself. Nothing is read before the first ReadNext. Added and removed have the columns
  // asked for; changes has Iceberg's change columns before them (change_columns.h). In a gross diff rows come commit by commit.
  std::shared_ptr<arrow::RecordBatchReader> added;
  std::shared_ptr<arrow::RecordBatchReader> removed;
  std::shared_ptr<arrow::RecordBatchReader> changes;
  std::shared_ptr<DiffCounters> counters;
};

// Resolves both ends, finds the files that differ, and opens the streams. A limit holds for each of the streams. Where the schema that
// rows are compared under names identifier fields, a removed and an added row of one commit (net: of the two ends) with the same
// identifier are an update.
//
// Invalid: the ends are exchanged, by time where both are moments, so that a diff across a rollback gives what it took back, else by
// lineage; unknown columns. Errors of Resolve; on ReadNext those of ReadPlan, SnapshotExpired for a file that expiry removed, and
// IOError when the disk for temporary files is full. `catalog` must outlive the streams.
arrow::Result<DiffResult> OpenDiff(Catalog& catalog, const TableName& table,
                                   const ReplayTarget& from, const ReplayTarget& to,
                                   const ReplayOptions& options, const DiffOptions& diff,
                                   std::shared_ptr<PlanCaches> caches);

}  // namespace artemis

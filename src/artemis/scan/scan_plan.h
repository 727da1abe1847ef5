// Plans a scan: which files, and which of their row groups, may hold matching rows. Three passes: manifest list, manifest
// entries, Parquet footers. Docs: docs/design/planning.md
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <arrow/result.h>

#include "artemis/expr/predicate.h"
#include "artemis/expr/range_evaluator.h"
#include "artemis/parquet/row_range.h"
#include "artemis/scan/shared_predicate.h"
#include "artemis/scan/snapshot_files.h"
#include "artemis/table/manifest.h"
#include "artemis/table/table_view.h"

namespace artemis {

class FileIndex;
class FileSystem;
class FooterCache;
class ManifestCache;

struct DeleteFile {
  DataFile file;
  SequenceNumber data_sequence_number;
};

// One data file to read.
struct ScanTask {
  DataFile file;
  SequenceNumber data_sequence_number;
  SnapshotId added_snapshot_id;
  // Position and equality deletes that apply to this file (sequence number and partition rules checked).
  std::vector<DeleteFile> deletes;
  // What is left to check per row; kTrue when nothing is.
  SharedPredicate residual;
  // Row groups that survive the third pass, ascending; nullopt: pass not run, read all.
  std::optional<std::vector<int>> row_groups;
  // By row group of `row_groups`, the rows that may match, by the page index: ascending and apart; empty: all of the row group. Empty as
  // a whole where every row group is read whole.
  std::vector<std::vector<RowRange>> row_ranges;
  // How many the footer names; 0 where the pass was not run.
  int64_t row_groups_total = 0;
  // Where the file's bounds are: of the predicate's columns, and of others that were at hand.
  std::shared_ptr<const FileIndex> index;
  uint32_t index_row = 0;
};

// What the task's manifest entry says of columns, as far as it was read. Task and schema must outlive the result.
RangeLookup TaskRanges(const ScanTask& task, const Schema& schema);

struct ScanPlanSummary {
  int64_t manifests_total = 0, manifests_kept = 0;
  int64_t files_total = 0, files_kept = 0;
  int64_t row_groups_total = 0, row_groups_kept = 0;  // of the kept files only when the pass ran
  int64_t bytes_total = 0, bytes_kept = 0;
  int64_t delete_files = 0;
  int64_t elapsed_us = 0;
  std::vector<SpecId> spec_ids;  // of the manifests of the snapshot, sorted
};

// Why a file was kept or dropped, when asked for.
struct FileDecision {
  std::string path;
  bool kept = true;
  std::string reason;  // decision_text.h
  // The pass that dropped it: 2 or 3; 0 where it was kept.
  int dropped_in_pass = 0;
};

struct ScanPlan {
  TableView view;
  BoundPredicate predicate;
  std::vector<ScanTask> tasks;  // deterministic: by manifest order, then entry order
  ScanPlanSummary summary;
  std::vector<FileDecision> decisions;  // PlanOptions::explain only
};

struct PlanOptions {
  // Run the third pass over footers.
  bool prune_row_groups = true;
  bool explain = false;
  // Put all metrics of the entries into the tasks' files; otherwise there are none (see TaskRanges).
  bool all_metrics = false;
  // Stop once files that need no check per row and have no deletes hold so many rows: for LIMIT. The plan is then one of the first
  // files only, and its summary says so by files_kept alone.
  std::optional<int64_t> rows_max;
  // Manifests and footers are read and decoded on this many threads; 0: one for each processor, at most 8.
  int threads = 0;
  // Manifests and footers that are read are kept here and taken from here; not owned, may be null.
  ManifestCache* manifests = nullptr;
  FooterCache* footers = nullptr;
};

// Plans on `view` with a predicate bound to view.schema. Reads metadata only through `files`; asks no catalog.
// SnapshotExpired is the caller's matter: a missing manifest is an IOError (IsFileNotFound) naming it. Thread-safe.
arrow::Result<ScanPlan> PlanScan(const TableView& view, const BoundPredicate& predicate,
                                 FileSystem& files, const PlanOptions& options = {});

}  // namespace artemis

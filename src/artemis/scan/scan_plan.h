// Plans a scan: which files, and which of their row groups, may hold matching rows. Three passes: manifest list, manifest
// entries, Parquet footers. Docs: docs/design/planning.md
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <arrow/result.h>

#include "artemis/expr/predicate.h"
#include "artemis/table/manifest.h"
#include "artemis/table/table_view.h"

namespace artemis {

class FileSystem;
class FooterCache;

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
  BoundPredicate residual;
  // Row groups that survive the third pass, ascending; nullopt: pass not run, read all.
  std::optional<std::vector<int>> row_groups;
};

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
  std::string
      reason;  // "dropped in pass 2 by temperature_c", "kept: bounds of payload_id [3, 9] may hold 5"
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
  // Keep the metrics of these fields in the tasks' files as well (all when `all_metrics`).
  bool all_metrics = false;
  // Footers read by the third pass are kept here and taken from here; not owned, may be null.
  FooterCache* footers = nullptr;
};

// Plans on `view` with a predicate bound to view.schema. Reads metadata only through `files`; asks no catalog.
// SnapshotExpired is the caller's matter: a missing manifest is an IOError (IsFileNotFound) naming it. Thread-safe.
arrow::Result<ScanPlan> PlanScan(const TableView& view, const BoundPredicate& predicate,
                                 FileSystem& files, const PlanOptions& options = {});

// The live files of a snapshot with their entries (all metrics): what `artemis-table files` shows.
arrow::Result<std::vector<ManifestEntry>> ListFiles(const TableView& view, FileSystem& files);
// The manifests of a snapshot in list order.
arrow::Result<std::vector<ManifestFile>> ListManifests(const TableView& view, FileSystem& files);

}  // namespace artemis

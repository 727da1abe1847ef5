// What a change by predicate does to each file: leave it, remove it whole, write it again without the matching rows, or mark those
// rows deleted.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include <arrow/record_batch.h>
#include <arrow/result.h>

#include "artemis/catalog/catalog.h"
#include "artemis/expr/predicate.h"
#include "artemis/scan/scan_plan.h"
#include "artemis/write/delete_files.h"

namespace artemis {

struct RewritePlan {
  TableView view;
  // Every file with a matching row, each task's residual telling which rows.
  std::vector<ScanTask> matching;
  // Files that leave the table: those removed whole and those in `to_rewrite`.
  std::vector<DataFile> removed;
  // The files some of whose rows match and some do not: copy-on-write.
  std::vector<ScanTask> to_rewrite;
  // The same files under merge-on-read: the positions to delete (v3: with those that are deleted already), and the delete files of these
  // data files alone that this makes moot (v3).
  std::vector<PositionDeletes> to_mark;
  std::vector<DataFile> moot_deletes;
  int64_t rows_deleted = 0;
};

struct RewritePlanOptions {
  // Plans on the head of this branch.
  std::optional<SnapshotId> snapshot_id;
  bool merge_on_read = false;
  int threads = 2;
};

// Plans on a snapshot of `base`. A file whose metadata does not decide is read to find its matching rows: none, and the file stays as
// it is.
arrow::Result<RewritePlan> PlanRewrite(const LoadedTable& base, const BoundPredicate& predicate,
                                       FileSystem& files, const RewritePlanOptions& options);

// The rows of plan.to_rewrite for which the predicate is not true (false or null), in the table's current schema, in v3 with the row
// lineage columns behind it (schema/metadata_columns.h).
arrow::Result<std::shared_ptr<arrow::RecordBatchReader>> ReadKeptRows(const RewritePlan& plan,
                                                                      FileSystem& files,
                                                                      int threads);
// The live rows of all files for which the predicate is true, in the same columns.
arrow::Result<std::shared_ptr<arrow::RecordBatchReader>> ReadMatchingRows(const RewritePlan& plan,
                                                                          FileSystem& files,
                                                                          int threads);

}  // namespace artemis

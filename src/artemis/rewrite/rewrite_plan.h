// What a delete by predicate does to each file: leave it, remove it whole, or write it again without the matching rows.
#pragma once

#include <memory>
#include <vector>

#include <arrow/record_batch.h>
#include <arrow/result.h>

#include "artemis/catalog/catalog.h"
#include "artemis/expr/predicate.h"
#include "artemis/scan/scan_plan.h"

namespace artemis {

struct RewritePlan {
  // Files that leave the table: those removed whole and those in `to_rewrite`.
  std::vector<DataFile> removed;
  // The files some of whose rows match and some do not; each task's residual tells which.
  std::vector<ScanTask> to_rewrite;
  int64_t rows_deleted = 0;
};

// Plans on the current snapshot of `base`. A file whose metadata does not decide is read to count its matching rows: none,
// and the file stays as it is.
arrow::Result<RewritePlan> PlanRewrite(const LoadedTable& base, const BoundPredicate& predicate,
                                       FileSystem& files, int threads);

// The rows of plan.to_rewrite for which the predicate is not true (false or null), in the table's current schema.
arrow::Result<std::shared_ptr<arrow::RecordBatchReader>> ReadKeptRows(const LoadedTable& base,
                                                                      const RewritePlan& plan,
                                                                      FileSystem& files,
                                                                      int threads);

}  // namespace artemis

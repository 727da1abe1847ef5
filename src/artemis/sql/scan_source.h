// What a table scan in SQL asks of the layers below: a plan for a predicate, and the deleted rows of a file. One pinned
// snapshot each. A seam: tests give plans of their own.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include <arrow/result.h>

#include "artemis/catalog/catalog.h"
#include "artemis/replay/resolve.h"
#include "artemis/scan/scan_plan.h"

namespace artemis {

struct PlanCaches;

// Thread-safe.
class ScanSource {
 public:
  virtual ~ScanSource() = default;

  virtual const PinnedSnapshot& pin() const = 0;

  // The plan for rows that satisfy `predicate`, bound to the pinned schema. Row groups of the tasks are advice.
  virtual arrow::Result<std::shared_ptr<const ScanPlan>> Plan(
      const BoundPredicate& predicate) const = 0;

  // The same files with the metrics of all their columns. Default: Plan, whose files may have none.
  virtual arrow::Result<std::shared_ptr<const ScanPlan>> PlanWithMetrics(
      const BoundPredicate& predicate) const {
    return Plan(predicate);
  }

  // The rows in the snapshot as its summary tells, deletes not subtracted; nullopt when it does not.
  virtual std::optional<int64_t> RowEstimate() const = 0;

  // Positions of the task's rows that its delete files delete, of both kinds: ascending, unique, 0 is the file's first row.
  virtual arrow::Result<std::vector<int64_t>> DeletedRows(const ScanTask& task) const = 0;
};

// Plans with PlanScan and reads delete files through the catalog's file system. `catalog` must outlive it; `caches` are those of
// the plans of one session, or null.
std::shared_ptr<ScanSource> MakeScanSource(Catalog& catalog, PinnedSnapshot pin,
                                           std::shared_ptr<PlanCaches> caches = nullptr);

}  // namespace artemis

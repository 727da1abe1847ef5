// Plans, and reads of each file the positions alone.
#include "artemis/timetravel/row_search.h"

#include <algorithm>
#include <memory>

#include <arrow/array.h>

#include "artemis/read/read_plan.h"
#include "artemis/scan/scan_plan.h"
#include "artemis/schema/metadata_columns.h"

namespace artemis {

namespace {

arrow::Result<std::vector<int64_t>> PositionsOf(ScanPlan plan, FileSystem& files) {
  ReadOptions read;
  read.columns.emplace();
  read.columns->push_back(kPositionColumn);
  ARROW_ASSIGN_OR_RAISE(const auto rows, ReadPlan(std::move(plan), files, read));
  std::vector<int64_t> positions;
  std::shared_ptr<arrow::RecordBatch> batch;
  while (true) {
    ARROW_RETURN_NOT_OK(rows->ReadNext(&batch));
    if (batch == nullptr) break;
    const auto& found = static_cast<const arrow::Int64Array&>(*batch->column(0));
    positions.insert(positions.end(), found.raw_values(), found.raw_values() + found.length());
  }
  std::sort(positions.begin(), positions.end());
  return positions;
}

}  // namespace

arrow::Result<std::map<std::string, std::vector<int64_t>>> FindRows(const TableMetadata& metadata,
                                                                    const BoundPredicate& predicate,
                                                                    FileSystem& files) {
  const auto shared = std::make_shared<const TableMetadata>(metadata);
  const TableView view{shared, shared->current_snapshot_id,
                       std::make_shared<const Schema>(shared->CurrentSchema())};
  ARROW_ASSIGN_OR_RAISE(auto plan, PlanScan(view, predicate, files));
  std::map<std::string, std::vector<int64_t>> rows;
  for (const auto& task : plan.tasks) {
    ScanPlan one;
    one.view = plan.view;
    one.predicate = plan.predicate;
    one.tasks = {task};
    ARROW_ASSIGN_OR_RAISE(auto positions, PositionsOf(std::move(one), files));
    if (!positions.empty()) rows.emplace(task.file.path, std::move(positions));
  }
  return rows;
}

}  // namespace artemis

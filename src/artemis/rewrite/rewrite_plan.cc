// Plans deletes and reads the rows that stay.
#include "artemis/rewrite/rewrite_plan.h"

#include "artemis/read/read_plan.h"

namespace artemis {

namespace {

TableView CurrentView(const LoadedTable& base) {
  return {base.metadata, base.metadata->current_snapshot_id,
          std::make_shared<const Schema>(base.metadata->CurrentSchema())};
}

ScanPlan PlanOf(const LoadedTable& base, std::vector<ScanTask> tasks) {
  ScanPlan plan;
  plan.view = CurrentView(base);
  plan.tasks = std::move(tasks);
  return plan;
}

arrow::Result<int64_t> CountRows(const LoadedTable& base, const ScanTask& task, FileSystem& files,
                                 int threads) {
  ReadOptions read;
  read.threads = threads;
  read.columns.emplace();
  ARROW_ASSIGN_OR_RAISE(const auto rows, ReadPlan(PlanOf(base, {task}), files, read));
  int64_t count = 0;
  std::shared_ptr<arrow::RecordBatch> batch;
  while (true) {
    ARROW_RETURN_NOT_OK(rows->ReadNext(&batch));
    if (batch == nullptr) return count;
    count += batch->num_rows();
  }
}

// Rows of the file that no delete file has removed.
arrow::Result<int64_t> CountLive(const LoadedTable& base, const ScanTask& task, FileSystem& files,
                                 int threads) {
  if (task.deletes.empty()) return task.file.record_count;
  ScanTask whole = task;
  whole.residual = BoundPredicate::True();
  return CountRows(base, whole, files, threads);
}

}  // namespace

arrow::Result<RewritePlan> PlanRewrite(const LoadedTable& base, const BoundPredicate& predicate,
                                       FileSystem& files, int threads) {
  PlanOptions options;
  options.all_metrics = true;
  options.prune_row_groups = false;
  ARROW_ASSIGN_OR_RAISE(auto scan, PlanScan(CurrentView(base), predicate, files, options));
  RewritePlan plan;
  for (auto& task : scan.tasks) {
    ARROW_ASSIGN_OR_RAISE(const int64_t live, CountLive(base, task, files, threads));
    int64_t matching = live;
    if (!task.residual.is_true()) {
      ARROW_ASSIGN_OR_RAISE(matching, CountRows(base, task, files, threads));
    }
    if (matching == 0) continue;
    plan.rows_deleted += matching;
    plan.removed.push_back(task.file);
    if (matching < live) plan.to_rewrite.push_back(std::move(task));
  }
  return plan;
}

arrow::Result<std::shared_ptr<arrow::RecordBatchReader>> ReadKeptRows(const LoadedTable& base,
                                                                      const RewritePlan& plan,
                                                                      FileSystem& files,
                                                                      int threads) {
  ReadOptions read;
  read.threads = threads;
  read.complement = true;
  return ReadPlan(PlanOf(base, plan.to_rewrite), files, read);
}

}  // namespace artemis

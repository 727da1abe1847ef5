// Plans deletes, finds the rows they match, and reads the rows that stay.
#include "artemis/rewrite/rewrite_plan.h"

#include <algorithm>

#include "artemis/read/delete_rows.h"
#include "artemis/read/read_plan.h"
#include "artemis/rewrite/mark_rows.h"
#include "artemis/schema/metadata_columns.h"

namespace artemis {

namespace {

ScanPlan PlanOf(const TableView& view, std::vector<ScanTask> tasks) {
  ScanPlan plan;
  plan.view = view;
  plan.tasks = std::move(tasks);
  return plan;
}

ReadOptions WholeRows(const TableView& view, int threads) {
  ReadOptions read;
  read.threads = threads;
  if (view.metadata->format_version < 3) return read;
  read.columns.emplace();
  for (const auto& field : view.schema->fields) read.columns->push_back(field.id);
  for (const auto& field : RowLineageColumns()) read.columns->push_back(field.id);
  return read;
}

class RewritePlanner {
 public:
  RewritePlanner(const LoadedTable& base, FileSystem& files, const RewritePlanOptions& options)
      : files_(files), options_(options), deletes_(files, base.metadata) {
    plan_.view = {base.metadata, options.snapshot_id,
                  std::make_shared<const Schema>(base.metadata->CurrentSchema())};
  }

  arrow::Result<RewritePlan> Plan(const BoundPredicate& predicate) {
    PlanOptions options;
    options.all_metrics = true;
    options.prune_row_groups = false;
    ARROW_ASSIGN_OR_RAISE(auto scan, PlanScan(plan_.view, predicate, files_, options));
    for (auto& task : scan.tasks) ARROW_RETURN_NOT_OK(Take(std::move(task)));
    return std::move(plan_);
  }

 private:
  arrow::Status Take(ScanTask task) {
    ARROW_ASSIGN_OR_RAISE(const int64_t live, CountLive(task));
    std::vector<int64_t> positions;
    int64_t matching = live;
    if (!task.residual.is_true()) {
      ARROW_ASSIGN_OR_RAISE(matching, Find(task, &positions));
    }
    if (matching == 0) return arrow::Status::OK();
    plan_.rows_deleted += matching;
    plan_.matching.push_back(task);
    if (matching == live) {
      plan_.removed.push_back(std::move(task.file));
      return arrow::Status::OK();
    }
    if (options_.merge_on_read) return Mark(task, std::move(positions));
    plan_.removed.push_back(task.file);
    plan_.to_rewrite.push_back(std::move(task));
    return arrow::Status::OK();
  }

  // Rows of the file that no delete file has removed.
  arrow::Result<int64_t> CountLive(const ScanTask& task) {
    const bool has_equality = std::any_of(
        task.deletes.begin(), task.deletes.end(),
        [](const auto& each) { return each.file.content == FileContent::kEqualityDeletes; });
    if (!has_equality) {
      ARROW_ASSIGN_OR_RAISE(const auto deleted, deletes_.PositionsFor(task));
      return task.file.record_count - static_cast<int64_t>(deleted.size());
    }
    ScanTask whole = task;
    whole.residual = BoundPredicate::True();
    return Find(whole, nullptr);
  }

  // The number of live rows that match; their positions in order, where asked for.
  arrow::Result<int64_t> Find(const ScanTask& task, std::vector<int64_t>* positions) {
    const bool with_positions = positions != nullptr && options_.merge_on_read;
    ReadOptions read;
    read.threads = options_.threads;
    read.columns.emplace();
    if (with_positions) read.columns->push_back(kPositionColumn);
    ARROW_ASSIGN_OR_RAISE(const auto rows, ReadPlan(PlanOf(plan_.view, {task}), files_, read));
    int64_t count = 0;
    std::shared_ptr<arrow::RecordBatch> batch;
    while (true) {
      ARROW_RETURN_NOT_OK(rows->ReadNext(&batch));
      if (batch == nullptr) break;
      count += batch->num_rows();
      if (!with_positions) continue;
      const auto& found = static_cast<const arrow::Int64Array&>(*batch->column(0));
      positions->insert(positions->end(), found.raw_values(), found.raw_values() + found.length());
    }
    if (positions != nullptr) std::sort(positions->begin(), positions->end());
    return count;
  }

  arrow::Status Mark(const ScanTask& task, std::vector<int64_t> positions) {
    ARROW_ASSIGN_OR_RAISE(auto marked,
                          MarkRows(task, std::move(positions), plan_.view.metadata->format_version,
                                   deletes_, &plan_.moot_deletes));
    plan_.to_mark.push_back(std::move(marked));
    return arrow::Status::OK();
  }

  FileSystem& files_;
  const RewritePlanOptions& options_;
  DeleteLoader deletes_;
  RewritePlan plan_;
};

}  // namespace

arrow::Result<RewritePlan> PlanRewrite(const LoadedTable& base, const BoundPredicate& predicate,
                                       FileSystem& files, const RewritePlanOptions& options) {
  return RewritePlanner(base, files, options).Plan(predicate);
}

arrow::Result<std::shared_ptr<arrow::RecordBatchReader>> ReadKeptRows(const RewritePlan& plan,
                                                                      FileSystem& files,
                                                                      int threads) {
  ReadOptions read = WholeRows(plan.view, threads);
  read.complement = true;
  return ReadPlan(PlanOf(plan.view, plan.to_rewrite), files, read);
}

arrow::Result<std::shared_ptr<arrow::RecordBatchReader>> ReadMatchingRows(const RewritePlan& plan,
                                                                          FileSystem& files,
                                                                          int threads) {
  return ReadPlan(PlanOf(plan.view, plan.matching), files, WholeRows(plan.view, threads));
}

}  // namespace artemis

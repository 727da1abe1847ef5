// Plans deletes and reads the rows that stay.
#include "artemis/rewrite/rewrite_plan.h"

#include <arrow/array.h>
#include <arrow/compute/api.h>
#include <arrow/util/bitmap_ops.h>

#include "artemis/expr/row_evaluator.h"
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

// All live rows of one file.
ScanTask WholeFile(ScanTask task) {
  task.residual = BoundPredicate::True();
  task.row_groups = std::nullopt;
  return task;
}

ColumnLookup ColumnsOf(const arrow::RecordBatch& batch, const std::vector<FieldId>& ids) {
  return [&batch, &ids](FieldId id) -> std::shared_ptr<arrow::Array> {
    for (size_t i = 0; i < ids.size(); ++i) {
      if (ids[i] == id) return batch.column(static_cast<int>(i));
    }
    return nullptr;
  };
}

struct MatchCount {
  int64_t live = 0;
  int64_t matching = 0;
};

// The top-level columns that hold the predicate's fields.
std::vector<FieldId> TopLevelColumns(const BoundPredicate& predicate, const Schema& schema) {
  std::vector<FieldId> ids;
  const auto referenced = ReferencedFields(predicate);
  for (const auto& field : schema.fields) {
    for (const FieldId id : referenced) {
      if (field.id == id) ids.push_back(id);
    }
  }
  if (ids.empty() && !schema.fields.empty()) ids.push_back(schema.fields.front().id);
  return ids;
}

arrow::Result<MatchCount> CountMatches(const LoadedTable& base, const BoundPredicate& predicate,
                                       const ScanTask& task, FileSystem& files, int threads) {
  ReadOptions read;
  read.threads = threads;
  read.columns = TopLevelColumns(predicate, base.metadata->CurrentSchema());
  ARROW_ASSIGN_OR_RAISE(const auto rows, ReadPlan(PlanOf(base, {WholeFile(task)}), files, read));
  MatchCount count;
  std::shared_ptr<arrow::RecordBatch> batch;
  while (true) {
    ARROW_RETURN_NOT_OK(rows->ReadNext(&batch));
    if (batch == nullptr) return count;
    const auto columns = ColumnsOf(*batch, *read.columns);
    ARROW_ASSIGN_OR_RAISE(const auto mask, EvaluateRows(predicate, batch->num_rows(), columns,
                                                        arrow::system_memory_pool()));
    count.live += batch->num_rows();
    count.matching += mask->true_count();
  }
}

arrow::Result<std::shared_ptr<arrow::Array>> Inverted(const arrow::BooleanArray& mask) {
  ARROW_ASSIGN_OR_RAISE(
      auto bits, arrow::internal::InvertBitmap(arrow::system_memory_pool(), mask.values()->data(),
                                               mask.offset(), mask.length()));
  return std::make_shared<arrow::BooleanArray>(mask.length(), std::move(bits));
}

class KeptRows : public arrow::RecordBatchReader {
 public:
  KeptRows(std::shared_ptr<arrow::RecordBatchReader> rows, BoundPredicate predicate,
           const Schema& schema)
      : rows_(std::move(rows)), predicate_(std::move(predicate)) {
    for (const auto& field : schema.fields) ids_.push_back(field.id);
  }

  std::shared_ptr<arrow::Schema> schema() const override { return rows_->schema(); }
  arrow::Status ReadNext(std::shared_ptr<arrow::RecordBatch>* batch) override {
    while (true) {
      ARROW_RETURN_NOT_OK(rows_->ReadNext(batch));
      if (*batch == nullptr) return arrow::Status::OK();
      const auto columns = ColumnsOf(**batch, ids_);
      ARROW_ASSIGN_OR_RAISE(const auto mask, EvaluateRows(predicate_, (*batch)->num_rows(), columns,
                                                          arrow::system_memory_pool()));
      // Rows for which the predicate is null stay: only what is true is deleted.
      ARROW_ASSIGN_OR_RAISE(const auto keep, Inverted(*mask));
      ARROW_ASSIGN_OR_RAISE(const auto filtered,
                            arrow::compute::Filter(arrow::Datum(*batch), arrow::Datum(keep)));
      *batch = filtered.record_batch();
      if ((*batch)->num_rows() > 0) return arrow::Status::OK();
    }
  }

 private:
  const std::shared_ptr<arrow::RecordBatchReader> rows_;
  const BoundPredicate predicate_;
  std::vector<FieldId> ids_;
};

}  // namespace

arrow::Result<RewritePlan> PlanRewrite(const LoadedTable& base, const BoundPredicate& predicate,
                                       FileSystem& files, int threads) {
  PlanOptions options;
  options.all_metrics = true;
  options.prune_row_groups = false;
  ARROW_ASSIGN_OR_RAISE(auto scan, PlanScan(CurrentView(base), predicate, files, options));
  RewritePlan plan;
  for (auto& task : scan.tasks) {
    if (task.residual.is_true() && task.deletes.empty()) {
      plan.rows_deleted += task.file.record_count;
      plan.removed.push_back(task.file);
      continue;
    }
    ARROW_ASSIGN_OR_RAISE(const auto count, CountMatches(base, predicate, task, files, threads));
    if (count.matching == 0) continue;
    plan.rows_deleted += count.matching;
    plan.removed.push_back(task.file);
    if (count.matching < count.live) plan.to_rewrite.push_back(WholeFile(std::move(task)));
  }
  return plan;
}

arrow::Result<std::shared_ptr<arrow::RecordBatchReader>> ReadKeptRows(
    const LoadedTable& base, const BoundPredicate& predicate, const RewritePlan& plan,
    FileSystem& files, int threads) {
  ReadOptions read;
  read.threads = threads;
  ARROW_ASSIGN_OR_RAISE(auto rows, ReadPlan(PlanOf(base, plan.to_rewrite), files, read));
  return std::make_shared<KeptRows>(std::move(rows), predicate, base.metadata->CurrentSchema());
}

}  // namespace artemis

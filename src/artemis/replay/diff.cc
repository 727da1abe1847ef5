// Diff: the files that only one end has, and of their rows those that the other end lacks.
//
// Files (with the same deletes) that both ends hold are never read. Where both ends have files of their own, rows that copy-on-write
// carried over cancel as multisets: a first pass counts row hashes on both sides, the streams then give out what is left over.
#include <algorithm>
#include <map>
#include <mutex>
#include <unordered_map>

#include <arrow/array.h>
#include <arrow/builder.h>
#include <arrow/compute/api.h>

#include "artemis/base/error.h"
#include "artemis/replay/pinned_stream.h"
#include "artemis/replay/replay.h"
#include "artemis/replay/replay_options.h"
#include "artemis/replay/row_hash.h"
#include "artemis/replay/select_columns.h"
#include "artemis/scan/plan_caches.h"

namespace artemis {

namespace {

// A data file with the deletes that apply to it: what decides which rows it gives.
std::string TaskKey(const ScanTask& task) {
  std::string key = task.file.path;
  for (const auto& deletes : task.deletes) {
    key += "\n" + deletes.file.path + "@" + std::to_string(deletes.file.content_offset.value_or(0));
  }
  return key;
}

// Removes from `tasks` as many of each key as `shared` says; gives how many.
int64_t DropTasks(std::vector<ScanTask>& tasks, std::map<std::string, int64_t> shared) {
  return static_cast<int64_t>(std::erase_if(tasks, [&](const ScanTask& task) {
    const auto found = shared.find(TaskKey(task));
    return found != shared.end() && found->second-- > 0;
  }));
}

// Removes from both plans the tasks they share; gives how many. A file that one end holds twice is shared once.
int64_t DropShared(ScanPlan& from, ScanPlan& to) {
  std::map<std::string, int64_t> in_from, in_to;
  for (const auto& task : from.tasks) ++in_from[TaskKey(task)];
  for (const auto& task : to.tasks) ++in_to[TaskKey(task)];
  for (auto& [key, count] : in_from) {
    const auto found = in_to.find(key);
    count = found == in_to.end() ? 0 : std::min(count, found->second);
  }
  DropTasks(from.tasks, in_from);
  return DropTasks(to.tasks, in_from);
}

// How the rows of two sides cancel: made by the first pull on either stream, then shared by both.
class Cancellation {
 public:
  using Open = std::function<arrow::Result<std::shared_ptr<arrow::RecordBatchReader>>()>;
  Cancellation(Open old_side, Open new_side)
      : old_side_(std::move(old_side)), new_side_(std::move(new_side)) {}

  // Which rows of a batch of one side have no partner on the other: `sign` is +1 for the old side, -1 for the new one.
  arrow::Result<std::shared_ptr<arrow::RecordBatch>> Surviving(const arrow::RecordBatch& batch,
                                                               int sign) {
    std::lock_guard lock(mutex_);
    ARROW_RETURN_NOT_OK(CountOnce());
    ARROW_ASSIGN_OR_RAISE(const auto hashes, HashRows(batch));
    arrow::Int64Builder kept;
    for (size_t row = 0; row < hashes.size(); ++row) {
      const auto found = net_.find(hashes[row]);
      if (found == net_.end() || found->second * sign <= 0) continue;
      found->second -= sign;
      ARROW_RETURN_NOT_OK(kept.Append(static_cast<int64_t>(row)));
    }
    ARROW_ASSIGN_OR_RAISE(const auto indices, kept.Finish());
    ARROW_ASSIGN_OR_RAISE(
        auto taken, arrow::compute::Take(arrow::Datum(batch.Slice(0)), arrow::Datum(indices)));
    return taken.record_batch();
  }

 private:
  arrow::Status CountOnce() {
    if (counted_) return arrow::Status::OK();
    ARROW_RETURN_NOT_OK(Count(old_side_, 1));
    ARROW_RETURN_NOT_OK(Count(new_side_, -1));
    std::erase_if(net_, [](const auto& entry) { return entry.second == 0; });
    counted_ = true;
    return arrow::Status::OK();
  }

  arrow::Status Count(const Open& open, int sign) {
    ARROW_ASSIGN_OR_RAISE(const auto rows, open());
    std::shared_ptr<arrow::RecordBatch> batch;
    while (true) {
      ARROW_RETURN_NOT_OK(rows->ReadNext(&batch));
      if (batch == nullptr) return arrow::Status::OK();
      ARROW_ASSIGN_OR_RAISE(const auto hashes, HashRows(*batch));
      for (const auto& hash : hashes) net_[hash] += sign;
    }
  }

  const Open old_side_;
  const Open new_side_;
  std::mutex mutex_;
  bool counted_ = false;
  // Rows of the old side minus rows of the new one.
  std::unordered_map<RowHash, int64_t, RowHashHasher> net_;
};

class SurvivingRows : public arrow::RecordBatchReader {
 public:
  SurvivingRows(std::shared_ptr<arrow::RecordBatchReader> rows,
                std::shared_ptr<Cancellation> cancellation, int sign, std::optional<int64_t> limit)
      : rows_(std::move(rows)), cancellation_(std::move(cancellation)), sign_(sign), left_(limit) {}

  std::shared_ptr<arrow::Schema> schema() const override { return rows_->schema(); }
  arrow::Status ReadNext(std::shared_ptr<arrow::RecordBatch>* batch) override {
    *batch = nullptr;
    if (left_ && *left_ <= 0) return rows_->Close();
    while (true) {
      ARROW_RETURN_NOT_OK(rows_->ReadNext(batch));
      if (*batch == nullptr) return arrow::Status::OK();
      ARROW_ASSIGN_OR_RAISE(*batch, cancellation_->Surviving(**batch, sign_));
      if ((*batch)->num_rows() == 0) continue;
      if (left_ && (*batch)->num_rows() > *left_) *batch = (*batch)->Slice(0, *left_);
      if (left_) *left_ -= (*batch)->num_rows();
      return arrow::Status::OK();
    }
  }
  arrow::Status Close() override { return rows_->Close(); }

 private:
  const std::shared_ptr<arrow::RecordBatchReader> rows_;
  const std::shared_ptr<Cancellation> cancellation_;
  const int sign_;
  std::optional<int64_t> left_;
};

bool IsNewerOnOneLine(const TableMetadata& metadata, std::optional<SnapshotId> newer,
                      std::optional<SnapshotId> older) {
  if (!newer || newer == older) return false;
  if (!older) return true;
  auto id = newer;
  for (size_t step = 0; id && step <= metadata.snapshots.size(); ++step) {
    if (id == older) return true;
    const Snapshot* snapshot = metadata.FindSnapshot(*id);
    id = snapshot != nullptr ? snapshot->parent_id : std::nullopt;
  }
  return false;
}

bool AreExchanged(const TableMetadata& metadata, const PinnedSnapshot& from,
                  const PinnedSnapshot& to) {
  if (from.view.snapshot_id == to.view.snapshot_id) return false;
  if (const auto* from_time = std::get_if<TimestampMs>(&from.target)) {
    if (std::holds_alternative<std::monostate>(to.target)) return false;
    if (const auto* to_time = std::get_if<TimestampMs>(&to.target)) return *from_time > *to_time;
  }
  return IsNewerOnOneLine(metadata, from.view.snapshot_id, to.view.snapshot_id);
}

std::shared_ptr<const Schema> DiffSchema(const DiffResult& ends, DiffProjection projection) {
  switch (projection) {
    case DiffProjection::kOld:
      return ends.from.view.schema;
    case DiffProjection::kNew:
      return ends.to.view.schema;
    case DiffProjection::kCurrent:
    case DiffProjection::kBoth:
      break;
  }
  return std::make_shared<const Schema>(ends.to.view.metadata->CurrentSchema());
}

}  // namespace

arrow::Result<DiffResult> ReplayEngine::ReplayDiff(const ReplayTarget& from, const ReplayTarget& to,
                                                   const ReplayOptions& options,
                                                   const DiffOptions& diff) {
  return OpenDiff(catalog_, table_, from, to, options, diff, caches_);
}

arrow::Result<DiffResult> OpenDiff(Catalog& catalog_, const TableName& table_,
                                   const ReplayTarget& from, const ReplayTarget& to,
                                   const ReplayOptions& options, const DiffOptions& diff,
                                   std::shared_ptr<PlanCaches> caches_) {
  ARROW_ASSIGN_OR_RAISE(const LoadedTable table, catalog_.Load(table_));
  DiffResult result;
  const DiffProjection projection = diff.projection;
  ARROW_ASSIGN_OR_RAISE(result.from, Resolve(catalog_, table, from, options.mode));
  ARROW_ASSIGN_OR_RAISE(result.to, Resolve(catalog_, table, to, options.mode));
  if (AreExchanged(*table.metadata, result.from, result.to)) {
    return arrow::Status::Invalid(
        "the first end of the diff is newer than the second: exchange --from and --to");
  }
  const auto schema = DiffSchema(result, projection);
  ARROW_ASSIGN_OR_RAISE(const auto predicate, BindFilter(options, *schema));
  ReadOptions read = options.read;
  ARROW_ASSIGN_OR_RAISE(read.columns, ChosenColumns(options, *schema));

  // Footers are not looked at: those of unchanged files need not be there.
  PlanOptions plan_options;
  plan_options.prune_row_groups = false;
  caches_->UseIn(&plan_options);
  const auto plan_end = [&](const PinnedSnapshot& end) -> arrow::Result<ScanPlan> {
    TableView view = end.view;
    view.schema = schema;
    auto plan = PlanScan(view, predicate, catalog_.files(), plan_options);
    if (!plan.ok()) return PinGuard(catalog_, table_, end).Explain(plan.status());
    return plan;
  };
  ARROW_ASSIGN_OR_RAISE(ScanPlan old_plan, plan_end(result.from));
  ARROW_ASSIGN_OR_RAISE(ScanPlan new_plan, plan_end(result.to));
  result.files_unchanged = DropShared(old_plan, new_plan);
  result.files_removed = static_cast<int64_t>(old_plan.tasks.size());
  result.files_added = static_cast<int64_t>(new_plan.tasks.size());

  const auto open = [&](const ScanPlan& plan) { return ReadPlan(plan, catalog_.files(), read); };
  ARROW_ASSIGN_OR_RAISE(auto removed, open(old_plan));
  ARROW_ASSIGN_OR_RAISE(auto added, open(new_plan));
  const bool cancels = !old_plan.tasks.empty() && !new_plan.tasks.empty();
  if (cancels) {
    // Rows are compared whole, whatever columns are asked for.
    ReadOptions whole = read;
    whole.columns = std::nullopt;
    whole.limit = std::nullopt;
    auto& files = catalog_.files();
    const auto reopen = [&files, whole](const ScanPlan& plan) {
      return [plan, &files, whole] { return ReadPlan(plan, files, whole); };
    };
    auto cancellation = std::make_shared<Cancellation>(reopen(old_plan), reopen(new_plan));
    ARROW_ASSIGN_OR_RAISE(removed, reopen(old_plan)());
    ARROW_ASSIGN_OR_RAISE(added, reopen(new_plan)());
    removed = std::make_shared<SurvivingRows>(std::move(removed), cancellation, 1, read.limit);
    added = std::make_shared<SurvivingRows>(std::move(added), cancellation, -1, read.limit);
    if (read.columns) {
      ARROW_ASSIGN_OR_RAISE(removed, SelectColumns(std::move(removed), *schema, *read.columns));
      ARROW_ASSIGN_OR_RAISE(added, SelectColumns(std::move(added), *schema, *read.columns));
    }
  }
  // Rows that cancel are read from both ends, whichever stream is asked first.
  const PinGuard of_removed(catalog_, table_, result.from, cancels ? result.to : result.from);
  const PinGuard of_added(catalog_, table_, cancels ? result.from : result.to, result.to);
  result.removed = of_removed.Watch(std::move(removed));
  result.added = of_added.Watch(std::move(added));
  return result;
}

}  // namespace artemis

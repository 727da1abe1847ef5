// File lists over a shared lazy plan.
#include "artemis/sql/planned_files.h"

#include <algorithm>
#include <utility>

#include <duckdb/main/client_context.hpp>
#include <duckdb/planner/expression/bound_columnref_expression.hpp>

#include "artemis/base/near_match.h"
#include "artemis/expr/lift.h"
#include "artemis/expr/range_evaluator.h"
#include "artemis/io/location.h"
#include "artemis/schema/literal.h"
#include "artemis/sql/error_wall.h"
#include "artemis/sql/filter_predicate.h"
#include "artemis/sql/open_paths.h"

namespace artemis {
namespace {

constexpr char kTaskOption[] = "artemis_task";

bool TaskMayMatch(const TableScan& scan, const ScanTask& task, const BoundPredicate& predicate) {
  const TableView& view = scan.source->pin().view;
  const PartitionSpec* spec = view.metadata->FindSpec(task.file.spec_id);
  if (spec != nullptr && Residual(predicate, *spec, *view.schema, task.file.partition).is_false()) {
    return false;
  }
  return MayMatch(predicate, TaskRanges(task, *view.schema));
}

duckdb::OpenFileInfo FileInfo(const TableScan& scan, const ScanTask& task, size_t index) {
  const auto& guarded = scan.state->open_paths();
  duckdb::OpenFileInfo info((guarded ? guarded->prefix() : "") + LocalPath(task.file.path));
  info.extended_info = duckdb::make_shared_ptr<duckdb::ExtendedOpenFileInfo>();
  auto& options = info.extended_info->options;
  options[kTaskOption] = duckdb::Value::UBIGINT(index);
  options["file_size"] = duckdb::Value::UBIGINT(static_cast<uint64_t>(task.file.file_size_bytes));
  // Data files never change.
  options["validate_external_file_cache"] = duckdb::Value::BOOLEAN(false);
  options["has_deletes"] = duckdb::Value::BOOLEAN(!task.deletes.empty());
  return info;
}

void RequireParquet(const TableScan& scan, const ScanPlan& plan) {
  for (const ScanTask& task : plan.tasks) {
    if (AsciiLower(task.file.format) == "parquet") continue;
    ThrowStatus(*scan.state,
                arrow::Status::NotImplemented("data file ", task.file.path, " has format ",
                                              task.file.format, ": expected PARQUET"));
  }
}

}  // namespace

std::shared_ptr<const ScanPlan> LazyPlan::Get() const {
  std::lock_guard lock(mutex_);
  if (!plan_) {
    auto plan = UnwrapOrThrow(*scan_->state, scan_->source->Plan(predicate_));
    RequireParquet(*scan_, *plan);
    if (const auto& open = scan_->state->open_paths()) {
      for (const ScanTask& task : plan->tasks) open_paths_.push_back(LocalPath(task.file.path));
      open->Add(open_paths_);
    }
    plan_ = std::move(plan);
  }
  return plan_;
}

LazyPlan::~LazyPlan() {
  if (!open_paths_.empty()) scan_->state->open_paths()->Remove(open_paths_);
}

std::shared_ptr<const ScanPlan> LazyPlan::IfMade() const {
  std::lock_guard lock(mutex_);
  return plan_;
}

PlannedFiles::PlannedFiles(std::shared_ptr<const TableScan> scan)
    : PlannedFiles(scan, std::make_shared<LazyPlan>(scan, BoundPredicate::True()), std::nullopt) {}

PlannedFiles::PlannedFiles(std::shared_ptr<const TableScan> scan,
                           std::shared_ptr<const LazyPlan> plan,
                           std::optional<std::vector<size_t>> kept)
    : scan_(std::move(scan)), plan_(std::move(plan)), kept_(std::move(kept)) {}

size_t PlannedFiles::TaskIndex(const duckdb::OpenFileInfo& file) {
  return file.extended_info->options.at(kTaskOption).GetValue<uint64_t>();
}

const Field* PlannedFiles::FieldOf(const duckdb::MultiFilePushdownInfo& info,
                                   const duckdb::Expression& expression) const {
  if (expression.GetExpressionClass() != duckdb::ExpressionClass::BOUND_COLUMN_REF) return nullptr;
  const auto& binding = expression.Cast<duckdb::BoundColumnRefExpression>().binding;
  if (binding.table_index != info.table_index || binding.column_index >= info.column_ids.size()) {
    return nullptr;
  }
  const duckdb::column_t column = info.column_ids[binding.column_index];
  const auto& fields = scan_->schema().fields;
  return column < fields.size() ? &fields[column] : nullptr;
}

duckdb::unique_ptr<duckdb::MultiFileList> PlannedFiles::ComplexFilterPushdown(
    duckdb::ClientContext& context, const duckdb::MultiFileOptions&,
    duckdb::MultiFilePushdownInfo& info,
    duckdb::vector<duckdb::unique_ptr<duckdb::Expression>>& filters) const {
  const FilterContext filter_context{
      [&](const duckdb::Expression& expression) { return FieldOf(info, expression); },
      TimeZoneIsUtc(context)};
  std::vector<BoundPredicate> conjuncts;
  for (const auto& filter : filters) {
    conjuncts.push_back(PredicateFromExpression(*filter, filter_context));
  }
  BoundPredicate added = And(std::move(conjuncts));
  plan_->Settle();
  if (added.is_true()) return nullptr;
  if (plan_->IfMade()) return Narrowed(added);
  auto plan = std::make_shared<LazyPlan>(scan_, And({plan_->predicate(), std::move(added)}));
  plan->Settle();
  return duckdb::make_uniq<PlannedFiles>(scan_, std::move(plan), std::nullopt);
}

duckdb::unique_ptr<duckdb::MultiFileList> PlannedFiles::DynamicFilterPushdown(
    duckdb::ClientContext& context, const duckdb::MultiFileOptions&,
    const duckdb::vector<std::string>&, const duckdb::vector<duckdb::LogicalType>&,
    const duckdb::vector<duckdb::column_t>& column_ids, duckdb::TableFilterSet& filters) const {
  const bool utc = TimeZoneIsUtc(context);
  const auto& fields = scan_->schema().fields;
  std::vector<BoundPredicate> conjuncts;
  for (const auto& [index, filter] : filters.filters) {
    const duckdb::column_t column = column_ids[index];
    if (column < fields.size())
      conjuncts.push_back(PredicateFromFilter(*filter, fields[column], utc));
  }
  return Narrowed(And(std::move(conjuncts)));
}

duckdb::unique_ptr<duckdb::MultiFileList> PlannedFiles::Narrowed(
    const BoundPredicate& predicate) const {
  if (predicate.is_true() || predicate == plan_->predicate()) return nullptr;
  const auto plan = plan_->Get();
  const size_t count = GetTotalFileCount();
  std::vector<size_t> kept;
  for (size_t i = 0; i < count; ++i) {
    if (TaskMayMatch(*scan_, plan->tasks[TaskAt(i)], predicate)) kept.push_back(TaskAt(i));
  }
  if (kept.size() == count) return nullptr;
  return duckdb::make_uniq<PlannedFiles>(scan_, plan_, std::move(kept));
}

duckdb::vector<duckdb::OpenFileInfo> PlannedFiles::GetAllFiles() const {
  duckdb::vector<duckdb::OpenFileInfo> files;
  const size_t count = GetTotalFileCount();
  for (size_t i = 0; i < count; ++i) files.push_back(GetFile(i));
  return files;
}

duckdb::FileExpandResult PlannedFiles::GetExpandResult() const {
  // One file is "multiple" too: DuckDB would take its parallelism from a reader that was opened at bind.
  return GetTotalFileCount() == 0 ? duckdb::FileExpandResult::NO_FILES
                                  : duckdb::FileExpandResult::MULTIPLE_FILES;
}

duckdb::idx_t PlannedFiles::GetTotalFileCount() const {
  return kept_ ? kept_->size() : plan_->Get()->tasks.size();
}

duckdb::unique_ptr<duckdb::NodeStatistics> PlannedFiles::GetCardinality(
    duckdb::ClientContext&) const {
  if (!plan_->IfMade() && plan_->predicate().is_true()) {
    if (const auto rows = scan_->source->RowEstimate()) {
      return duckdb::make_uniq<duckdb::NodeStatistics>(static_cast<duckdb::idx_t>(*rows));
    }
  }
  const auto plan = plan_->Get();
  int64_t rows = 0;
  const size_t count = GetTotalFileCount();
  for (size_t i = 0; i < count; ++i) rows += plan->tasks[TaskAt(i)].file.record_count;
  return duckdb::make_uniq<duckdb::NodeStatistics>(
      static_cast<duckdb::idx_t>(std::max<int64_t>(rows, 0)));
}

duckdb::unique_ptr<duckdb::MultiFileList> PlannedFiles::Copy() const {
  return duckdb::make_uniq<PlannedFiles>(scan_, plan_, kept_);
}

duckdb::OpenFileInfo PlannedFiles::GetFile(duckdb::idx_t i) const {
  if (i >= GetTotalFileCount()) return {};
  const size_t index = TaskAt(i);
  return FileInfo(*scan_, plan_->Get()->tasks[index], index);
}

bool TimeZoneIsUtc(duckdb::ClientContext& context) {
  duckdb::Value zone;
  if (!context.TryGetCurrentSetting("TimeZone", zone) || zone.IsNull()) return false;
  const std::string name = zone.ToString();
  return name == "UTC" || name == "Etc/UTC" || name == "GMT" || name == "Z";
}

}  // namespace artemis

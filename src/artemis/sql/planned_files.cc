// File lists over a shared lazy plan.
#include "artemis/sql/planned_files.h"

#include <algorithm>
#include <map>
#include <utility>

#include <duckdb/common/multi_file/multi_file_reader.hpp>
#include <duckdb/main/client_context.hpp>
#include <duckdb/planner/expression/bound_columnref_expression.hpp>
#include <duckdb/planner/expression/bound_comparison_expression.hpp>
#include <duckdb/planner/expression/bound_constant_expression.hpp>
#include <duckdb/storage/statistics/base_statistics.hpp>

#include "artemis/base/near_match.h"
#include "artemis/expr/lift.h"
#include "artemis/expr/range_evaluator.h"
#include "artemis/io/location.h"
#include "artemis/schema/literal.h"
#include "artemis/sql/error_wall.h"
#include "artemis/sql/file_filter.h"
#include "artemis/sql/file_order.h"
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

bool IsAboveTheScan(const duckdb::Expression& filter) {
  return filter.GetExpressionType() == duckdb::ExpressionType::COMPARE_NOT_DISTINCT_FROM;
}

// The same filter in a form that DuckDB makes no table filter of: files do not hold virtual columns.
duckdb::unique_ptr<duckdb::Expression> AboveTheScan(duckdb::unique_ptr<duckdb::Expression> filter) {
  if (IsAboveTheScan(*filter)) return filter;
  return duckdb::make_uniq<duckdb::BoundComparisonExpression>(
      duckdb::ExpressionType::COMPARE_NOT_DISTINCT_FROM, std::move(filter),
      duckdb::make_uniq<duckdb::BoundConstantExpression>(duckdb::Value::BOOLEAN(true)));
}

// Whether a filter may let a value through.
bool MayPass(const duckdb::TableFilter& filter, const duckdb::Value& value) {
  auto statistics = duckdb::BaseStatistics::FromConstant(value);
  return filter.CheckStatistics(statistics) != duckdb::FilterPropagateResult::FILTER_ALWAYS_FALSE;
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
  if (task.file.first_row_id) {
    options[kFirstRowIdOption] = duckdb::Value::BIGINT(*task.file.first_row_id);
  }
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

const ColumnMetrics* LazyPlan::FindMetrics(const std::string& path, FieldId id) const {
  std::lock_guard lock(metrics_mutex_);
  if (!metrics_plan_) {
    auto plan = scan_->source->PlanWithMetrics(predicate_);
    metrics_plan_ = plan.ok() ? *std::move(plan) : std::make_shared<const ScanPlan>();
    for (const ScanTask& task : metrics_plan_->tasks) metrics_.emplace(task.file.path, &task.file);
  }
  const auto file = metrics_.find(path);
  if (file == metrics_.end()) return nullptr;
  for (const ColumnMetrics& metrics : file->second->metrics) {
    if (metrics.field_id == id) return &metrics;
  }
  return nullptr;
}

PlannedFiles::PlannedFiles(std::shared_ptr<const TableScan> scan)
    : PlannedFiles(scan, std::make_shared<LazyPlan>(scan, BoundPredicate::True()), std::nullopt) {}

PlannedFiles::PlannedFiles(std::shared_ptr<const TableScan> scan,
                           std::shared_ptr<const LazyPlan> plan,
                           std::optional<std::vector<size_t>> kept,
                           std::vector<OfferedFilter> filters)
    : scan_(std::move(scan)),
      plan_(std::move(plan)),
      kept_(std::move(kept)),
      filters_(std::move(filters)) {}

size_t PlannedFiles::TaskAt(size_t i) const {
  if (order_) return order_->tasks()[i];
  return kept_ ? (*kept_)[i] : i;
}

size_t PlannedFiles::TaskIndex(const duckdb::OpenFileInfo& file) {
  return file.extended_info->options.at(kTaskOption).GetValue<uint64_t>();
}

FilterContext FilterContextOf(const TableScan& scan, duckdb::ClientContext& context,
                              duckdb::idx_t table_index,
                              const duckdb::vector<duckdb::column_t>& column_ids) {
  const auto column_of = [table_index,
                          &column_ids](const duckdb::Expression& expression) -> duckdb::column_t {
    if (expression.GetExpressionClass() != duckdb::ExpressionClass::BOUND_COLUMN_REF) {
      return duckdb::DConstants::INVALID_INDEX;
    }
    const auto& binding = expression.Cast<duckdb::BoundColumnRefExpression>().binding;
    if (binding.table_index != table_index || binding.column_index >= column_ids.size()) {
      return duckdb::DConstants::INVALID_INDEX;
    }
    return column_ids[binding.column_index];
  };
  FilterContext result;
  result.field_of = [&scan, column_of](const duckdb::Expression& expression) -> const Field* {
    const duckdb::column_t column = column_of(expression);
    const auto& fields = scan.schema().fields;
    return column < fields.size() ? &fields[column] : nullptr;
  };
  result.virtual_column_of = [&scan, column_of](const duckdb::Expression& expression) {
    return FindVirtualColumn(scan.virtual_columns, column_of(expression));
  };
  result.utc = TimeZoneIsUtc(context);
  return result;
}

duckdb::unique_ptr<duckdb::MultiFileList> PlannedFiles::ComplexFilterPushdown(
    duckdb::ClientContext& context, const duckdb::MultiFileOptions&,
    duckdb::MultiFilePushdownInfo& info, Expressions& filters) const {
  plan_->Settle();
  if (filters.empty()) return nullptr;
  const FilterContext filter_context =
      FilterContextOf(*scan_, context, info.table_index, info.column_ids);
  std::vector<BoundPredicate> conjuncts;
  for (const auto& filter : filters) {
    conjuncts.push_back(PredicateFromExpression(*filter, filter_context));
  }
  const auto narrowed = Narrowed(And(std::move(conjuncts)));
  return narrowed->Classified(context, info, filter_context, filters);
}

duckdb::unique_ptr<PlannedFiles> PlannedFiles::Classified(duckdb::ClientContext& context,
                                                          const duckdb::MultiFilePushdownInfo&,
                                                          const FilterContext& filter_context,
                                                          Expressions& filters) const {
  auto result = duckdb::make_uniq<PlannedFiles>(scan_, plan_, kept_, filters_);
  Expressions left;
  // Filters on what each file is come first: they leave fewer files for the others.
  for (auto& filter : filters) {
    auto of_files = FileFilter::Make(context, *scan_, *filter, filter_context);
    std::optional<std::vector<size_t>> kept;
    if (of_files) kept = result->KeptBy(*of_files);
    if (!kept) {
      left.push_back(std::move(filter));
      continue;
    }
    result = duckdb::make_uniq<PlannedFiles>(scan_, plan_, std::move(kept), result->filters_);
    result->Note(*filter, FilterClass::kExact);
  }
  filters.clear();
  for (auto& filter : left) {
    const TranslatedFilter translated = TranslateFilter(*filter, filter_context);
    if (translated.is_equivalent && result->IsCovered(translated.predicate)) {
      result->Note(*filter, FilterClass::kExact);
      continue;
    }
    result->Note(*filter, translated.predicate.is_true() ? FilterClass::kUnsupported
                                                         : FilterClass::kInexact);
    if (RefersToVirtualColumn(*filter, filter_context)) filter = AboveTheScan(std::move(filter));
    filters.push_back(std::move(filter));
  }
  return result;
}

std::optional<std::vector<size_t>> PlannedFiles::KeptBy(const FileFilter& filter) const {
  const auto plan = plan_->Get();
  std::vector<size_t> kept;
  const size_t count = GetTotalFileCount();
  for (size_t i = 0; i < count; ++i) {
    const auto keeps = filter.Keeps(plan->tasks[TaskAt(i)]);
    if (!keeps) return std::nullopt;
    if (*keeps) kept.push_back(TaskAt(i));
  }
  return kept;
}

bool PlannedFiles::IsCovered(const BoundPredicate& predicate) const {
  if (predicate.is_true()) return true;
  const TableView& view = scan_->source->pin().view;
  std::map<SpecId, BoundPredicate> strict;
  for (const ScanTask* task : Tasks()) {
    const PartitionSpec* spec = view.metadata->FindSpec(task->file.spec_id);
    if (spec == nullptr) return false;
    auto found = strict.find(spec->id);
    if (found == strict.end()) {
      found = strict.emplace(spec->id, ProjectStrict(predicate, *spec, *view.schema)).first;
    }
    if (!EvaluateTuple(found->second, *spec, task->file.partition)) return false;
  }
  return true;
}

void PlannedFiles::Note(const duckdb::Expression& filter, FilterClass filter_class) {
  const std::string text = IsAboveTheScan(filter)
                               ? filter.Cast<duckdb::BoundComparisonExpression>().left->ToString()
                               : filter.ToString();
  for (OfferedFilter& known : filters_) {
    if (known.text != text) continue;
    known.filter_class = filter_class;
    return;
  }
  filters_.push_back({text, filter_class});
}

bool PlannedFiles::is_exact() const {
  return std::all_of(filters_.begin(), filters_.end(), [](const OfferedFilter& filter) {
    return filter.filter_class == FilterClass::kExact;
  });
}

std::vector<const ScanTask*> PlannedFiles::Tasks() const {
  const auto plan = plan_->Get();
  std::vector<const ScanTask*> tasks;
  const size_t count = GetTotalFileCount();
  for (size_t i = 0; i < count; ++i) tasks.push_back(&plan->tasks[TaskAt(i)]);
  return tasks;
}

duckdb::unique_ptr<duckdb::MultiFileList> PlannedFiles::DynamicFilterPushdown(
    duckdb::ClientContext& context, const duckdb::MultiFileOptions&,
    const duckdb::vector<std::string>&, const duckdb::vector<duckdb::LogicalType>&,
    const duckdb::vector<duckdb::column_t>& column_ids, duckdb::TableFilterSet& filters) const {
  const bool utc = TimeZoneIsUtc(context);
  const auto& fields = scan_->schema().fields;
  std::vector<BoundPredicate> conjuncts;
  std::vector<std::pair<const VirtualColumn*, const duckdb::TableFilter*>> of_files;
  std::vector<const duckdb::TableFilter*> of_numbers;
  std::optional<std::pair<const Field*, const duckdb::TableFilter*>> top;
  for (const auto& [index, filter] : filters.filters) {
    const duckdb::column_t column = column_ids[index];
    if (column < fields.size()) {
      conjuncts.push_back(PredicateFromFilter(*filter, fields[column], utc));
      if (FileOrder::IsTopN(*filter)) top.emplace(&fields[column], filter.get());
    } else if (const auto* found = FindVirtualColumn(scan_->virtual_columns, column)) {
      of_files.emplace_back(found, filter.get());
    } else if (column == duckdb::MultiFileReader::COLUMN_IDENTIFIER_FILE_INDEX) {
      of_numbers.push_back(filter.get());
    }
  }
  const BoundPredicate predicate = And(std::move(conjuncts));
  if (of_files.empty() && of_numbers.empty() && !top &&
      (predicate.is_true() || predicate == plan_->predicate())) {
    return nullptr;
  }
  const TableView& view = scan_->source->pin().view;
  const auto plan = plan_->Get();
  const std::vector<ScanTask>& tasks = plan->tasks;
  auto result = Filtered([&](const ScanTask& task) {
    for (const auto& [column, filter] : of_files) {
      const auto value = ValueInFile(*column, view, task);
      if (value && !MayPass(*filter, *value)) return false;
    }
    const auto number = static_cast<uint64_t>(&task - tasks.data());
    for (const duckdb::TableFilter* filter : of_numbers) {
      if (!MayPass(*filter, duckdb::Value::UBIGINT(number))) return false;
    }
    return TaskMayMatch(*scan_, task, predicate);
  });
  if (top) result->order_ = FileOrder::Make(*plan_, *result->kept_, *top->first, *top->second);
  return result;
}

duckdb::unique_ptr<PlannedFiles> PlannedFiles::Filtered(
    const std::function<bool(const ScanTask&)>& keep) const {
  const auto plan = plan_->Get();
  const size_t count = GetTotalFileCount();
  std::vector<size_t> kept;
  for (size_t i = 0; i < count; ++i) {
    if (keep(plan->tasks[TaskAt(i)])) kept.push_back(TaskAt(i));
  }
  return duckdb::make_uniq<PlannedFiles>(scan_, plan_, std::move(kept), filters_);
}

duckdb::unique_ptr<PlannedFiles> PlannedFiles::Narrowed(const BoundPredicate& predicate) const {
  if (predicate.is_true()) return duckdb::make_uniq<PlannedFiles>(scan_, plan_, kept_, filters_);
  if (plan_->IfMade()) {
    return Filtered([&](const ScanTask& task) { return TaskMayMatch(*scan_, task, predicate); });
  }
  auto plan = std::make_shared<LazyPlan>(scan_, And({plan_->predicate(), predicate}));
  plan->Settle();
  return duckdb::make_uniq<PlannedFiles>(scan_, std::move(plan), std::nullopt, filters_);
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
  return duckdb::make_uniq<PlannedFiles>(scan_, plan_, kept_, filters_);
}

duckdb::OpenFileInfo PlannedFiles::GetFile(duckdb::idx_t i) const {
  if (i >= GetTotalFileCount() || (order_ && order_->EndsBefore(i))) return {};
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

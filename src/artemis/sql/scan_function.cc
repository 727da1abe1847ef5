// Copies the system's parquet_scan and replaces what asks about files.
#include "artemis/sql/scan_function.h"

#include <algorithm>
#include <utility>

#include <duckdb/catalog/catalog_entry/table_function_catalog_entry.hpp>
#include <duckdb/common/multi_file/multi_file_states.hpp>
#include <duckdb/parser/tableref/table_function_ref.hpp>
#include <duckdb/planner/operator/logical_get.hpp>

#include "artemis/base/time_text.h"
#include "artemis/sql/at_clause.h"
#include "artemis/sql/file_statistics.h"
#include "artemis/sql/scan_reader.h"

namespace artemis {
namespace {

struct ScanFunctionInfo : public duckdb::TableFunctionInfo {
  ScanFunctionInfo(std::shared_ptr<const TableScan> the_scan, duckdb::TableCatalogEntry& the_entry)
      : scan(std::move(the_scan)), entry(the_entry) {}
  const std::shared_ptr<const TableScan> scan;
  duckdb::TableCatalogEntry& entry;
};

const PlannedFiles& FilesOf(const duckdb::FunctionData& bind_data) {
  return bind_data.Cast<duckdb::MultiFileBindData>().file_list->Cast<PlannedFiles>();
}

duckdb::unique_ptr<duckdb::MultiFileReader> MakeScanReader(const duckdb::TableFunction& function) {
  const auto& info = static_cast<const ScanFunctionInfo&>(*function.function_info);
  return duckdb::make_uniq<ScanReader>(info.scan, info.entry);
}

std::string KeptOf(int64_t kept, int64_t total) {
  return std::to_string(kept) + " of " + std::to_string(total);
}

std::string SpecText(const std::vector<SpecId>& specs) {
  std::string text;
  for (const SpecId spec : specs) text += (text.empty() ? "" : ", ") + ToString(spec);
  return text;
}

using TextLines = duckdb::InsertionOrderPreservingMap<std::string>;

void DescribeFilters(const PlannedFiles& files, FilterClass filter_class, const char* title,
                     TextLines* lines) {
  std::string text;
  for (const OfferedFilter& filter : files.filters()) {
    if (filter.filter_class != filter_class) continue;
    text += (text.empty() ? "" : "\n") + filter.text;
  }
  if (!text.empty()) (*lines)[title] = text;
}

void DescribePlan(const PlannedFiles& files, TextLines* lines) {
  const auto plan = files.plan().Get();
  const ScanPlanSummary& summary = plan->summary;
  if (!summary.spec_ids.empty()) (*lines)["Spec ids"] = SpecText(summary.spec_ids);
  (*lines)["Manifests"] = KeptOf(summary.manifests_kept, summary.manifests_total);
  (*lines)["Files"] = KeptOf(static_cast<int64_t>(files.GetTotalFileCount()), summary.files_total);
  if (summary.row_groups_total > 0) {
    (*lines)["Row groups"] = KeptOf(summary.row_groups_kept, summary.row_groups_total);
  }
  if (summary.delete_files > 0) (*lines)["Delete files"] = std::to_string(summary.delete_files);
  DescribeFilters(files, FilterClass::kExact, "Exact filters", lines);
  DescribeFilters(files, FilterClass::kInexact, "Inexact filters", lines);
  DescribeFilters(files, FilterClass::kUnsupported, "Unsupported filters", lines);
  if (!plan->predicate.is_true()) {
    (*lines)["Planned with"] =
        FormatPredicate(plan->predicate, *files.scan().source->pin().view.schema);
  }
}

TextLines DescribeScan(duckdb::TableFunctionToStringInput& input) {
  TextLines lines;
  const PlannedFiles& files = FilesOf(*input.bind_data);
  const PinnedSnapshot& pin = files.scan().source->pin();
  lines["Table"] = files.scan().table.ToString();
  lines["Snapshot"] = pin.view.snapshot_id ? ToString(*pin.view.snapshot_id) : "none yet";
  if (pin.committed_at) lines["Committed at"] = FormatTime(*pin.committed_at);
  lines["Schema id"] = ToString(pin.view.schema->id);
  if (files.plan().is_settled()) DescribePlan(files, &lines);
  return lines;
}

bool PushExpression(duckdb::ClientContext& context, const duckdb::LogicalGet& get,
                    duckdb::Expression& expression) {
  const TableScan& scan = FilesOf(*get.bind_data).scan();
  duckdb::vector<duckdb::column_t> columns;
  for (const auto& column : get.GetColumnIds()) columns.push_back(column.GetPrimaryIndex());
  const FilterContext filter_context = FilterContextOf(scan, context, get.table_index, columns);
  // What prunes nothing is evaluated above the scan, where EXPLAIN shows it.
  return !RefersToVirtualColumn(expression, filter_context) &&
         !PredicateFromExpression(expression, filter_context).is_true();
}

bool SupportsPushdown(const duckdb::FunctionData& bind_data, duckdb::idx_t column) {
  return column < FilesOf(bind_data).scan().schema().fields.size();
}

// The virtual columns of the scanned entry, also where DuckDB looks for those of a file.
duckdb::virtual_column_map_t ScanVirtualColumns(duckdb::ClientContext&,
                                                duckdb::optional_ptr<duckdb::FunctionData> data) {
  auto& bound = data->Cast<duckdb::MultiFileBindData>();
  bound.virtual_columns = bound.multi_file_reader->Cast<ScanReader>().entry().GetVirtualColumns();
  return bound.virtual_columns;
}

// DuckDB's scan on as many threads as the session wants. The function copied is the same each time.
duckdb::table_function_init_global_t ParquetInit(duckdb::table_function_init_global_t init) {
  static const duckdb::table_function_init_global_t kept = init;
  return kept;
}

duckdb::unique_ptr<duckdb::GlobalTableFunctionState> InitScan(
    duckdb::ClientContext& context, duckdb::TableFunctionInitInput& input) {
  // A copy of the bind data has lost them.
  ScanVirtualColumns(context, const_cast<duckdb::FunctionData*>(input.bind_data.get()));
  auto state = ParquetInit(nullptr)(context, input);
  auto& files = state->Cast<duckdb::MultiFileGlobalState>();
  files.max_threads = std::min<duckdb::idx_t>(
      files.max_threads, static_cast<duckdb::idx_t>(FileConcurrencyOf(context)));
  return state;
}

duckdb::TableFunction SystemParquetScan(duckdb::ClientContext& context) {
  auto& system = duckdb::Catalog::GetSystemCatalog(context);
  auto& entry =
      system.GetEntry<duckdb::TableFunctionCatalogEntry>(context, DEFAULT_SCHEMA, "parquet_scan");
  return entry.functions.GetFunctionByArguments(context, {duckdb::LogicalType::VARCHAR});
}

duckdb::TableFunction ScanFunction(duckdb::ClientContext& context,
                                   std::shared_ptr<const TableScan> scan,
                                   duckdb::TableCatalogEntry& entry) {
  duckdb::TableFunction function = SystemParquetScan(context);
  function.name = "artemis_scan";
  ParquetInit(function.init_global);
  function.init_global = InitScan;
  function.function_info = duckdb::make_shared_ptr<ScanFunctionInfo>(std::move(scan), entry);
  function.get_multi_file_reader = MakeScanReader;
  function.to_string = DescribeScan;
  // DuckDB's own names the files.
  function.dynamic_to_string = nullptr;
  function.get_virtual_columns = ScanVirtualColumns;
  function.get_partition_stats = FileStatistics;
  function.pushdown_expression = PushExpression;
  function.supports_pushdown_type = SupportsPushdown;
  // DuckDB's own would open files when a query is planned.
  function.statistics = ColumnStatistics;
  function.get_bind_info = [](const duckdb::optional_ptr<duckdb::FunctionData> bind_data) {
    const auto& data = bind_data->Cast<duckdb::MultiFileBindData>();
    return duckdb::BindInfo(data.multi_file_reader->Cast<ScanReader>().entry());
  };
  function.serialize = nullptr;
  function.deserialize = nullptr;
  function.verify_serialization = false;
  return function;
}

}  // namespace

duckdb::TableFunction BindTableScan(duckdb::ClientContext& context,
                                    std::shared_ptr<const TableScan> scan,
                                    duckdb::TableCatalogEntry& entry,
                                    duckdb::unique_ptr<duckdb::FunctionData>& bind_data) {
  duckdb::TableFunction function = ScanFunction(context, std::move(scan), entry);
  duckdb::vector<duckdb::Value> inputs = {duckdb::Value("")};
  duckdb::named_parameter_map_t parameters;
  // Without it, row groups with NaN are pruned as if they had none.
  parameters["can_have_nan"] = duckdb::Value::BOOLEAN(true);
  duckdb::vector<duckdb::LogicalType> input_types;
  duckdb::vector<std::string> input_names;
  const duckdb::TableFunctionRef ref;
  duckdb::TableFunctionBindInput input(inputs, parameters, input_types, input_names,
                                       function.function_info.get(), nullptr, function, ref);
  duckdb::vector<duckdb::LogicalType> return_types;
  duckdb::vector<std::string> names;
  bind_data = function.bind(context, input, return_types, names);
  ScanVirtualColumns(context, bind_data.get());
  return function;
}

}  // namespace artemis

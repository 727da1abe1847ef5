// Copies the system's parquet_scan and replaces what asks about files.
#include "artemis/sql/scan_function.h"

#include <utility>

#include <duckdb/catalog/catalog_entry/table_function_catalog_entry.hpp>
#include <duckdb/common/multi_file/multi_file_states.hpp>
#include <duckdb/function/partition_stats.hpp>
#include <duckdb/parser/tableref/table_function_ref.hpp>

#include "artemis/base/time_text.h"
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

// Record counts are exact as long as no row is deleted.
duckdb::vector<duckdb::PartitionStatistics> CountRows(duckdb::ClientContext&,
                                                      duckdb::GetPartitionStatsInput& input) {
  duckdb::vector<duckdb::PartitionStatistics> partitions;
  const PlannedFiles& files = FilesOf(*input.bind_data);
  if (!files.plan().predicate().is_true()) return partitions;
  const auto plan = files.plan().Get();
  int64_t first_row = 0;
  for (const ScanTask& task : plan->tasks) {
    if (!task.deletes.empty() || task.file.record_count < 0) return {};
    duckdb::PartitionStatistics partition;
    partition.row_start = static_cast<duckdb::idx_t>(first_row);
    partition.count = static_cast<duckdb::idx_t>(task.file.record_count);
    partition.count_type = duckdb::CountType::COUNT_EXACT;
    first_row += task.file.record_count;
    partitions.push_back(std::move(partition));
  }
  return partitions;
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
  function.function_info = duckdb::make_shared_ptr<ScanFunctionInfo>(std::move(scan), entry);
  function.get_multi_file_reader = MakeScanReader;
  function.to_string = DescribeScan;
  // DuckDB's own names the files.
  function.dynamic_to_string = nullptr;
  function.get_partition_stats = CountRows;
  // DuckDB's own would open or list files when a query is bound.
  function.statistics = nullptr;
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
  return function;
}

}  // namespace artemis

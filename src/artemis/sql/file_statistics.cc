// Bounds come from the manifests, which are read for them when the first column asks.
#include "artemis/sql/file_statistics.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>
#include <variant>

#include <duckdb/common/multi_file/multi_file_states.hpp>
#include <duckdb/storage/statistics/base_statistics.hpp>
#include <duckdb/storage/statistics/numeric_stats.hpp>

#include "artemis/schema/literal.h"
#include "artemis/sql/planned_files.h"

namespace artemis {
namespace {

// How many values lie from `low` to `high`, both of them among these; nullopt where that is not to be said, or is beyond 2^63.
std::optional<uint64_t> CountBetween(const LiteralValue& low, const LiteralValue& high) {
  const auto widened = [](const LiteralValue& value) -> std::optional<int64_t> {
    if (const auto* narrow = std::get_if<int32_t>(&value)) return *narrow;
    if (const auto* wide = std::get_if<int64_t>(&value)) return *wide;
    if (const auto* decimal = std::get_if<arrow::Decimal128>(&value)) {
      const auto number = decimal->ToInteger<int64_t>();
      if (number.ok()) return *number;
    }
    return std::nullopt;
  };
  const auto first = widened(low);
  const auto last = widened(high);
  if (!first || !last || *last < *first) return std::nullopt;
  const uint64_t distance = static_cast<uint64_t>(*last) - static_cast<uint64_t>(*first);
  if (distance >= (uint64_t{1} << 63)) return std::nullopt;
  return distance + 1;
}

// What the manifests say of a column of one file.
struct ColumnOfFile {
  LiteralValue low, high;
  bool has_nulls = false;
};

// nullopt where its least and greatest value are not known for certain, or there are none.
std::optional<ColumnOfFile> FindColumn(const LazyPlan& plan, const std::string& path, int64_t rows,
                                       const Field& field) {
  if (!HasExactBounds(field.type.kind)) return std::nullopt;
  const ColumnMetrics* metrics = plan.FindMetrics(path, field.id);
  if (metrics == nullptr || !metrics->null_count || !metrics->lower_bound ||
      !metrics->upper_bound || *metrics->null_count >= rows) {
    return std::nullopt;
  }
  const auto low = FromBytes(field.type, *metrics->lower_bound);
  const auto high = FromBytes(field.type, *metrics->upper_bound);
  if (!low.ok() || !high.ok()) return std::nullopt;
  return ColumnOfFile{*low, *high, *metrics->null_count > 0};
}

duckdb::unique_ptr<duckdb::BaseStatistics> ToStatistics(const Field& field,
                                                        const ColumnOfFile& column) {
  auto statistics = duckdb::BaseStatistics::CreateEmpty(ToDuckType(field.type));
  duckdb::NumericStats::SetMin(statistics, ToDuckValue(field.type, column.low));
  duckdb::NumericStats::SetMax(statistics, ToDuckValue(field.type, column.high));
  statistics.SetHasNoNullFast();
  if (column.has_nulls) statistics.SetHasNullFast();
  return statistics.ToUnique();
}

// Whether the bounds of all columns are worth reading the manifests once more. By measurement an entry of twelve columns costs as much
// as a scan of some hundred rows.
bool PaysToReadBounds(const ScanPlanSummary& summary, int64_t rows) {
  constexpr int64_t kAlwaysFiles = 16;
  constexpr int64_t kRowsForEachFile = 10'000;
  return summary.files_total <= kAlwaysFiles || rows / kRowsForEachFile >= summary.files_total;
}

class FileRows : public duckdb::PartitionRowGroup {
 public:
  FileRows(std::shared_ptr<const TableScan> scan, std::shared_ptr<const LazyPlan> plan,
           std::string path, int64_t rows)
      : scan_(std::move(scan)), plan_(std::move(plan)), path_(std::move(path)), rows_(rows) {}

  duckdb::unique_ptr<duckdb::BaseStatistics> GetColumnStatistics(
      const duckdb::StorageIndex& index) override {
    const auto& fields = scan_->schema().fields;
    if (index.HasChildren() || !index.HasPrimaryIndex() ||
        index.GetPrimaryIndex() >= fields.size()) {
      return nullptr;
    }
    const Field& field = fields[index.GetPrimaryIndex()];
    const auto column = FindColumn(*plan_, path_, rows_, field);
    return column ? ToStatistics(field, *column) : nullptr;
  }

  bool MinMaxIsExact(const duckdb::BaseStatistics&, const duckdb::StorageIndex&) override {
    return true;
  }

 private:
  const std::shared_ptr<const TableScan> scan_;
  const std::shared_ptr<const LazyPlan> plan_;
  const std::string path_;
  const int64_t rows_;
};

}  // namespace

bool HasExactBounds(TypeKind kind) {
  switch (kind) {
    case TypeKind::kInt:
    case TypeKind::kLong:
    case TypeKind::kDate:
    case TypeKind::kTime:
    case TypeKind::kTimestamp:
    case TypeKind::kTimestamptz:
    case TypeKind::kTimestampNs:
      return true;
    case TypeKind::kDecimal:
      return true;
    default:
      return false;
  }
}

duckdb::vector<duckdb::PartitionStatistics> FileStatistics(duckdb::ClientContext&,
                                                           duckdb::GetPartitionStatsInput& input) {
  duckdb::vector<duckdb::PartitionStatistics> partitions;
  const auto& data = input.bind_data->Cast<duckdb::MultiFileBindData>();
  const auto& files = data.file_list->Cast<PlannedFiles>();
  if (!files.is_exact()) return partitions;
  int64_t first_row = 0;
  for (const ScanTask* task : files.Tasks()) {
    if (!task->deletes.empty() || task->file.record_count < 0) return {};
    duckdb::PartitionStatistics partition;
    partition.row_start = static_cast<duckdb::idx_t>(first_row);
    partition.count = static_cast<duckdb::idx_t>(task->file.record_count);
    partition.count_type = duckdb::CountType::COUNT_EXACT;
    partition.partition_row_group = duckdb::make_shared_ptr<FileRows>(
        files.shared_scan(), files.shared_plan(), task->file.path, task->file.record_count);
    first_row += task->file.record_count;
    partitions.push_back(std::move(partition));
  }
  return partitions;
}

duckdb::unique_ptr<duckdb::BaseStatistics> ColumnStatistics(duckdb::ClientContext&,
                                                            const duckdb::FunctionData* bind_data,
                                                            duckdb::column_t column) {
  const auto& data = bind_data->Cast<duckdb::MultiFileBindData>();
  const auto& files = data.file_list->Cast<PlannedFiles>();
  const auto& fields = files.scan().schema().fields;
  if (!files.plan().is_settled() || column >= fields.size()) return nullptr;
  const Field& field = fields[column];
  if (!HasExactBounds(field.type.kind)) return nullptr;
  const auto tasks = files.Tasks();
  int64_t rows = 0;
  for (const ScanTask* task : tasks) rows += task->file.record_count;
  if (tasks.empty() || !PaysToReadBounds(files.plan().Get()->summary, rows)) return nullptr;
  std::optional<ColumnOfFile> all;
  for (const ScanTask* task : tasks) {
    auto one = FindColumn(files.plan(), task->file.path, task->file.record_count, field);
    if (!one) return nullptr;
    if (!all) all = one;
    if (CompareValues(one->low, all->low) < 0) all->low = std::move(one->low);
    if (CompareValues(one->high, all->high) > 0) all->high = std::move(one->high);
    all->has_nulls = all->has_nulls || one->has_nulls;
  }
  auto statistics = ToStatistics(field, *all);
  if (const auto between = CountBetween(all->low, all->high)) {
    statistics->SetDistinctCount(std::min(*between, static_cast<uint64_t>(rows)));
  }
  return statistics;
}

}  // namespace artemis

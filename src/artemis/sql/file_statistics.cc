// Bounds are planned for once more, with all metrics, when the first MIN or MAX asks.
#include "artemis/sql/file_statistics.h"

#include <algorithm>
#include <memory>
#include <utility>

#include <duckdb/common/multi_file/multi_file_states.hpp>
#include <duckdb/storage/statistics/base_statistics.hpp>
#include <duckdb/storage/statistics/numeric_stats.hpp>

#include "artemis/schema/literal.h"
#include "artemis/sql/planned_files.h"

namespace artemis {
namespace {

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

// The metrics of all columns of the files of one scan, read when first asked for.
class AllMetrics {
 public:
  AllMetrics(std::shared_ptr<const TableScan> scan, BoundPredicate predicate)
      : scan_(std::move(scan)), predicate_(std::move(predicate)) {}

  const TableScan& scan() const { return *scan_; }

  // Null where the file has none of the column.
  const ColumnMetrics* Find(const std::string& path, FieldId id) {
    std::lock_guard lock(mutex_);
    if (!plan_) {
      auto plan = scan_->source->PlanWithMetrics(predicate_);
      plan_ = plan.ok() ? *std::move(plan) : std::make_shared<const ScanPlan>();
      for (const ScanTask& task : plan_->tasks) by_path_.emplace(task.file.path, &task.file);
    }
    const auto file = by_path_.find(path);
    if (file == by_path_.end()) return nullptr;
    for (const ColumnMetrics& metrics : file->second->metrics) {
      if (metrics.field_id == id) return &metrics;
    }
    return nullptr;
  }

 private:
  const std::shared_ptr<const TableScan> scan_;
  const BoundPredicate predicate_;
  std::mutex mutex_;
  std::shared_ptr<const ScanPlan> plan_;
  std::map<std::string, const DataFile*> by_path_;
};

class FileRows : public duckdb::PartitionRowGroup {
 public:
  FileRows(std::shared_ptr<AllMetrics> metrics, std::string path, int64_t rows)
      : metrics_(std::move(metrics)), path_(std::move(path)), rows_(rows) {}

  duckdb::unique_ptr<duckdb::BaseStatistics> GetColumnStatistics(
      const duckdb::StorageIndex& index) override {
    const auto& fields = metrics_->scan().schema().fields;
    if (index.HasChildren() || !index.HasPrimaryIndex() ||
        index.GetPrimaryIndex() >= fields.size()) {
      return nullptr;
    }
    const Field& field = fields[index.GetPrimaryIndex()];
    if (!HasExactBounds(field.type.kind)) return nullptr;
    const ColumnMetrics* metrics = metrics_->Find(path_, field.id);
    if (metrics == nullptr || !metrics->null_count || !metrics->lower_bound ||
        !metrics->upper_bound || *metrics->null_count >= rows_) {
      return nullptr;
    }
    const auto low = FromBytes(field.type, *metrics->lower_bound);
    const auto high = FromBytes(field.type, *metrics->upper_bound);
    if (!low.ok() || !high.ok()) return nullptr;
    auto statistics = duckdb::BaseStatistics::CreateEmpty(ToDuckType(field.type));
    duckdb::NumericStats::SetMin(statistics, ToDuckValue(field.type, *low));
    duckdb::NumericStats::SetMax(statistics, ToDuckValue(field.type, *high));
    statistics.SetHasNoNullFast();
    if (*metrics->null_count > 0) statistics.SetHasNullFast();
    return statistics.ToUnique();
  }

  bool MinMaxIsExact(const duckdb::BaseStatistics&, const duckdb::StorageIndex&) override {
    return true;
  }

 private:
  const std::shared_ptr<AllMetrics> metrics_;
  const std::string path_;
  const int64_t rows_;
};

}  // namespace

duckdb::vector<duckdb::PartitionStatistics> FileStatistics(duckdb::ClientContext&,
                                                           duckdb::GetPartitionStatsInput& input) {
  duckdb::vector<duckdb::PartitionStatistics> partitions;
  const auto& data = input.bind_data->Cast<duckdb::MultiFileBindData>();
  const auto& files = data.file_list->Cast<PlannedFiles>();
  if (!files.is_exact()) return partitions;
  const auto metrics = std::make_shared<AllMetrics>(files.shared_scan(), files.plan().predicate());
  int64_t first_row = 0;
  for (const ScanTask* task : files.Tasks()) {
    if (!task->deletes.empty() || task->file.record_count < 0) return {};
    duckdb::PartitionStatistics partition;
    partition.row_start = static_cast<duckdb::idx_t>(first_row);
    partition.count = static_cast<duckdb::idx_t>(task->file.record_count);
    partition.count_type = duckdb::CountType::COUNT_EXACT;
    partition.partition_row_group =
        duckdb::make_shared_ptr<FileRows>(metrics, task->file.path, task->file.record_count);
    first_row += task->file.record_count;
    partitions.push_back(std::move(partition));
  }
  return partitions;
}

}  // namespace artemis

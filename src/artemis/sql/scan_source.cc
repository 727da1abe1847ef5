// The real scan source. Equality deletes become positions here, once per file: DuckDB's reader then needs neither the key
// columns in its projection nor a comparison per row.
#include "artemis/sql/scan_source.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "artemis/io/file_system.h"
#include "artemis/parquet/file_reader.h"
#include "artemis/read/column_projection.h"
#include "artemis/read/delete_rows.h"
#include "artemis/read/mapped_schema.h"
#include "artemis/scan/plan_caches.h"

namespace artemis {
namespace {

// Key columns of one data file, batch by batch.
class KeyScan {
 public:
  static arrow::Result<KeyScan> Open(const TableView& view, const ScanTask& task,
                                     const std::vector<Field>& keys, FileSystem& files) {
    KeyScan scan;
    ARROW_ASSIGN_OR_RAISE(auto input, files.OpenInput(task.file.path));
    ARROW_ASSIGN_OR_RAISE(auto footer, ReadFooter(input, task.file.path));
    ARROW_ASSIGN_OR_RAISE(const auto schema,
                          WithFieldIds(footer->arrow_schema, *view.metadata, task.file.path));
    ARROW_ASSIGN_OR_RAISE(
        scan.columns_,
        ProjectColumns(keys, *schema, PartitionConstantsOf(*view.metadata, task.file),
                       task.file.path));
    ParquetReadOptions options;
    options.columns.emplace();
    for (ProjectedColumn& column : scan.columns_) {
      if (column.file_column < 0) continue;
      options.columns->push_back(column.file_column);
      column.file_column = static_cast<int>(options.columns->size()) - 1;
    }
    // Only the number of rows matters then: the first column tells it.
    if (options.columns->empty() && schema->num_fields() > 0) options.columns->push_back(0);
    ARROW_ASSIGN_OR_RAISE(scan.batches_, OpenParquet(std::move(input), std::move(footer), options));
    return scan;
  }

  // The key columns of the next rows; empty at the end.
  arrow::Result<arrow::ArrayVector> Next(int64_t* first_row, int64_t* rows) {
    arrow::ArrayVector arrays;
    ARROW_ASSIGN_OR_RAISE(const auto batch, batches_->Next(first_row));
    if (batch == nullptr) return arrays;
    *rows = batch->num_rows();
    for (const ProjectedColumn& column : columns_) {
      const bool in_file = column.file_column >= 0;
      ARROW_ASSIGN_OR_RAISE(
          auto array,
          ProjectArray(column, *rows, in_file ? batch->column(column.file_column) : nullptr,
                       in_file ? batch->schema()->field(column.file_column).get() : nullptr,
                       arrow::system_memory_pool()));
      arrays.push_back(std::move(array));
    }
    return arrays;
  }

 private:
  std::vector<ProjectedColumn> columns_;
  std::unique_ptr<ParquetBatches> batches_;
};

class PlannedScanSource : public ScanSource {
 public:
  PlannedScanSource(Catalog& catalog, PinnedSnapshot pin, std::shared_ptr<PlanCaches> caches)
      : files_(catalog.files()),
        pin_(std::move(pin)),
        caches_(std::move(caches)),
        deletes_(files_, pin_.view.metadata) {}

  const PinnedSnapshot& pin() const override { return pin_; }

  arrow::Result<std::shared_ptr<const ScanPlan>> Plan(
      const BoundPredicate& predicate) const override {
    PlanOptions options;
    options.prune_row_groups = !predicate.is_true();
    return Plan(predicate, options);
  }

  arrow::Result<std::shared_ptr<const ScanPlan>> PlanWithMetrics(
      const BoundPredicate& predicate) const override {
    PlanOptions options;
    options.prune_row_groups = false;
    options.all_metrics = true;
    return Plan(predicate, options);
  }

  arrow::Result<std::shared_ptr<const ScanPlan>> Plan(const BoundPredicate& predicate,
                                                      PlanOptions options) const {
    if (caches_ != nullptr) caches_->UseIn(&options);
    ARROW_ASSIGN_OR_RAISE(ScanPlan plan, PlanScan(pin_.view, predicate, files_, options));
    return std::make_shared<const ScanPlan>(std::move(plan));
  }

  std::optional<int64_t> RowEstimate() const override {
    if (!pin_.view.snapshot_id) return 0;
    const Snapshot* snapshot = pin_.view.metadata->FindSnapshot(*pin_.view.snapshot_id);
    if (snapshot == nullptr) return std::nullopt;
    const auto total = snapshot->summary.find("total-records");
    if (total == snapshot->summary.end()) return std::nullopt;
    int64_t rows = 0;
    const std::string& text = total->second;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), rows);
    if (parsed.ec != std::errc() || rows < 0) return std::nullopt;
    return rows;
  }

  arrow::Result<std::vector<int64_t>> DeletedRows(const ScanTask& task) const override {
    std::vector<int64_t> positions;
    if (task.deletes.empty()) return positions;
    ARROW_ASSIGN_OR_RAISE(positions, deletes_.PositionsFor(task));
    ARROW_ASSIGN_OR_RAISE(const auto equalities, deletes_.EqualitiesFor(task));
    for (const auto& deletes : equalities) {
      ARROW_RETURN_NOT_OK(AddMatching(task, *deletes, &positions));
    }
    std::sort(positions.begin(), positions.end());
    positions.erase(std::unique(positions.begin(), positions.end()), positions.end());
    return positions;
  }

 private:
  arrow::Status AddMatching(const ScanTask& task, const EqualityDeletes& deletes,
                            std::vector<int64_t>* positions) const {
    ARROW_ASSIGN_OR_RAISE(KeyScan scan, KeyScan::Open(pin_.view, task, deletes.columns, files_));
    for (;;) {
      int64_t first_row = 0;
      int64_t rows = 0;
      ARROW_ASSIGN_OR_RAISE(const auto columns, scan.Next(&first_row, &rows));
      if (columns.empty()) return arrow::Status::OK();
      ARROW_ASSIGN_OR_RAISE(const auto leaves,
                            EqualityLeaves(deletes, columns, arrow::system_memory_pool()));
      for (int64_t row = 0; row < rows; ++row) {
        ARROW_ASSIGN_OR_RAISE(const auto key, EqualityKey(deletes.fields, leaves, row));
        if (deletes.keys.contains(key)) positions->push_back(first_row + row);
      }
    }
  }

  FileSystem& files_;
  const PinnedSnapshot pin_;
  const std::shared_ptr<PlanCaches> caches_;
  mutable DeleteLoader deletes_;
};

}  // namespace

std::shared_ptr<ScanSource> MakeScanSource(Catalog& catalog, PinnedSnapshot pin,
                                           std::shared_ptr<PlanCaches> caches) {
  return std::make_shared<PlannedScanSource>(catalog, std::move(pin), std::move(caches));
}

}  // namespace artemis

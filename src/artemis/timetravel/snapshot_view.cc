// Reads a pin through the replay engine.
#include "artemis/timetravel/snapshot_view.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace artemis {

namespace {

// Streams look at the catalog when a file is missing: it lives as long as they do.
class HeldRows final : public arrow::RecordBatchReader {
 public:
  HeldRows(std::shared_ptr<Catalog> catalog, std::shared_ptr<arrow::RecordBatchReader> rows)
      : catalog_(std::move(catalog)), rows_(std::move(rows)) {}
  ~HeldRows() override { rows_.reset(); }

  std::shared_ptr<arrow::Schema> schema() const override { return rows_->schema(); }
  arrow::Status ReadNext(std::shared_ptr<arrow::RecordBatch>* batch) override {
    return rows_->ReadNext(batch);
  }

 private:
  std::shared_ptr<Catalog> catalog_;
  std::shared_ptr<arrow::RecordBatchReader> rows_;
};

bool IsCountedByMetadata(const ScanTask& task) {
  return task.deletes.empty() && task.residual.is_true();
}

}  // namespace

SnapshotView::SnapshotView(std::shared_ptr<Catalog> catalog, const TableName& table,
                           PinnedSnapshot pin)
    : catalog_(std::move(catalog)),
      pin_(std::move(pin)),
      engine_(std::make_shared<ReplayEngine>(*catalog_, table)) {}

arrow::Result<std::shared_ptr<arrow::RecordBatchReader>> SnapshotView::Scan(
    const ReplayOptions& options) const {
  ARROW_ASSIGN_OR_RAISE(const auto session, engine_->OpenPinned(pin_, options));
  ARROW_ASSIGN_OR_RAISE(auto rows, session.Rows());
  return std::make_shared<HeldRows>(catalog_, std::move(rows));
}

arrow::Result<std::shared_ptr<arrow::Table>> SnapshotView::ToTable(
    const ReplayOptions& options) const {
  ARROW_ASSIGN_OR_RAISE(const auto rows, Scan(options));
  return rows->ToTable();
}

arrow::Result<std::shared_ptr<arrow::Table>> SnapshotView::ToTable(const Predicate& where) const {
  ReplayOptions options;
  options.where = where;
  return ToTable(options);
}

arrow::Result<int64_t> SnapshotView::RowCount() const { return Count({}); }

arrow::Result<int64_t> SnapshotView::RowCount(const Predicate& where) const {
  ReplayOptions options;
  options.where = where;
  return Count(std::move(options));
}

arrow::Result<int64_t> SnapshotView::Count(ReplayOptions options) const {
  options.columns = std::vector<std::string>();
  ARROW_ASSIGN_OR_RAISE(const auto session, engine_->OpenPinned(pin_, options));
  const auto& tasks = session.plan().tasks;
  int64_t count = 0;
  if (std::all_of(tasks.begin(), tasks.end(), IsCountedByMetadata)) {
    for (const auto& task : tasks) count += task.file.record_count;
    return count;
  }
  ARROW_ASSIGN_OR_RAISE(const auto rows, session.Rows());
  std::shared_ptr<arrow::RecordBatch> batch;
  while (true) {
    ARROW_RETURN_NOT_OK(rows->ReadNext(&batch));
    if (batch == nullptr) return count;
    count += batch->num_rows();
  }
}

}  // namespace artemis

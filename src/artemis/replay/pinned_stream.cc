// Explains missing files.
#include "artemis/replay/pinned_stream.h"

#include "artemis/base/error.h"
#include "artemis/io/file_system.h"

namespace artemis {

namespace {

class WatchedReader : public arrow::RecordBatchReader {
 public:
  WatchedReader(PinGuard guard, std::shared_ptr<arrow::RecordBatchReader> rows)
      : guard_(std::move(guard)), rows_(std::move(rows)) {}

  std::shared_ptr<arrow::Schema> schema() const override { return rows_->schema(); }
  arrow::Status ReadNext(std::shared_ptr<arrow::RecordBatch>* batch) override {
    const auto status = rows_->ReadNext(batch);
    return status.ok() ? status : guard_.Explain(status);
  }
  arrow::Status Close() override { return rows_->Close(); }

 private:
  const PinGuard guard_;
  const std::shared_ptr<arrow::RecordBatchReader> rows_;
};

}  // namespace

PinGuard::PinGuard(Catalog& catalog, TableName table, const PinnedSnapshot& pin)
    : catalog_(&catalog), table_(std::move(table)), snapshot_id_(pin.view.snapshot_id) {}

arrow::Status PinGuard::Explain(const arrow::Status& status) const {
  if (!IsFileNotFound(status)) return status;
  const auto now = catalog_->Load(table_);
  if (!now.ok() || !snapshot_id_) return status;
  if (now->metadata->FindSnapshot(*snapshot_id_) != nullptr) {
    return CorruptFileError(table_.ToString(), "a file of snapshot " + ToString(*snapshot_id_) +
                                                   " is missing: " + status.message());
  }
  std::optional<TimestampMs> oldest;
  for (const auto& entry : now->metadata->snapshot_log) {
    if (!oldest || entry.timestamp < *oldest) oldest = entry.timestamp;
  }
  return SnapshotExpiredError("snapshot " + ToString(*snapshot_id_), oldest);
}

std::shared_ptr<arrow::RecordBatchReader> PinGuard::Watch(
    std::shared_ptr<arrow::RecordBatchReader> rows) const {
  return std::make_shared<WatchedReader>(*this, std::move(rows));
}

}  // namespace artemis

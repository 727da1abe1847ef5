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

std::optional<TimestampMs> OldestInLog(const TableMetadata& metadata) {
  std::optional<TimestampMs> oldest;
  for (const auto& entry : metadata.snapshot_log) {
    if (!oldest || entry.timestamp < *oldest) oldest = entry.timestamp;
  }
  return oldest;
}

}  // namespace

PinGuard::PinGuard(Catalog& catalog, TableName table, const PinnedSnapshot& from,
                   const PinnedSnapshot& to)
    : catalog_(&catalog), table_(std::move(table)) {
  for (const auto* pin : {&from, &to}) {
    const auto id = pin->view.snapshot_id;
    if (id && (snapshot_ids_.empty() || snapshot_ids_.back() != *id)) snapshot_ids_.push_back(*id);
  }
}

arrow::Status PinGuard::Explain(const arrow::Status& status) const {
  if (!IsFileNotFound(status)) return status;
  const auto now = catalog_->Load(table_);
  if (!now.ok() || snapshot_ids_.empty()) return status;
  std::string names;
  for (const SnapshotId id : snapshot_ids_) {
    if (now->metadata->FindSnapshot(id) == nullptr)
      return SnapshotExpiredError("snapshot " + ToString(id), OldestInLog(*now->metadata));
    names += (names.empty() ? "" : " or ") + ToString(id);
  }
  return CorruptFileError(table_.ToString(),
                          "a file of snapshot " + names + " is missing: " + status.message());
}

std::shared_ptr<arrow::RecordBatchReader> PinGuard::Watch(
    std::shared_ptr<arrow::RecordBatchReader> rows) const {
  return std::make_shared<WatchedReader>(*this, std::move(rows));
}

}  // namespace artemis

// Batches of an even size.
#include "artemis/serve/rechunk.h"

#include <algorithm>
#include <bit>
#include <deque>
#include <utility>
#include <vector>

#include <arrow/type.h>
#include <arrow/type_traits.h>
#include <arrow/util/byte_size.h>

namespace artemis {

namespace {

constexpr int64_t kBytesAimed = int64_t{2} << 20;
constexpr int64_t kAssumedBytes = 32;
constexpr int64_t kBatchRowsMin = 64;
constexpr int64_t kBatchRowsMax = 65536;

// In eighths of a byte.
int64_t AssumedBits(const arrow::DataType& type) {
  if (type.id() == arrow::Type::STRUCT) {
    int64_t bits = 1;
    for (const auto& field : type.fields()) bits += AssumedBits(*field->type());
    return bits;
  }
  if (arrow::is_fixed_width(type.id())) return 1 + type.bit_width();
  return 1 + 8 * kAssumedBytes;
}

class RechunkingReader : public arrow::RecordBatchReader {
 public:
  explicit RechunkingReader(std::shared_ptr<arrow::RecordBatchReader> rows)
      : rows_(std::move(rows)), batch_rows_(RowsPerBatch(*rows_->schema())) {}

  std::shared_ptr<arrow::Schema> schema() const override { return rows_->schema(); }

  arrow::Status ReadNext(std::shared_ptr<arrow::RecordBatch>* batch) override {
    if (ready_.empty()) ARROW_RETURN_NOT_OK(Fill());
    *batch = nullptr;
    if (ready_.empty()) return arrow::Status::OK();
    *batch = std::move(ready_.front());
    ready_.pop_front();
    return arrow::Status::OK();
  }

  arrow::Status Close() override { return rows_->Close(); }

 private:
  // Makes the next batch, in one part or several.
  arrow::Status Fill() {
    while (kept_rows_ < batch_rows_ && !at_end_) {
      std::shared_ptr<arrow::RecordBatch> next;
      ARROW_RETURN_NOT_OK(rows_->ReadNext(&next));
      at_end_ = next == nullptr;
      if (at_end_ || next->num_rows() == 0) continue;
      kept_rows_ += next->num_rows();
      kept_.push_back(std::move(next));
    }
    if (kept_rows_ == 0) return arrow::Status::OK();
    ARROW_ASSIGN_OR_RAISE(const auto batch, Take(std::min(batch_rows_, kept_rows_)));
    AddParts(batch);
    return arrow::Status::OK();
  }

  arrow::Result<std::shared_ptr<arrow::RecordBatch>> Take(int64_t wanted) {
    kept_rows_ -= wanted;
    std::vector<std::shared_ptr<arrow::RecordBatch>> parts;
    while (wanted > 0) {
      auto& first = kept_.front();
      const int64_t taken = std::min(wanted, first->num_rows());
      parts.push_back(first->Slice(0, taken));
      wanted -= taken;
      if (taken < first->num_rows()) {
        first = first->Slice(taken);
      } else {
        kept_.pop_front();
      }
    }
    if (parts.size() == 1) return parts.front();
    return arrow::ConcatenateRecordBatches(parts);
  }

  void AddParts(const std::shared_ptr<arrow::RecordBatch>& batch) {
    const auto bytes = arrow::util::ReferencedBufferSize(*batch);
    if (batch->num_rows() <= 1 || !bytes.ok() || *bytes <= kFlightBatchBytesMax) {
      ready_.push_back(batch);
      return;
    }
    const int64_t half = batch->num_rows() / 2;
    AddParts(batch->Slice(0, half));
    AddParts(batch->Slice(half));
  }

  const std::shared_ptr<arrow::RecordBatchReader> rows_;
  const int64_t batch_rows_;
  std::deque<std::shared_ptr<arrow::RecordBatch>> kept_;
  int64_t kept_rows_ = 0;
  bool at_end_ = false;
  std::deque<std::shared_ptr<arrow::RecordBatch>> ready_;
};

}  // namespace

int64_t RowsPerBatch(const arrow::Schema& schema) {
  int64_t bits = 0;
  for (const auto& field : schema.fields()) bits += AssumedBits(*field->type());
  const int64_t fit = kBytesAimed * 8 / std::max<int64_t>(bits, 1);
  const auto rows = std::clamp(fit, kBatchRowsMin, kBatchRowsMax);
  return static_cast<int64_t>(std::bit_floor(static_cast<uint64_t>(rows)));
}

std::shared_ptr<arrow::RecordBatchReader> Rechunk(std::shared_ptr<arrow::RecordBatchReader> rows) {
  return std::make_shared<RechunkingReader>(std::move(rows));
}

}  // namespace artemis

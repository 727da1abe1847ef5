// The telemetry stream: checked options, batches cut from frames, the IPC form.

#include "artemis/synth/telemetry.h"

#include <algorithm>
#include <string_view>

#include <arrow/io/interfaces.h>
#include <arrow/ipc/writer.h>
#include <arrow/memory_pool.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>

#include "artemis/synth/frames.h"
#include "artemis/synth/telemetry_batch.h"

namespace artemis {
namespace {

constexpr int64_t kRowsPerMissionDayMax = 10'000'000'000;
constexpr int32_t kMissionsMax = 1000;
constexpr int32_t kDaysMax = 3650;
constexpr int64_t kHoldMax = 1'000'000;
constexpr int64_t kBatchRowsMax = int64_t{1} << 20;

arrow::Status CheckTelemetryLimit(std::string_view name, int64_t value, int64_t low, int64_t high) {
  if (value >= low && value <= high) return arrow::Status::OK();
  return arrow::Status::Invalid("telemetry ", name, " out of range: expected ", low, " to ", high,
                                ", found ", value);
}

arrow::Status CheckTelemetryOptions(const TelemetryOptions& options) {
  using std::chrono::sys_days;
  ARROW_RETURN_NOT_OK(CheckTelemetryLimit("missions", options.missions, 1, kMissionsMax));
  ARROW_RETURN_NOT_OK(CheckTelemetryLimit("days", options.days, 1, kDaysMax));
  ARROW_RETURN_NOT_OK(CheckTelemetryLimit("hold", options.hold, 1, kHoldMax));
  ARROW_RETURN_NOT_OK(CheckTelemetryLimit("batch_rows", options.batch_rows, 1, kBatchRowsMax));
  const int64_t rows_max = kRowsPerMissionDayMax * options.missions * options.days;
  ARROW_RETURN_NOT_OK(CheckTelemetryLimit("rows", options.rows, 0, rows_max));
  constexpr sys_days kEnd{std::chrono::year{2262} / 1 / 1};
  const int64_t last_first_day = (kEnd.time_since_epoch()).count() - options.days;
  return CheckTelemetryLimit("first day, in days since 1970-01-01,",
                             options.first_day.time_since_epoch().count(), 0, last_first_day);
}

class TelemetryReader : public arrow::RecordBatchReader {
 public:
  TelemetryReader(const TelemetryOptions& options, arrow::MemoryPool* pool)
      : schema_(CanonicalTelemetrySchema()),
        batch_rows_(options.batch_rows),
        rows_left_(options.rows),
        source_(options),
        builder_(pool) {}

  std::shared_ptr<arrow::Schema> schema() const override { return schema_; }

  arrow::Status ReadNext(std::shared_ptr<arrow::RecordBatch>* out) override {
    out->reset();
    const int64_t target = std::min(batch_rows_, rows_left_);
    if (target == 0) return arrow::Status::OK();
    ARROW_RETURN_NOT_OK(builder_.Start(target));
    while (builder_.rows() < target) {
      if (next_channel_ == kChannelCount) {
        if (!source_.Next(frame_)) return arrow::Status::UnknownError("telemetry ended early");
        next_channel_ = 0;
      }
      const int64_t take =
          std::min<int64_t>(kChannelCount - next_channel_, target - builder_.rows());
      const int end = next_channel_ + static_cast<int>(take);
      ARROW_RETURN_NOT_OK(builder_.Append(frame_, next_channel_, end));
      next_channel_ = end;
    }
    rows_left_ -= target;
    return builder_.Finish().Value(out);
  }

 private:
  std::shared_ptr<arrow::Schema> schema_;
  int64_t batch_rows_;
  int64_t rows_left_;
  FrameSource source_;
  TelemetryBatchBuilder builder_;
  TelemetryFrame frame_;
  int next_channel_ = kChannelCount;
};

}  // namespace

std::shared_ptr<arrow::Schema> CanonicalTelemetrySchema() {
  using arrow::field;
  return arrow::schema({
      field("sample_timestamp_ns", arrow::timestamp(arrow::TimeUnit::NANO), false),
      field("mission_id", arrow::utf8(), false),
      field("payload_id", arrow::uint32(), false),
      field("sensor_kind", arrow::utf8(), false),
      field("sequence_number", arrow::uint64(), false),
      field("panel_voltage", arrow::float64(), false),
      field("temperature_c", arrow::float64(), false),
      field("pressure_kpa", arrow::float64(), false),
      field("quality_flag", arrow::uint8(), false),
      field("archive_uri", arrow::utf8(), false),
      field("object_path", arrow::utf8(), false),
      field("notes", arrow::utf8(), true),
  });
}

arrow::Result<std::shared_ptr<arrow::RecordBatchReader>> GenerateTelemetry(
    const TelemetryOptions& options, arrow::MemoryPool* pool) {
  ARROW_RETURN_NOT_OK(CheckTelemetryOptions(options));
  if (pool == nullptr) pool = arrow::default_memory_pool();
  return std::make_shared<TelemetryReader>(options, pool);
}

arrow::Status WriteTelemetryIpc(const TelemetryOptions& options, arrow::io::OutputStream* out) {
  ARROW_ASSIGN_OR_RAISE(auto reader, GenerateTelemetry(options));
  ARROW_ASSIGN_OR_RAISE(auto writer, arrow::ipc::MakeStreamWriter(out, reader->schema()));
  std::shared_ptr<arrow::RecordBatch> batch;
  while (true) {
    ARROW_RETURN_NOT_OK(reader->ReadNext(&batch));
    if (batch == nullptr) break;
    ARROW_RETURN_NOT_OK(writer->WriteRecordBatch(*batch));
  }
  return writer->Close();
}

}  // namespace artemis

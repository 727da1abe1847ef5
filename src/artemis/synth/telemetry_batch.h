// Builds record batches of the canonical telemetry schema from frames, by copying whole frames
// into preallocated Arrow buffers.

#pragma once

#include <array>
#include <cstdint>
#include <memory>

#include <arrow/buffer_builder.h>
#include <arrow/record_batch.h>
#include <arrow/result.h>
#include <arrow/status.h>

#include "artemis/synth/frames.h"

namespace artemis {

// A utf8 column in the making: offsets and bytes.
class TextColumnBuilder {
 public:
  explicit TextColumnBuilder(arrow::MemoryPool* pool) : offsets_(pool), bytes_(pool) {}

  // Makes room for `rows` more values and about as many bytes as the column had the last time.
  arrow::Status Reserve(int64_t rows);

  // Appends the values of channels [begin, end). Requires room for their offsets.
  arrow::Status Append(const FrameText& text, int begin, int end);

  // Appends one value. Requires room for its offset.
  arrow::Status Append(std::string_view value);

  // Hands out the column of `rows` values and starts again.
  arrow::Result<std::shared_ptr<arrow::ArrayData>> Finish(int64_t rows,
                                                          std::shared_ptr<arrow::Buffer> validity,
                                                          int64_t null_count);

 private:
  arrow::TypedBufferBuilder<int32_t> offsets_;
  arrow::BufferBuilder bytes_;
  int64_t last_bytes_ = 0;
};

// The twelve columns in the making. One thread at a time. Fails only for want of memory.
class TelemetryBatchBuilder {
 public:
  explicit TelemetryBatchBuilder(arrow::MemoryPool* pool);

  // Starts a batch of at most `rows` rows.
  arrow::Status Start(int64_t rows);

  int64_t rows() const { return rows_; }

  // Appends the rows of channels [begin, end). Requires room for them in the batch.
  arrow::Status Append(const TelemetryFrame& frame, int begin, int end);

  // Hands out the batch; Start comes before the next Append.
  arrow::Result<std::shared_ptr<arrow::RecordBatch>> Finish();

 private:
  void AppendNumbers(const TelemetryFrame& frame, int begin, int end);
  arrow::Status AppendTexts(const TelemetryFrame& frame, int begin, int end);
  arrow::Status AppendNotes(const TelemetryFrame& frame, int begin, int end);

  template <typename T>
  arrow::Result<std::shared_ptr<arrow::ArrayData>> FinishNumbers(
      arrow::TypedBufferBuilder<T>& builder, int column);

  std::shared_ptr<arrow::Schema> schema_;
  FrameText sensor_kinds_;
  std::array<uint32_t, kChannelCount> payload_ids_{};
  int64_t rows_ = 0;
  arrow::TypedBufferBuilder<int64_t> times_;
  arrow::TypedBufferBuilder<uint32_t> payloads_;
  arrow::TypedBufferBuilder<uint64_t> sequences_;
  arrow::TypedBufferBuilder<double> voltages_;
  arrow::TypedBufferBuilder<double> temperatures_;
  arrow::TypedBufferBuilder<double> pressures_;
  arrow::TypedBufferBuilder<uint8_t> qualities_;
  arrow::TypedBufferBuilder<bool> note_validity_;
  TextColumnBuilder mission_texts_;
  TextColumnBuilder kind_texts_;
  TextColumnBuilder uri_texts_;
  TextColumnBuilder path_texts_;
  TextColumnBuilder note_texts_;
};

}  // namespace artemis

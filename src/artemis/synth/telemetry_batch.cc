// Copies frames into column buffers.

#include "artemis/synth/telemetry_batch.h"

#include <vector>

#include <arrow/array/data.h>
#include <arrow/type.h>

namespace artemis {

arrow::Status TextColumnBuilder::Reserve(int64_t rows) {
  ARROW_RETURN_NOT_OK(offsets_.Reserve(rows + 1));
  return bytes_.Reserve(last_bytes_ + last_bytes_ / 16 + 256);
}

arrow::Status TextColumnBuilder::Append(const FrameText& text, int begin, int end) {
  const int32_t from = text.ends[static_cast<size_t>(begin)];
  const auto shift = static_cast<int32_t>(bytes_.length()) - from;
  for (int channel = begin; channel < end; ++channel) {
    offsets_.UnsafeAppend(shift + text.ends[static_cast<size_t>(channel)]);
  }
  return bytes_.Append(text.bytes.data() + from, text.ends[static_cast<size_t>(end)] - from);
}

arrow::Status TextColumnBuilder::Append(std::string_view value) {
  offsets_.UnsafeAppend(static_cast<int32_t>(bytes_.length()));
  return bytes_.Append(value.data(), static_cast<int64_t>(value.size()));
}

arrow::Result<std::shared_ptr<arrow::ArrayData>> TextColumnBuilder::Finish(
    int64_t rows, std::shared_ptr<arrow::Buffer> validity, int64_t null_count) {
  last_bytes_ = bytes_.length();
  offsets_.UnsafeAppend(static_cast<int32_t>(bytes_.length()));
  ARROW_ASSIGN_OR_RAISE(auto offsets, offsets_.Finish(false));
  ARROW_ASSIGN_OR_RAISE(auto bytes, bytes_.Finish(false));
  return arrow::ArrayData::Make(
      arrow::utf8(), rows, {std::move(validity), std::move(offsets), std::move(bytes)}, null_count);
}

TelemetryBatchBuilder::TelemetryBatchBuilder(arrow::MemoryPool* pool)
    : schema_(CanonicalTelemetrySchema()),
      sensor_kinds_(SensorKindText()),
      times_(pool),
      payloads_(pool),
      sequences_(pool),
      voltages_(pool),
      temperatures_(pool),
      pressures_(pool),
      qualities_(pool),
      note_validity_(pool),
      mission_texts_(pool),
      kind_texts_(pool),
      uri_texts_(pool),
      path_texts_(pool),
      note_texts_(pool) {
  for (size_t channel = 0; channel < payload_ids_.size(); ++channel) {
    payload_ids_[channel] = TelemetryChannels()[channel].payload_id;
  }
}

arrow::Status TelemetryBatchBuilder::Start(int64_t rows) {
  rows_ = 0;
  ARROW_RETURN_NOT_OK(times_.Reserve(rows));
  ARROW_RETURN_NOT_OK(payloads_.Reserve(rows));
  ARROW_RETURN_NOT_OK(sequences_.Reserve(rows));
  ARROW_RETURN_NOT_OK(voltages_.Reserve(rows));
  ARROW_RETURN_NOT_OK(temperatures_.Reserve(rows));
  ARROW_RETURN_NOT_OK(pressures_.Reserve(rows));
  ARROW_RETURN_NOT_OK(qualities_.Reserve(rows));
  ARROW_RETURN_NOT_OK(note_validity_.Reserve(rows));
  for (TextColumnBuilder* texts :
       {&mission_texts_, &kind_texts_, &uri_texts_, &path_texts_, &note_texts_}) {
    ARROW_RETURN_NOT_OK(texts->Reserve(rows));
  }
  return arrow::Status::OK();
}

arrow::Status TelemetryBatchBuilder::Append(const TelemetryFrame& frame, int begin, int end) {
  AppendNumbers(frame, begin, end);
  ARROW_RETURN_NOT_OK(AppendTexts(frame, begin, end));
  ARROW_RETURN_NOT_OK(AppendNotes(frame, begin, end));
  rows_ += end - begin;
  return arrow::Status::OK();
}

void TelemetryBatchBuilder::AppendNumbers(const TelemetryFrame& frame, int begin, int end) {
  const int64_t count = end - begin;
  times_.UnsafeAppend(count, frame.time_ns);
  payloads_.UnsafeAppend(payload_ids_.data() + begin, count);
  for (int channel = begin; channel < end; ++channel) {
    const uint64_t sequence = frame.first_sequence + static_cast<uint64_t>(channel);
    sequences_.UnsafeAppend(sequence % kSequenceModulus);
  }
  voltages_.UnsafeAppend(frame.values[0].data() + begin, count);
  temperatures_.UnsafeAppend(frame.values[1].data() + begin, count);
  pressures_.UnsafeAppend(frame.values[2].data() + begin, count);
  qualities_.UnsafeAppend(frame.quality.data() + begin, count);
}

arrow::Status TelemetryBatchBuilder::AppendTexts(const TelemetryFrame& frame, int begin, int end) {
  ARROW_RETURN_NOT_OK(mission_texts_.Append(*frame.mission_id, begin, end));
  ARROW_RETURN_NOT_OK(kind_texts_.Append(sensor_kinds_, begin, end));
  ARROW_RETURN_NOT_OK(uri_texts_.Append(*frame.archive_uri, begin, end));
  return path_texts_.Append(*frame.object_path, begin, end);
}

arrow::Status TelemetryBatchBuilder::AppendNotes(const TelemetryFrame& frame, int begin, int end) {
  static const FrameText kNoNotes;
  if (!frame.has_notes) {
    note_validity_.UnsafeAppend(end - begin, false);
    return note_texts_.Append(kNoNotes, begin, end);
  }
  for (int channel = begin; channel < end; ++channel) {
    const std::string_view note = frame.notes[static_cast<size_t>(channel)];
    note_validity_.UnsafeAppend(!note.empty());
    ARROW_RETURN_NOT_OK(note_texts_.Append(note));
  }
  return arrow::Status::OK();
}

template <typename T>
arrow::Result<std::shared_ptr<arrow::ArrayData>> TelemetryBatchBuilder::FinishNumbers(
    arrow::TypedBufferBuilder<T>& builder, int column) {
  ARROW_ASSIGN_OR_RAISE(auto values, builder.Finish(false));
  return arrow::ArrayData::Make(schema_->field(column)->type(), rows_, {nullptr, std::move(values)},
                                0);
}

arrow::Result<std::shared_ptr<arrow::RecordBatch>> TelemetryBatchBuilder::Finish() {
  std::vector<std::shared_ptr<arrow::ArrayData>> columns(12);
  const int64_t null_notes = note_validity_.false_count();
  ARROW_ASSIGN_OR_RAISE(auto validity, note_validity_.Finish(false));
  ARROW_ASSIGN_OR_RAISE(columns[0], FinishNumbers(times_, 0));
  ARROW_ASSIGN_OR_RAISE(columns[1], mission_texts_.Finish(rows_, nullptr, 0));
  ARROW_ASSIGN_OR_RAISE(columns[2], FinishNumbers(payloads_, 2));
  ARROW_ASSIGN_OR_RAISE(columns[3], kind_texts_.Finish(rows_, nullptr, 0));
  ARROW_ASSIGN_OR_RAISE(columns[4], FinishNumbers(sequences_, 4));
  ARROW_ASSIGN_OR_RAISE(columns[5], FinishNumbers(voltages_, 5));
  ARROW_ASSIGN_OR_RAISE(columns[6], FinishNumbers(temperatures_, 6));
  ARROW_ASSIGN_OR_RAISE(columns[7], FinishNumbers(pressures_, 7));
  ARROW_ASSIGN_OR_RAISE(columns[8], FinishNumbers(qualities_, 8));
  ARROW_ASSIGN_OR_RAISE(columns[9], uri_texts_.Finish(rows_, nullptr, 0));
  ARROW_ASSIGN_OR_RAISE(columns[10], path_texts_.Finish(rows_, nullptr, 0));
  ARROW_ASSIGN_OR_RAISE(columns[11], note_texts_.Finish(rows_, std::move(validity), null_notes));
  return arrow::RecordBatch::Make(schema_, rows_, std::move(columns));
}

}  // namespace artemis

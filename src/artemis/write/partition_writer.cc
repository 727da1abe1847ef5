// Writes a partition's rows file by file.
#include "artemis/write/partition_writer.h"

#include <utility>

#include <arrow/util/byte_size.h>

#include "artemis/layout/sort_batches.h"

namespace artemis {
namespace {

constexpr int64_t kOpenFilesMax = 128;

}  // namespace

void PartitionWriter::Add(std::shared_ptr<arrow::RecordBatch> rows, int64_t bytes) {
  gathered_.push_back(std::move(rows));
  gathered_bytes_ += bytes;
}

RecordBatches PartitionWriter::TakeRows() {
  gathered_bytes_ = 0;
  return std::exchange(gathered_, {});
}

arrow::Status PartitionWriter::WriteUnsorted(RecordBatches rows) {
  for (auto& batch : rows) {
    ARROW_RETURN_NOT_OK(WriteRows(batch));
    batch.reset();
  }
  if (sink_->open_files > kOpenFilesMax) return FinishFile();
  CountOpenBytes();
  return arrow::Status::OK();
}

arrow::Status PartitionWriter::WriteSorted(RecordBatches rows) {
  SortBatchesOptions options;
  options.pool = sink_->parquet_options.pool;
  ARROW_ASSIGN_OR_RAISE(auto sorted,
                        SortBatches(std::move(rows), sink_->schema, sink_->sort_order, options));
  ARROW_RETURN_NOT_OK(WriteUnsorted(std::move(sorted)));
  return FinishFile();
}

arrow::Status PartitionWriter::WriteRows(const std::shared_ptr<arrow::RecordBatch>& rows) {
  ARROW_ASSIGN_OR_RAISE(const auto stored, sink_->file_schema.FileRows(rows));
  ARROW_ASSIGN_OR_RAISE(const int64_t bytes, arrow::util::ReferencedBufferSize(*stored));
  const int64_t slice_rows = sink_->sizer.SliceRows(stored->num_rows(), bytes);
  for (int64_t row = 0; row < stored->num_rows(); row += slice_rows) {
    ARROW_RETURN_NOT_OK(WriteSlice(stored->Slice(row, slice_rows)));
  }
  return arrow::Status::OK();
}

arrow::Status PartitionWriter::WriteSlice(const std::shared_ptr<arrow::RecordBatch>& slice) {
  if (file_ == nullptr) ARROW_RETURN_NOT_OK(OpenFile());
  ARROW_RETURN_NOT_OK(file_->Write(*slice));
  return sink_->sizer.IsFull(file_->EstimatedBytes()) ? FinishFile() : arrow::Status::OK();
}

arrow::Status PartitionWriter::OpenFile() {
  number_ = sink_->next_number++;
  std::string path = sink_->names.Path(partition_path_, number_);
  {
    std::lock_guard lock(sink_->mutex);
    sink_->paths.push_back(path);
  }
  ARROW_ASSIGN_OR_RAISE(
      file_, DataFileWriter::Open(*sink_->files, std::move(path), sink_->file_schema.arrow_schema(),
                                  sink_->parquet_options));
  ++sink_->open_files;
  return arrow::Status::OK();
}

arrow::Status PartitionWriter::FlushRowGroup() {
  if (file_ == nullptr) return arrow::Status::OK();
  ARROW_RETURN_NOT_OK(file_->FlushRowGroup());
  CountOpenBytes();
  return arrow::Status::OK();
}

arrow::Status PartitionWriter::FinishFile() {
  if (file_ == nullptr) return arrow::Status::OK();
  auto closed = file_->Close();
  file_.reset();
  --sink_->open_files;
  CountOpenBytes();
  ARROW_ASSIGN_OR_RAISE(DataFile file, std::move(closed));
  file.spec_id = sink_->spec_id;
  file.partition = tuple_;
  file.sort_order_id = sink_->sort_order.id;
  std::lock_guard lock(sink_->mutex);
  sink_->finished.emplace_back(number_, std::move(file));
  return arrow::Status::OK();
}

void PartitionWriter::CountOpenBytes() {
  const int64_t bytes = file_ == nullptr ? 0 : file_->BufferedBytes();
  sink_->open_bytes += bytes - open_bytes_.exchange(bytes);
}

}  // namespace artemis

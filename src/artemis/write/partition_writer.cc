// Writes a partition's rows file by file.
#include "artemis/write/partition_writer.h"

#include <iterator>
#include <utility>

#include <arrow/util/byte_size.h>

#include "artemis/layout/sorted_rows.h"
#include "artemis/schema/arrow_schema.h"

namespace artemis {
namespace {

constexpr int64_t kOpenFilesMax = 128;
// Rows that a clustering's ranks are made of.
constexpr int64_t kSampleRows = int64_t{1} << 16;
// Gathered at a time of rows sorted in memory.
constexpr int64_t kGatheredRows = int64_t{1} << 16;
// No column of strings that is sorted in memory may pass 2 GiB.
constexpr int64_t kSortBytesMax = int64_t{3} << 29;

arrow::MemoryPool* SpillPool() { return arrow::system_memory_pool(); }

arrow::Result<int64_t> ArrowBytesOf(const RecordBatches& rows) {
  int64_t bytes = 0;
  for (const auto& batch : rows) {
    ARROW_ASSIGN_OR_RAISE(const int64_t batch_bytes, arrow::util::ReferencedBufferSize(*batch));
    bytes += batch_bytes;
  }
  return bytes;
}

}  // namespace

arrow::Result<SpillFile*> DataFileSink::OpenSpill() {
  std::lock_guard lock(mutex);
  if (spill == nullptr) {
    ARROW_ASSIGN_OR_RAISE(spill,
                          SpillFile::Create(spill_folder, ToArrowSchema(schema), SpillPool()));
  }
  return spill.get();
}

arrow::Status PartitionWriter::Write(RecordBatches rows) {
  for (auto& batch : rows) {
    ARROW_RETURN_NOT_OK(WriteRows(batch));
    batch.reset();
  }
  if (sink_->open_files > kOpenFilesMax) return FinishFile();
  CountOpenBytes();
  return arrow::Status::OK();
}

arrow::Status PartitionWriter::Spill(RecordBatches rows) {
  if (!spilled_) {
    ARROW_ASSIGN_OR_RAISE(SpillFile * file, sink_->OpenSpill());
    spilled_.emplace(file, sink_->sort_bytes, SpillPool());
  }
  return spilled_->Add(std::move(rows));
}

arrow::Status PartitionWriter::Finish(RecordBatches rows) {
  if (sink_->is_ordered() && (spilled_ || !rows.empty())) {
    ARROW_RETURN_NOT_OK(WriteSorted(std::move(rows)));
  } else {
    if (spilled_) {
      ARROW_RETURN_NOT_OK(spilled_->Visit([&](const auto& batch) { return WriteRows(batch); }));
    }
    ARROW_RETURN_NOT_OK(Write(std::move(rows)));
  }
  spilled_.reset();
  return FinishFile();
}

arrow::Result<RowOrdering> PartitionWriter::OrderingOf(
    int64_t rows, const std::function<arrow::Status(const BatchSink&)>& visit) const {
  if (sink_->clustering.is_none()) {
    return RowOrdering::ByColumns(sink_->schema, sink_->sort_order);
  }
  ClusterSample sample(sink_->schema, sink_->clustering, rows, kSampleRows, SpillPool());
  ARROW_RETURN_NOT_OK(visit([&](const auto& batch) { return sample.Add(*batch); }));
  ARROW_ASSIGN_OR_RAISE(auto keys, sample.Finish());
  return RowOrdering::AlongCurve(std::move(keys));
}

arrow::Status PartitionWriter::WriteSorted(RecordBatches rows) {
  ARROW_ASSIGN_OR_RAISE(const int64_t bytes, ArrowBytesOf(rows));
  const bool fits =
      spilled_ ? spilled_->bytes() + bytes <= sink_->sort_bytes : bytes <= kSortBytesMax;
  if (!fits) return WriteSortedFromSpill(std::move(rows));
  RecordBatches all;
  if (spilled_) {
    ARROW_RETURN_NOT_OK(spilled_->Visit([&](const auto& batch) {
      all.push_back(batch);
      return arrow::Status::OK();
    }));
  }
  std::move(rows.begin(), rows.end(), std::back_inserter(all));
  return WriteSortedInMemory(std::move(all));
}

arrow::Status PartitionWriter::WriteSortedInMemory(RecordBatches rows) {
  int64_t row_count = 0;
  for (const auto& batch : rows) row_count += batch->num_rows();
  const auto visit = [&](const BatchSink& sink) {
    for (const auto& batch : rows) ARROW_RETURN_NOT_OK(sink(batch));
    return arrow::Status::OK();
  };
  ARROW_ASSIGN_OR_RAISE(const RowOrdering ordering, OrderingOf(row_count, visit));
  SortRowsOptions options;
  options.threads = sink_->threads;
  options.keep_dictionaries = true;
  options.pool = SpillPool();
  ARROW_ASSIGN_OR_RAISE(const auto sorted, SortedRows::Make(std::move(rows), ordering, options));
  for (int64_t first = 0; first < sorted.num_rows(); first += kGatheredRows) {
    ARROW_ASSIGN_OR_RAISE(const auto batch, sorted.Gather(first, kGatheredRows));
    ARROW_RETURN_NOT_OK(WriteRows(batch));
  }
  return arrow::Status::OK();
}

arrow::Status PartitionWriter::WriteSortedFromSpill(RecordBatches rows) {
  ARROW_RETURN_NOT_OK(Spill(std::move(rows)));
  ARROW_ASSIGN_OR_RAISE(
      const RowOrdering ordering,
      OrderingOf(spilled_->rows(), [&](const BatchSink& sink) { return spilled_->Visit(sink); }));
  return spilled_->TakeSorted(ordering, [&](const auto& batch) { return WriteRows(batch); });
}

arrow::Status PartitionWriter::WriteRows(const std::shared_ptr<arrow::RecordBatch>& rows) {
  ARROW_ASSIGN_OR_RAISE(const auto stored, sink_->file_schema.FileRows(rows));
  ARROW_ASSIGN_OR_RAISE(const int64_t bytes, arrow::util::ReferencedBufferSize(*stored));
  const int64_t slice_rows = sink_->sizer.SliceRows(stored->num_rows(), bytes);
  for (int64_t row = 0; row < stored->num_rows(); row += slice_rows) {
    const auto slice = stored->Slice(row, slice_rows);
    ARROW_RETURN_NOT_OK(WriteSlice(slice, bytes * slice->num_rows() / stored->num_rows()));
  }
  return arrow::Status::OK();
}

// A file is not asked how long it is before it can have grown by much: the answer waits for what is being encoded.
arrow::Status PartitionWriter::WriteSlice(const std::shared_ptr<arrow::RecordBatch>& slice,
                                          int64_t bytes) {
  if (file_ == nullptr) ARROW_RETURN_NOT_OK(OpenFile());
  ARROW_RETURN_NOT_OK(file_->Write(*slice));
  unmeasured_bytes_ += bytes;
  if (!sink_->sizer.IsWorthMeasuring(unmeasured_bytes_)) return arrow::Status::OK();
  unmeasured_bytes_ = 0;
  return sink_->sizer.IsFull(file_->EstimatedBytes()) ? FinishFile() : arrow::Status::OK();
}

arrow::Status PartitionWriter::OpenFile() {
  unmeasured_bytes_ = 0;
  number_ = sink_->next_number++;
  std::string path = sink_->names.Path(partition_path_, number_);
  {
    std::lock_guard lock(sink_->mutex);
    sink_->paths.push_back(path);
  }
  ParquetWriterOptions parquet = sink_->parquet_options;
  parquet.threads = sink_->threads;
  ARROW_ASSIGN_OR_RAISE(file_, DataFileWriter::Open(*sink_->files, std::move(path),
                                                    sink_->file_schema.arrow_schema(), parquet));
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

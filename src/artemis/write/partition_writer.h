// The rows of one partition on their way into its data files.
//
// Two sides: the table writer's thread gathers rows (Add, TakeRows), the encode pool's jobs write them (WriteUnsorted,
// WriteSorted, FlushRowGroup, FinishFile), one at a time, in order, on this partition's strand.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include <arrow/record_batch.h>
#include <arrow/result.h>

#include "artemis/layout/file_sizer.h"
#include "artemis/parquet/writer.h"
#include "artemis/schema/sort_order.h"
#include "artemis/table/manifest.h"
#include "artemis/write/data_file_writer.h"
#include "artemis/write/data_locations.h"
#include "artemis/write/encode_pool.h"
#include "artemis/write/file_schema.h"

namespace artemis {

using RecordBatches = std::vector<std::shared_ptr<arrow::RecordBatch>>;

// What the partitions of one table writer have in common. The lists are guarded by the mutex.
struct DataFileSink {
  FileSystem* files = nullptr;
  Schema schema;
  SpecId spec_id;
  SortOrder sort_order;
  DataFileNames names;
  FileSchema file_schema;
  ParquetWriterOptions parquet_options;
  FileSizer sizer;
  std::atomic<int64_t> next_number = 0;
  std::atomic<int64_t> open_files = 0;
  // Bytes of open row groups over all partitions.
  std::atomic<int64_t> open_bytes = 0;

  std::mutex mutex = {};
  // Every file made, finished or not.
  std::vector<std::string> paths = {};
  // In the order in which they were finished, with the file's number.
  std::vector<std::pair<int64_t, DataFile>> finished = {};
};

class PartitionWriter {
 public:
  PartitionWriter(DataFileSink* sink, PartitionTuple tuple, std::string partition_path)
      : sink_(sink), tuple_(std::move(tuple)), partition_path_(std::move(partition_path)) {}

  void Add(std::shared_ptr<arrow::RecordBatch> rows, int64_t bytes);
  RecordBatches TakeRows();
  int64_t gathered_bytes() const { return gathered_bytes_; }
  EncodePool::Strand* strand() { return &strand_; }
  // Bytes of its open row group, as of the last job.
  int64_t open_bytes() const { return open_bytes_; }

  // Appends to the open file; a file that has reached its size is finished, and so is this one when too many are open.
  arrow::Status WriteUnsorted(RecordBatches rows);
  // Sorts the rows and writes them to files of their own.
  arrow::Status WriteSorted(RecordBatches rows);
  arrow::Status FlushRowGroup();
  // Does nothing without an open file.
  arrow::Status FinishFile();

 private:
  arrow::Status WriteRows(const std::shared_ptr<arrow::RecordBatch>& rows);
  arrow::Status WriteSlice(const std::shared_ptr<arrow::RecordBatch>& slice);
  arrow::Status OpenFile();
  void CountOpenBytes();

  DataFileSink* sink_;
  PartitionTuple tuple_;
  std::string partition_path_;
  EncodePool::Strand strand_;

  // The table writer's side.
  RecordBatches gathered_;
  int64_t gathered_bytes_ = 0;

  // The jobs' side.
  std::unique_ptr<DataFileWriter> file_;
  int64_t number_ = 0;
  std::atomic<int64_t> open_bytes_ = 0;
};

}  // namespace artemis

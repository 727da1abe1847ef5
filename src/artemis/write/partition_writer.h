// The rows of one partition on their way into its data files.
//
// Two sides: the table writer's thread gathers rows (Add, TakeRows), the encode pool's jobs write them (Write, Spill, Finish,
// FlushRowGroup), one at a time, in order, on this partition's strand.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include <arrow/record_batch.h>
#include <arrow/result.h>

#include "artemis/layout/clustering.h"
#include "artemis/layout/file_sizer.h"
#include "artemis/layout/row_ordering.h"
#include "artemis/layout/spill_file.h"
#include "artemis/parquet/writer.h"
#include "artemis/schema/sort_order.h"
#include "artemis/table/manifest.h"
#include "artemis/write/data_file_writer.h"
#include "artemis/write/data_locations.h"
#include "artemis/write/encode_pool.h"
#include "artemis/write/file_schema.h"
#include "artemis/write/row_pieces.h"
#include "artemis/write/spilled_rows.h"

namespace artemis {

// What the partitions of one table writer have in common. The lists are guarded by the mutex.
struct DataFileSink {
  FileSystem* files = nullptr;
  Schema schema;
  SpecId spec_id;
  SortOrder sort_order;
  // None where there is a sort order.
  Clustering clustering;
  DataFileNames names;
  FileSchema file_schema;
  ParquetWriterOptions parquet_options;
  FileSizer sizer;
  // Where spilled rows go; empty: the system's folder for temporary files.
  std::string spill_folder;
  // What one job sorts in memory of rows that were spilled.
  int64_t sort_bytes = 0;
  // For the keys and the encoding of one partition; more than one only when few partitions are finished at once.
  int threads = 1;
  std::atomic<int64_t> next_number = 0;
  std::atomic<int64_t> open_files = 0;
  // Bytes of open row groups over all partitions.
  std::atomic<int64_t> open_bytes = 0;

  std::mutex mutex = {};
  // Every file made, finished or not.
  std::vector<std::string> paths = {};
  // In the order in which they were finished, with the file's number.
  std::vector<std::pair<int64_t, DataFile>> finished = {};
  // Made when the first rows are spilled.
  std::unique_ptr<SpillFile> spill = {};

  bool is_ordered() const { return !sort_order.fields.empty() || !clustering.is_none(); }
  arrow::Result<SpillFile*> OpenSpill();
};

class PartitionWriter {
 public:
  PartitionWriter(DataFileSink* sink, PartitionTuple tuple, std::string partition_path)
      : sink_(sink), tuple_(std::move(tuple)), partition_path_(std::move(partition_path)) {}

  arrow::Status Add(std::shared_ptr<arrow::RecordBatch> rows) {
    return gathered_.Add(std::move(rows));
  }
  RecordBatches TakeRows() { return gathered_.Take(); }
  int64_t gathered_bytes() const { return gathered_.bytes(); }
  void SpillFromNowOn() { spills_ = true; }
  bool spills() const { return spills_; }
  EncodePool::Strand* strand() { return &strand_; }
  // Bytes of its open row group, as of the last job.
  int64_t open_bytes() const { return open_bytes_; }

  // Appends to the open file; a file that has reached its size is finished, and so is this one when too many are open.
  arrow::Status Write(RecordBatches rows);
  // Puts the rows aside until Finish. No Write comes after it.
  arrow::Status Spill(RecordBatches rows);
  // Writes the rows, after those that were put aside or sorted with them, and ends the last file.
  arrow::Status Finish(RecordBatches rows);
  arrow::Status FlushRowGroup();

 private:
  arrow::Result<RowOrdering> OrderingOf(
      int64_t rows, const std::function<arrow::Status(const BatchSink&)>& visit) const;
  arrow::Status WriteSorted(RecordBatches rows);
  arrow::Status WriteSortedInMemory(RecordBatches rows);
  arrow::Status WriteSortedFromSpill(RecordBatches rows);

  arrow::Status WriteRows(const std::shared_ptr<arrow::RecordBatch>& rows);
  arrow::Status WriteSlice(const std::shared_ptr<arrow::RecordBatch>& slice, int64_t bytes);
  arrow::Status OpenFile();
  // Does nothing without an open file.
  arrow::Status FinishFile();
  void CountOpenBytes();

  DataFileSink* sink_;
  PartitionTuple tuple_;
  std::string partition_path_;
  EncodePool::Strand strand_;

  // The table writer's side.
  RowPieces gathered_;
  bool spills_ = false;

  // The jobs' side.
  std::optional<SpilledRows> spilled_;
  std::unique_ptr<DataFileWriter> file_;
  // Arrow bytes written since the file was last asked how long it is.
  int64_t unmeasured_bytes_ = 0;
  int64_t number_ = 0;
  std::atomic<int64_t> open_bytes_ = 0;
};

}  // namespace artemis

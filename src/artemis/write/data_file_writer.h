// One data file while it is written.
#pragma once

#include <memory>
#include <string>

#include <arrow/io/type_fwd.h>
#include <arrow/record_batch.h>
#include <arrow/result.h>

#include "artemis/io/file_system.h"
#include "artemis/parquet/writer.h"
#include "artemis/table/manifest.h"

namespace artemis {

// One thread at a time. Destroyed without Close(), a cut-off file stays, which its owner deletes.
class DataFileWriter {
 public:
  // Makes the file and its folders. `files` must outlive the writer.
  static arrow::Result<std::unique_ptr<DataFileWriter>> Open(FileSystem& files, std::string path,
                                                             std::shared_ptr<arrow::Schema> schema,
                                                             const ParquetWriterOptions& options);

  arrow::Status Write(const arrow::RecordBatch& rows) { return parquet_->Write(rows); }
  arrow::Status FlushRowGroup() { return parquet_->FlushRowGroup(); }
  int64_t EstimatedBytes() const { return parquet_->EstimatedBytes(); }
  int64_t BufferedBytes() const { return parquet_->BufferedBytes(); }

  // Ends the file and makes its bytes durable; its name becomes so with SyncFolder. Spec, partition and sort order are left to
  // the caller.
  arrow::Result<DataFile> Close();

 private:
  DataFileWriter() = default;

  std::string path_;
  EventLog* events_ = nullptr;
  std::shared_ptr<arrow::io::OutputStream> output_;
  std::unique_ptr<ParquetWriter> parquet_;
};

}  // namespace artemis

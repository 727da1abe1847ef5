// Ties a Parquet writer to its file.
#include "artemis/write/data_file_writer.h"

#include "artemis/base/error.h"
#include "artemis/parquet/write_events.h"

namespace artemis {

arrow::Result<std::unique_ptr<DataFileWriter>> DataFileWriter::Open(
    FileSystem& files, std::string path, std::shared_ptr<arrow::Schema> schema,
    const ParquetWriterOptions& options) {
  std::unique_ptr<DataFileWriter> writer(new DataFileWriter());
  writer->path_ = std::move(path);
  writer->events_ = options.events;
  ARROW_ASSIGN_OR_RAISE(writer->output_, files.OpenOutput(writer->path_));
  ARROW_ASSIGN_OR_RAISE(writer->parquet_, MakeParquetWriter(writer->output_, writer->path_,
                                                            std::move(schema), options));
  return writer;
}

arrow::Result<DataFile> DataFileWriter::Close() {
  ARROW_ASSIGN_OR_RAISE(WrittenParquet written, parquet_->Close());
  ARROW_RETURN_NOT_OK(output_->Close());
  LogWriteClosed(events_, written.summary);
  DataFile file;
  file.path = path_;
  file.record_count = written.summary.rows;
  file.file_size_bytes = written.summary.compressed_bytes;
  file.metrics = std::move(written.metrics);
  file.split_offsets = std::move(written.split_offsets);
  return file;
}

}  // namespace artemis

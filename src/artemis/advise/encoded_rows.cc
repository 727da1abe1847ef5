// Writes to a stream that keeps nothing.
#include "artemis/advise/encoded_rows.h"

#include <algorithm>

#include <arrow/array/builder_primitive.h>
#include <arrow/compute/api_vector.h>
#include <arrow/datum.h>
#include <arrow/io/interfaces.h>

#include "artemis/parquet/writer.h"
#include "artemis/write/data_file_settings.h"
#include "artemis/write/file_schema.h"

namespace artemis {

namespace {

constexpr size_t kFilesEncoded = 48;

// Counts bytes.
class CountingStream : public arrow::io::OutputStream {
 public:
  CountingStream() { set_mode(arrow::io::FileMode::WRITE); }
  arrow::Status Close() override {
    is_closed_ = true;
    return arrow::Status::OK();
  }
  bool closed() const override { return is_closed_; }
  arrow::Result<int64_t> Tell() const override { return bytes_; }
  using arrow::io::OutputStream::Write;
  arrow::Status Write(const void*, int64_t count) override {
    bytes_ += count;
    return arrow::Status::OK();
  }

 private:
  int64_t bytes_ = 0;
  bool is_closed_ = false;
};

arrow::Result<std::shared_ptr<arrow::RecordBatch>> TakeRows(const arrow::RecordBatch& rows,
                                                            std::span<const int64_t> places) {
  arrow::Int64Builder builder;
  ARROW_RETURN_NOT_OK(builder.AppendValues(places.data(), static_cast<int64_t>(places.size())));
  ARROW_ASSIGN_OR_RAISE(const auto indices, builder.Finish());
  arrow::ArrayVector columns;
  for (const auto& column : rows.columns()) {
    ARROW_ASSIGN_OR_RAISE(auto taken, arrow::compute::Take(*column, *indices));
    columns.push_back(std::move(taken));
  }
  return arrow::RecordBatch::Make(rows.schema(), indices->length(), std::move(columns));
}

}  // namespace

double EncodedRows::row_bytes() const {
  return rows > 0 ? static_cast<double>(data_bytes) / static_cast<double>(rows) : 0;
}

double EncodedRows::estimate_ratio() const {
  if (data_bytes <= 0) return 1;
  return static_cast<double>(estimated_bytes) / static_cast<double>(data_bytes);
}

double EncodedRows::file_overhead_bytes() const {
  return files > 0 ? static_cast<double>(file_bytes - data_bytes) / static_cast<double>(files) : 0;
}

arrow::Result<EncodedRows> EncodeRows(const arrow::RecordBatch& rows,
                                      const std::vector<std::span<const int64_t>>& files,
                                      const TableMetadata& metadata) {
  const FileSchema schema(metadata.CurrentSchema());
  ARROW_ASSIGN_OR_RAISE(auto settings, ResolveDataFileSettings(metadata, schema, {}));
  settings.parquet.collect_metrics = false;
  settings.parquet.threads = 1;
  EncodedRows encoded;
  const size_t count = std::min(files.size(), kFilesEncoded);
  for (size_t i = 0; i < count; ++i) {
    ARROW_ASSIGN_OR_RAISE(const auto taken, TakeRows(rows, files[i * files.size() / count]));
    ARROW_ASSIGN_OR_RAISE(const auto stored, schema.FileRows(taken));
    ARROW_ASSIGN_OR_RAISE(auto writer,
                          MakeParquetWriter(std::make_shared<CountingStream>(), "sample",
                                            schema.arrow_schema(), settings.parquet));
    ARROW_RETURN_NOT_OK(writer->Write(*stored));
    encoded.estimated_bytes += writer->EstimatedBytes();
    ARROW_ASSIGN_OR_RAISE(const auto written, writer->Close());
    ++encoded.files;
    encoded.rows += taken->num_rows();
    encoded.file_bytes += written.summary.compressed_bytes;
    for (const auto& column : written.summary.columns) {
      encoded.data_bytes += column.compressed_bytes;
    }
  }
  return encoded;
}

}  // namespace artemis

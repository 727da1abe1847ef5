// Rows as Parquet.
#include <utility>

#include "artemis/output/row_writer.h"
#include "artemis/parquet/writer.h"

namespace artemis {

namespace {

class ParquetRowWriter : public RowWriter {
 public:
  ParquetRowWriter(std::unique_ptr<ParquetWriter> writer,
                   std::shared_ptr<arrow::io::OutputStream> output)
      : output_(std::move(output)), writer_(std::move(writer)) {}

  arrow::Status Write(const arrow::RecordBatch& rows) override { return writer_->Write(rows); }
  arrow::Status Finish() override { return writer_->Close().status(); }

 private:
  std::shared_ptr<arrow::io::OutputStream> output_;
  std::unique_ptr<ParquetWriter> writer_;
};

}  // namespace

arrow::Result<std::unique_ptr<RowWriter>> MakeParquetRowWriter(
    std::shared_ptr<arrow::Schema> schema, std::shared_ptr<arrow::io::OutputStream> output,
    const RowWriterOptions& row_options) {
  ParquetWriterOptions options;
  options.collect_metrics = false;
  options.row_group_bytes = row_options.row_group_bytes;
  ARROW_ASSIGN_OR_RAISE(auto writer,
                        MakeParquetWriter(output, "the output", std::move(schema), options));
  return std::make_unique<ParquetRowWriter>(std::move(writer), std::move(output));
}

}  // namespace artemis

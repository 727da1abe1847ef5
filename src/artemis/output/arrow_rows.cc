// Rows as an Arrow IPC stream.
#include <utility>

#include <arrow/ipc/writer.h>

#include "artemis/output/row_writer.h"

namespace artemis {

namespace {

class ArrowStreamWriter : public RowWriter {
 public:
  explicit ArrowStreamWriter(std::shared_ptr<arrow::ipc::RecordBatchWriter> writer)
      : writer_(std::move(writer)) {}

  arrow::Status Write(const arrow::RecordBatch& rows) override {
    return writer_->WriteRecordBatch(rows);
  }
  arrow::Status Finish() override { return writer_->Close(); }

 private:
  std::shared_ptr<arrow::ipc::RecordBatchWriter> writer_;
};

}  // namespace

arrow::Result<std::unique_ptr<RowWriter>> MakeArrowWriter(
    std::shared_ptr<arrow::Schema> schema, std::shared_ptr<arrow::io::OutputStream> output) {
  ARROW_ASSIGN_OR_RAISE(auto writer,
                        arrow::ipc::MakeStreamWriter(std::move(output), std::move(schema)));
  return std::make_unique<ArrowStreamWriter>(std::move(writer));
}

}  // namespace artemis

// Rows as JSON objects: one a line, or all in one array.
#include <utility>
#include <vector>

#include <arrow/array.h>
#include <arrow/io/interfaces.h>
#include <arrow/type.h>

#include "artemis/base/json_text.h"
#include "artemis/output/cell_text.h"
#include "artemis/output/row_writer.h"

namespace artemis {

namespace {

// Text is handed on in pieces of about this size.
constexpr size_t kJsonTextBytes = 1 << 20;

class JsonWriter : public RowWriter {
 public:
  JsonWriter(const arrow::Schema& schema, std::shared_ptr<arrow::io::OutputStream> output,
             bool lines)
      : output_(std::move(output)), lines_(lines) {
    for (const auto& field : schema.fields()) {
      keys_.push_back((keys_.empty() ? "{" : ",") + JsonString(field->name()) + ":");
    }
  }

  arrow::Status Write(const arrow::RecordBatch& rows) override {
    const auto& columns = rows.columns();
    std::string text;
    for (int64_t row = 0; row < rows.num_rows(); ++row) {
      if (!lines_) text += first_ ? "[\n" : ",\n";
      first_ = false;
      AppendObject(columns, row, &text);
      if (lines_) text += '\n';
      if (text.size() < kJsonTextBytes) continue;
      ARROW_RETURN_NOT_OK(output_->Write(text.data(), static_cast<int64_t>(text.size())));
      text.clear();
    }
    return output_->Write(text.data(), static_cast<int64_t>(text.size()));
  }

  arrow::Status Finish() override {
    if (lines_) return arrow::Status::OK();
    const std::string_view end = first_ ? "[]\n" : "\n]\n";
    return output_->Write(end.data(), static_cast<int64_t>(end.size()));
  }

 private:
  void AppendObject(const arrow::ArrayVector& columns, int64_t row, std::string* text) const {
    if (keys_.empty()) *text += '{';
    for (size_t column = 0; column < keys_.size(); ++column) {
      *text += keys_[column];
      AppendCellJson(*columns[column], row, text);
    }
    *text += '}';
  }

  const std::shared_ptr<arrow::io::OutputStream> output_;
  const bool lines_;
  // '{' or ',' and the key with its colon.
  std::vector<std::string> keys_;
  bool first_ = true;
};

}  // namespace

std::unique_ptr<RowWriter> MakeJsonWriter(std::shared_ptr<arrow::Schema> schema,
                                          std::shared_ptr<arrow::io::OutputStream> output,
                                          bool lines) {
  return std::make_unique<JsonWriter>(*schema, std::move(output), lines);
}

}  // namespace artemis

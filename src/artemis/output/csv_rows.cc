// Rows as CSV (RFC 4180, lines end in a line feed).
#include <utility>

#include <arrow/array.h>
#include <arrow/io/interfaces.h>
#include <arrow/type.h>

#include "artemis/output/cell_text.h"
#include "artemis/output/row_writer.h"

namespace artemis {

namespace {

// Text is handed on in pieces of about this size.
constexpr size_t kCsvTextBytes = 1 << 20;

bool NeedsQuotes(std::string_view text) {
  for (const char c : text) {
    if (c == '"' || c == ',' || c == '\r' || c == '\n') return true;
  }
  return text.empty();
}

// Appends a cell, quoted where it holds a quote, a comma, a line break or nothing at all.
void AppendCsvCell(std::string_view text, std::string* out) {
  if (!NeedsQuotes(text)) {
    *out += text;
    return;
  }
  *out += '"';
  for (const char c : text) {
    if (c == '"') *out += '"';
    *out += c;
  }
  *out += '"';
}

class CsvWriter : public RowWriter {
 public:
  CsvWriter(std::shared_ptr<arrow::Schema> schema, std::shared_ptr<arrow::io::OutputStream> output)
      : schema_(std::move(schema)), output_(std::move(output)) {
    for (const auto& field : schema_->fields()) {
      if (!lines_.empty()) lines_ += ',';
      AppendCsvCell(field->name(), &lines_);
    }
    lines_ += '\n';
  }

  arrow::Status Write(const arrow::RecordBatch& rows) override {
    const auto& columns = rows.columns();
    std::string cell;
    for (int64_t row = 0; row < rows.num_rows(); ++row) {
      for (size_t column = 0; column < columns.size(); ++column) {
        if (column > 0) lines_ += ',';
        const auto& array = *columns[column];
        if (array.type_id() == arrow::Type::NA || array.IsNull(row)) continue;
        cell.clear();
        AppendCellText(array, row, &cell);
        AppendCsvCell(cell, &lines_);
      }
      lines_ += '\n';
      if (lines_.size() >= kCsvTextBytes) ARROW_RETURN_NOT_OK(Flush());
    }
    return Flush();
  }

  arrow::Status Finish() override { return Flush(); }

 private:
  arrow::Status Flush() {
    const auto status = output_->Write(lines_.data(), static_cast<int64_t>(lines_.size()));
    lines_.clear();
    return status;
  }

  const std::shared_ptr<arrow::Schema> schema_;
  const std::shared_ptr<arrow::io::OutputStream> output_;
  std::string lines_;
};

}  // namespace

std::unique_ptr<RowWriter> MakeCsvWriter(std::shared_ptr<arrow::Schema> schema,
                                         std::shared_ptr<arrow::io::OutputStream> output) {
  return std::make_unique<CsvWriter>(std::move(schema), std::move(output));
}

}  // namespace artemis

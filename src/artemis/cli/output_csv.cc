// Rows as CSV (RFC 4180, lines end in a line feed).
#include <utility>

#include <arrow/array.h>
#include <arrow/io/interfaces.h>
#include <arrow/type.h>

#include "artemis/cli/cell_text.h"
#include "artemis/cli/row_writer.h"

namespace artemis {

namespace {

// Appends a cell, quoted where it holds a quote, a comma, a line break or nothing at all.
void AppendCsvCell(std::string_view text, std::string* out) {
  if (!text.empty() && text.find_first_of("\",\r\n") == std::string_view::npos) {
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
    std::string cell;
    for (int64_t row = 0; row < rows.num_rows(); ++row) {
      for (int column = 0; column < rows.num_columns(); ++column) {
        if (column > 0) lines_ += ',';
        const auto& array = *rows.column(column);
        if (array.type_id() == arrow::Type::NA || array.IsNull(row)) continue;
        cell.clear();
        AppendCellText(array, row, &cell);
        AppendCsvCell(cell, &lines_);
      }
      lines_ += '\n';
    }
    return Flush();
  }

  arrow::Status Finish() override { return Flush(); }

 private:
  arrow::Status Flush() {
    const std::string lines = std::exchange(lines_, {});
    return output_->Write(lines.data(), static_cast<int64_t>(lines.size()));
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

// Rows as lines, one for each column; and rows between tabs.
#include <algorithm>
#include <utility>
#include <vector>

#include <arrow/array.h>
#include <arrow/io/interfaces.h>
#include <arrow/type.h>

#include "artemis/output/cell_text.h"
#include "artemis/output/row_writer.h"
#include "artemis/output/text_table.h"

namespace artemis {

namespace {

bool IsNullCell(const arrow::Array& array, int64_t row) {
  return array.type_id() == arrow::Type::NA || array.IsNull(row);
}

class LineWriter : public RowWriter {
 public:
  LineWriter(const arrow::Schema& schema, std::shared_ptr<arrow::io::OutputStream> output)
      : output_(std::move(output)) {
    size_t width = 0;
    for (const auto& field : schema.fields()) {
      labels_.push_back(Printable(field->name()));
      width = std::max(width, DisplayWidth(labels_.back()));
    }
    for (auto& label : labels_) label.insert(0, width - DisplayWidth(label), ' ');
  }

  arrow::Status Write(const arrow::RecordBatch& rows) override {
    std::string text;
    std::string cell;
    for (int64_t row = 0; row < rows.num_rows(); ++row) {
      if (!std::exchange(first_, false)) text += '\n';
      for (size_t column = 0; column < labels_.size(); ++column) {
        const auto& array = *rows.column(static_cast<int>(column));
        cell.clear();
        if (!IsNullCell(array, row)) AppendCellText(array, row, &cell);
        if (cell == "NULL") cell = "'NULL'";
        text += labels_[column] + " = " +
                (IsNullCell(array, row) ? std::string("NULL") : Printable(cell)) + "\n";
      }
    }
    return output_->Write(text.data(), static_cast<int64_t>(text.size()));
  }

  arrow::Status Finish() override { return arrow::Status::OK(); }

 private:
  const std::shared_ptr<arrow::io::OutputStream> output_;
  std::vector<std::string> labels_;
  bool first_ = true;
};

void AppendTabbed(std::string_view text, std::string* out) {
  for (const char c : text) {
    switch (c) {
      case '\t':
        *out += "\\t";
        break;
      case '\n':
        *out += "\\n";
        break;
      case '\r':
        *out += "\\r";
        break;
      case '\\':
        *out += "\\\\";
        break;
      default:
        *out += c;
    }
  }
}

class TabWriter : public RowWriter {
 public:
  TabWriter(const arrow::Schema& schema, std::shared_ptr<arrow::io::OutputStream> output)
      : output_(std::move(output)) {
    for (int i = 0; i < schema.num_fields(); ++i) {
      if (i > 0) text_ += '\t';
      AppendTabbed(schema.field(i)->name(), &text_);
    }
    text_ += '\n';
  }

  arrow::Status Write(const arrow::RecordBatch& rows) override {
    std::string cell;
    for (int64_t row = 0; row < rows.num_rows(); ++row) {
      for (int column = 0; column < rows.num_columns(); ++column) {
        if (column > 0) text_ += '\t';
        const auto& array = *rows.column(column);
        cell.clear();
        if (!IsNullCell(array, row)) AppendCellText(array, row, &cell);
        if (IsNullCell(array, row)) {
          text_ += "\\N";
        } else {
          AppendTabbed(cell, &text_);
        }
      }
      text_ += '\n';
    }
    return Finish();
  }

  arrow::Status Finish() override {
    const std::string text = std::exchange(text_, {});
    return output_->Write(text.data(), static_cast<int64_t>(text.size()));
  }

 private:
  const std::shared_ptr<arrow::io::OutputStream> output_;
  std::string text_;
};

}  // namespace

std::unique_ptr<RowWriter> MakeLineWriter(std::shared_ptr<arrow::Schema> schema,
                                          std::shared_ptr<arrow::io::OutputStream> output) {
  return std::make_unique<LineWriter>(*schema, std::move(output));
}

std::unique_ptr<RowWriter> MakeTabWriter(std::shared_ptr<arrow::Schema> schema,
                                         std::shared_ptr<arrow::io::OutputStream> output) {
  return std::make_unique<TabWriter>(*schema, std::move(output));
}

}  // namespace artemis

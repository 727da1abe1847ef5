// Rows as a table of text. The widths are those of the first thousand rows: a stream is not held
// back for the sake of its last row.
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

constexpr size_t kCellWidthMax = 64;
constexpr size_t kRowsMeasured = 1000;

std::vector<std::string> RowCells(const arrow::RecordBatch& rows, int64_t row) {
  std::vector<std::string> cells;
  for (const auto& array : rows.columns()) {
    std::string cell = "NULL";
    if (array->type_id() != arrow::Type::NA && array->IsValid(row)) {
      cell.clear();
      AppendCellText(*array, row, &cell);
      cell = DisplayCell(cell, kCellWidthMax);
    }
    cells.push_back(std::move(cell));
  }
  return cells;
}

class TextTableWriter : public RowWriter {
 public:
  TextTableWriter(const arrow::Schema& schema, std::shared_ptr<arrow::io::OutputStream> output)
      : output_(std::move(output)) {
    for (const auto& field : schema.fields()) {
      headings_.push_back(DisplayCell(field->name(), kCellWidthMax));
      layout_.right_aligned.push_back(IsRightAligned(*field->type()));
    }
    layout_.Fit(headings_);
  }

  arrow::Status Write(const arrow::RecordBatch& rows) override {
    for (int64_t row = 0; row < rows.num_rows(); ++row) {
      auto cells = RowCells(rows, row);
      if (measured_) {
        layout_.AppendRow(cells, &text_);
        continue;
      }
      layout_.Fit(cells);
      waiting_.push_back(std::move(cells));
      if (waiting_.size() == kRowsMeasured) Measure();
    }
    return Flush();
  }

  arrow::Status Finish() override {
    if (!measured_) Measure();
    return Flush();
  }

 private:
  void Measure() {
    measured_ = true;
    layout_.AppendRow(headings_, &text_);
    layout_.AppendRule(&text_);
    for (const auto& cells : std::exchange(waiting_, {})) layout_.AppendRow(cells, &text_);
  }

  arrow::Status Flush() {
    const std::string text = std::exchange(text_, {});
    return output_->Write(text.data(), static_cast<int64_t>(text.size()));
  }

  const std::shared_ptr<arrow::io::OutputStream> output_;
  std::vector<std::string> headings_;
  TextTableLayout layout_;
  bool measured_ = false;
  std::vector<std::vector<std::string>> waiting_;
  std::string text_;
};

class MarkdownWriter : public RowWriter {
 public:
  MarkdownWriter(const arrow::Schema& schema, std::shared_ptr<arrow::io::OutputStream> output)
      : output_(std::move(output)) {
    std::vector<std::string> headings;
    std::string rule = "|";
    for (const auto& field : schema.fields()) {
      headings.push_back(field->name());
      rule += IsRightAligned(*field->type()) ? " ---: |" : " --- |";
    }
    AppendLine(headings);
    text_ += rule + "\n";
  }

  arrow::Status Write(const arrow::RecordBatch& rows) override {
    for (int64_t row = 0; row < rows.num_rows(); ++row) AppendLine(RowCells(rows, row));
    return Finish();
  }

  arrow::Status Finish() override {
    const std::string text = std::exchange(text_, {});
    return output_->Write(text.data(), static_cast<int64_t>(text.size()));
  }

 private:
  void AppendLine(const std::vector<std::string>& cells) {
    text_ += '|';
    for (const auto& cell : cells) {
      text_ += ' ';
      for (const char c : cell) text_ += c == '|' ? std::string("\\|") : std::string(1, c);
      text_ += " |";
    }
    text_ += '\n';
  }

  const std::shared_ptr<arrow::io::OutputStream> output_;
  std::string text_;
};

}  // namespace

std::unique_ptr<RowWriter> MakeTableTextWriter(std::shared_ptr<arrow::Schema> schema,
                                               std::shared_ptr<arrow::io::OutputStream> output,
                                               bool markdown) {
  if (markdown) return std::make_unique<MarkdownWriter>(*schema, std::move(output));
  return std::make_unique<TextTableWriter>(*schema, std::move(output));
}

}  // namespace artemis

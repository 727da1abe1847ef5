// Fits tables into windows.
#include "artemis/output/fitted_table.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include <arrow/array.h>
#include <arrow/io/interfaces.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>

#include "artemis/output/cell_text.h"

namespace artemis {

namespace {

constexpr size_t kShrunkWidthMin = 10;
constexpr size_t kPlainCellWidthMax = 64;
constexpr size_t kFittedRowsMeasured = 1000;
constexpr char kEllipsis[] = "…";

size_t LeastWidth(const FittedColumn& column) {
  return column.may_shrink ? std::min(column.width, kShrunkWidthMin) : column.width;
}

// Hides columns from the middle on, to both sides in turn, until the rest fits at its narrowest.
void HideColumns(const std::vector<FittedColumn>& columns, size_t room, size_t gap,
                 Fitting* fitting) {
  const auto width_left = [&] {
    size_t width = fitting->hidden() > 0 ? 1 + gap : 0;
    for (size_t i = 0; i < columns.size(); ++i) {
      const bool is_hidden = i >= fitting->hidden_begin && i < fitting->hidden_end;
      if (!is_hidden) width += LeastWidth(columns[i]) + gap;
    }
    return width;
  };
  fitting->hidden_begin = fitting->hidden_end = (columns.size() + 1) / 2;
  while (width_left() > room && fitting->hidden() + 2 < columns.size()) {
    const bool has_left = fitting->hidden_begin > 1;
    const bool has_right = fitting->hidden_end + 1 < columns.size();
    const size_t left_count = fitting->hidden_begin;
    const size_t right_count = columns.size() - fitting->hidden_end;
    if (has_left && (!has_right || left_count > right_count)) {
      --fitting->hidden_begin;
    } else {
      ++fitting->hidden_end;
    }
  }
}

// The greatest width at which columns that may shrink fit when they are cut to it.
void ShrinkColumns(const std::vector<FittedColumn>& columns, size_t room, size_t gap,
                   Fitting* fitting) {
  const auto width_at = [&](size_t widest) {
    size_t width = fitting->hidden() > 0 ? 1 + gap : 0;
    for (size_t i = 0; i < columns.size(); ++i) {
      if (i >= fitting->hidden_begin && i < fitting->hidden_end) continue;
      width +=
          gap + (columns[i].may_shrink ? std::min(columns[i].width, widest) : columns[i].width);
    }
    return width;
  };
  size_t low = kShrunkWidthMin;
  size_t high = std::max(room, low);
  while (low < high) {
    const size_t middle = (low + high + 1) / 2;
    if (width_at(middle) <= room) {
      low = middle;
    } else {
      high = middle - 1;
    }
  }
  for (size_t i = 0; i < columns.size(); ++i) {
    if (columns[i].may_shrink) fitting->widths[i] = std::min(columns[i].width, low);
  }
}

bool MayShrink(const arrow::DataType& type) {
  return !IsRightAligned(type) && !arrow::is_temporal(type.id()) && type.id() != arrow::Type::BOOL;
}

}  // namespace

Fitting FitColumns(const std::vector<FittedColumn>& columns, size_t width_max, size_t gap,
                   size_t frame) {
  Fitting fitting;
  size_t total = frame;
  for (const auto& column : columns) {
    fitting.widths.push_back(column.width);
    total += column.width + gap;
  }
  if (total <= width_max) return fitting;
  const size_t room = width_max > frame ? width_max - frame : 0;
  HideColumns(columns, room, gap, &fitting);
  if (fitting.hidden() == 0) fitting.hidden_begin = fitting.hidden_end = 0;
  ShrinkColumns(columns, room, gap, &fitting);
  return fitting;
}

FittedTable::FittedTable(const arrow::Schema& schema,
                         std::shared_ptr<arrow::io::OutputStream> output,
                         const FittedTableOptions& options)
    : output_(std::move(output)),
      options_(options),
      cell_width_max_(options.width_max > 0 ? options.width_max : kPlainCellWidthMax) {
  for (const auto& field : schema.fields()) {
    headings_.push_back(DisplayCell(field->name(), cell_width_max_));
    columns_.push_back({DisplayWidth(headings_.back()), MayShrink(*field->type())});
    right_aligned_.push_back(IsRightAligned(*field->type()));
  }
}

FittedTable::Cells FittedTable::CellsOf(const arrow::RecordBatch& rows, int64_t row) const {
  Cells cells;
  for (const auto& array : rows.columns()) {
    std::string cell = "NULL";
    if (array->type_id() != arrow::Type::NA && array->IsValid(row)) {
      cell.clear();
      AppendCellText(*array, row, &cell);
      cell = cell == "NULL" ? "'NULL'" : DisplayCell(cell, cell_width_max_);
    }
    cells.push_back(std::move(cell));
  }
  return cells;
}

arrow::Status FittedTable::Write(const arrow::RecordBatch& rows) {
  for (int64_t row = 0; row < rows.num_rows(); ++row) {
    Cells cells = CellsOf(rows, row);
    if (begun_) {
      AppendRow(cells);
      continue;
    }
    for (size_t i = 0; i < cells.size(); ++i) {
      columns_[i].width = std::max(columns_[i].width, DisplayWidth(cells[i]));
    }
    waiting_.push_back(std::move(cells));
    if (waiting_.size() == kFittedRowsMeasured) Begin();
  }
  return Flush();
}

void FittedTable::Begin() {
  begun_ = true;
  const size_t width_max = options_.width_max > 0 ? options_.width_max : SIZE_MAX / 2;
  // Between cells " │ " or two blanks; around them "│ " and " │", or nothing.
  fitting_ = options_.boxed ? FitColumns(columns_, width_max, 3, 1)
                            : FitColumns(columns_, width_max + 2, 2, 0);
  if (options_.boxed) AppendRule("┌", "┬", "┐");
  AppendRow(headings_);
  AppendRule("├", "┼", "┤");
  for (const auto& cells : std::exchange(waiting_, {})) AppendRow(cells);
}

void FittedTable::AppendRow(const Cells& cells) {
  const std::string_view between = options_.boxed ? " │ " : "  ";
  std::string line = options_.boxed ? "│ " : "";
  for (size_t i = 0; i < cells.size(); ++i) {
    if (i > 0) line += between;
    if (fitting_.hidden() > 0 && i == fitting_.hidden_begin) {
      line += kEllipsis;
      i = fitting_.hidden_end - 1;
      continue;
    }
    const std::string cell = CutToWidth(cells[i], fitting_.widths[i]);
    const std::string padding(fitting_.widths[i] - std::min(DisplayWidth(cell), fitting_.widths[i]),
                              ' ');
    line += right_aligned_[i] ? padding + cell : cell + padding;
  }
  if (options_.boxed) line += " │";
  while (!line.empty() && line.back() == ' ') line.pop_back();
  text_ += line + "\n";
}

void FittedTable::AppendRule(const char* left, const char* middle, const char* right) {
  const std::string dash = options_.boxed ? "─" : "-";
  std::string line = options_.boxed ? left + dash : "";
  for (size_t i = 0; i < columns_.size(); ++i) {
    if (i > 0) line += options_.boxed ? dash + middle + dash : "  ";
    const bool is_gap = fitting_.hidden() > 0 && i == fitting_.hidden_begin;
    if (is_gap) i = fitting_.hidden_end - 1;
    const size_t width = is_gap ? 1 : std::max<size_t>(fitting_.widths[i], 1);
    for (size_t k = 0; k < width; ++k) line += dash;
  }
  if (options_.boxed) line += dash + right;
  text_ += line + "\n";
}

arrow::Status FittedTable::Flush() {
  const std::string text = std::exchange(text_, {});
  return output_->Write(text.data(), static_cast<int64_t>(text.size()));
}

arrow::Status FittedTable::Finish() {
  if (!begun_) Begin();
  if (options_.boxed) AppendRule("└", "┴", "┘");
  return Flush();
}

std::vector<std::string> FittedTable::HiddenColumns() const {
  return {headings_.begin() + static_cast<std::ptrdiff_t>(fitting_.hidden_begin),
          headings_.begin() + static_cast<std::ptrdiff_t>(fitting_.hidden_end)};
}

}  // namespace artemis

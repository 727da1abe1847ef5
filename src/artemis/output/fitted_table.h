// Rows as a table that fits a window: wide columns become narrower, and where that is not enough, columns in the middle are left out.
//
//   mission_id  day         …  temperature_c      ┌────────────┬────────────┬───┬───────────────┐
//   ----------  ----------  -  -------------      │ mission_id │ day        │ … │ temperature_c │
//   apollo-7    2024-03-11  …           21.5      ├────────────┼────────────┼───┼───────────────┤
//
// null is NULL; the text NULL stands in quotes: 'NULL'.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include <arrow/io/type_fwd.h>
#include <arrow/type_fwd.h>

#include "artemis/output/row_writer.h"
#include "artemis/output/text_table.h"

namespace artemis {

struct FittedColumn {
  size_t width = 0;
  // Only what still tells something when its end is cut: text, not numbers and times.
  bool may_shrink = false;
};

// Columns [hidden_begin, hidden_end) are left out, and an ellipsis stands for them.
struct Fitting {
  std::vector<size_t> widths;
  size_t hidden_begin = 0;
  size_t hidden_end = 0;

  size_t hidden() const { return hidden_end - hidden_begin; }
  bool operator==(const Fitting&) const = default;
};

// Fits columns into `width_max`, of which each takes `gap` besides its width and the table `frame` once. Columns that may shrink keep
// 10 at least; the first column and the last are never left out.
Fitting FitColumns(const std::vector<FittedColumn>& columns, size_t width_max, size_t gap,
                   size_t frame);

struct FittedTableOptions {
  bool boxed = false;
  // Of the window; 0: no limit for the table, cells of 64 at most.
  size_t width_max = 0;
};

// The widths are those of the first thousand rows; later cells that are wider are cut. One thread at a time.
class FittedTable : public RowWriter {
 public:
  FittedTable(const arrow::Schema& schema, std::shared_ptr<arrow::io::OutputStream> output,
              const FittedTableOptions& options);

  arrow::Status Write(const arrow::RecordBatch& rows) override;
  arrow::Status Finish() override;

  // Names of the columns left out, once rows were written out.
  std::vector<std::string> HiddenColumns() const;

 private:
  using Cells = std::vector<std::string>;

  Cells CellsOf(const arrow::RecordBatch& rows, int64_t row) const;
  void Begin();
  void AppendRow(const Cells& cells);
  void AppendRule(const char* left, const char* middle, const char* right);
  arrow::Status Flush();

  const std::shared_ptr<arrow::io::OutputStream> output_;
  const FittedTableOptions options_;
  const size_t cell_width_max_;
  Cells headings_;
  std::vector<FittedColumn> columns_;
  std::vector<bool> right_aligned_;
  Fitting fitting_;
  bool begun_ = false;
  std::vector<Cells> waiting_;
  std::string text_;
};

}  // namespace artemis

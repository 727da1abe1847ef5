// Record batches from lines of text: the part that JSON lines and CSV share. A bad line leaves nothing in the batch.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include <arrow/record_batch.h>
#include <arrow/result.h>

#include "artemis/ingest/line_source.h"
#include "artemis/ingest/rejects.h"
#include "artemis/ingest/row_target.h"
#include "artemis/ingest/value_column.h"

namespace artemis {

struct TextRowsOptions {
  // A batch ends when it has so many rows, or came from so many bytes of text.
  int64_t batch_rows = 65'536;
  int64_t batch_text_bytes = int64_t{16} << 20;
  // Longer lines and records fail the load.
  int64_t line_bytes_max = int64_t{64} << 20;
  // Columns that the target does not have are left out instead of refused.
  bool ignore_unknown = false;
  // Between the fields of CSV.
  char delimiter = ',';
  TextValueOptions values;
};

// One format. One thread at a time.
class LineParser {
 public:
  virtual ~LineParser() = default;
  // The next line that is to become a row; false at the end. Fails only when reading fails.
  virtual arrow::Result<bool> Next(LineSource& lines, TextLine* line) = 0;
  // Appends the values of a line to the children of `row`; columns that the line does not have stay as long as they are. Invalid,
  // with ColumnRefusal where one column is to blame, in words of the line alone; what was appended then is dropped by the caller.
  virtual arrow::Status Append(const TextLine& line, const StructColumn& row) = 0;
  // The header that rejected lines need before them, verbatim, or nothing.
  virtual std::string_view header() const { return {}; }
};

// Rows of the target's schema. `name` is the input's, for messages; `rejects` may be null, and must outlive the reader else.
//
// Invalid for a target type that text cannot give. While reading: Invalid (RejectedLineText) for a bad line that `rejects` does not
// take; LimitExceeded for a line that is too long; CorruptFile, with the number of rows before, for packed input that is broken
// or cut off. Each names the input.
arrow::Result<std::shared_ptr<arrow::RecordBatchReader>> MakeTextRows(
    std::string name, std::unique_ptr<LineSource> lines, std::unique_ptr<LineParser> parser,
    std::shared_ptr<const RowTarget> target, const TextRowsOptions& options, Rejects* rejects);

}  // namespace artemis

// Where artemis-sql puts the results of its statements, and in which form.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <arrow/io/interfaces.h>
#include <arrow/result.h>

#include "artemis/output/row_output.h"
#include "artemis/shell/shell_world.h"
#include "artemis/shell/watcher.h"
#include "artemis/sql/session.h"

namespace artemis {

struct ResultOptions {
  RowOutputOptions output;
  // Results are shown to somebody at a terminal: fitted, shortened, paged. Else they are written whole.
  bool on_screen = false;
  // Rows of one result that the screen shows in table, box, line and markdown; nullopt: all.
  std::optional<int64_t> rows_max = 100;
  // The command that pages; empty: none.
  std::string pager;
};

// What was made of a result.
struct ResultOutcome {
  int64_t rows_shown = 0;
  int64_t rows = 0;
  // Counting the others took too long, or the user had enough: there are more than `rows`.
  bool has_more = false;
  std::vector<std::string> hidden_columns;
};

// One thread at a time.
class SqlResults {
 public:
  SqlResults(ResultOptions options, const ShellWorld& world);
  ~SqlResults();

  ResultOptions& options() { return options_; }
  // Usage error for a format that is none.
  arrow::Result<RowFormat> format() const { return ChosenFormat(options_.output); }

  // Results go to a file, which is begun anew, or back to where they went at first (nullopt). IOError.
  arrow::Status SetFile(const std::optional<std::string>& path);
  const std::optional<std::string>& file() const { return file_; }

  // Writes a result. `watcher` may be null; it is hidden before anything is printed. Usage error: a second result for an output that
  // holds one; a binary format for a terminal.
  arrow::Result<ResultOutcome> Write(arrow::RecordBatchReader& rows, bool is_plan,
                                     SqlWatcher* watcher);
  // Writes text where results go: .help, .schema. On the screen it is paged.
  arrow::Status WriteText(std::string_view text);

 private:
  arrow::Result<ResultOutcome> WriteToScreen(arrow::RecordBatchReader& rows, RowFormat format,
                                             SqlWatcher* watcher);
  arrow::Result<ResultOutcome> WriteToOutput(arrow::RecordBatchReader& rows, RowFormat format,
                                             SqlWatcher* watcher);
  arrow::Result<ResultOutcome> WriteToFile(arrow::RecordBatchReader& rows, RowFormat format);
  arrow::Result<ResultOutcome> WritePlan(arrow::RecordBatchReader& rows, SqlWatcher* watcher);
  arrow::Status CountOthers(arrow::RecordBatchReader& rows, SqlWatcher* watcher,
                            ResultOutcome* outcome);

  ResultOptions options_;
  const ShellWorld& world_;
  std::optional<std::string> file_;
  std::shared_ptr<arrow::io::OutputStream> stream_;  // of `file_`, but for binary formats
  int results_ = 0;
};

}  // namespace artemis

// Streams rows to the output that was asked for.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <arrow/record_batch.h>
#include <arrow/result.h>
#include <arrow/status.h>
#include <arrow/type_fwd.h>
#include <arrow/util/cancel.h>

#include "artemis/base/progress.h"
#include "artemis/output/parts.h"
#include "artemis/output/row_writer.h"
#include "artemis/output/target.h"

namespace artemis {

struct RowOutputOptions {
  // Empty: by the ending of `output`, Parquet in a folder, else `fallback`.
  std::string format;
  RowFormat fallback = RowFormat::kTable;
  // A file, "-" or nothing for standard output; a folder where it ends in '/' (parts.h).
  std::optional<std::string> output;
  // Of the parts in a folder.
  std::optional<int64_t> max_file_bytes = std::nullopt;

  bool is_folder() const { return output && output->ends_with('/'); }
};

// The format that the options mean. Usage error.
arrow::Result<RowFormat> ChosenFormat(const RowOutputOptions& options);

// How far the rows are, for the line on a terminal: "3 of 12 files, 1.2 of 4.0 GiB, 120,000 rows, 40 s left (25 %)".
struct RowProgress {
  int64_t done = 0;
  std::optional<int64_t> total;
  std::string text;
};

// What ends a stream of rows before its time, and how the program that streams them says how far it is.
struct StreamControl {
  arrow::StopToken stop = arrow::StopToken::Unstoppable();
  ProgressMode progress = ProgressMode::kAuto;
  // What the line of progress begins with: "artemis-replay".
  std::string program;
};

// An output and the writer of its format. One thread at a time.
class RowOutput {
 public:
  // Usage error: an unknown format, a binary one on a terminal, a size of parts without a folder. Errors of OutputTarget and PartedOutput.
  static arrow::Result<std::unique_ptr<RowOutput>> Open(const RowOutputOptions& options,
                                                        std::shared_ptr<arrow::Schema> schema,
                                                        const StreamControl& control);

  arrow::Status Write(const arrow::RecordBatch& rows);
  // Shown instead of the number of rows, after each Write, and with ShowProgress in between.
  void SetProgress(std::function<RowProgress(int64_t rows)> progress) {
    progress_of_ = std::move(progress);
  }
  void ShowProgress();
  // Writes all rows of a stream; Cancelled when the user asks to stop in between.
  arrow::Status WriteAll(arrow::RecordBatchReader& rows);
  // Ends the format and the output; a file then has its name.
  arrow::Status Finish();

  int64_t rows() const { return rows_; }
  RowFormat format() const { return format_; }

 private:
  RowOutput(arrow::StopToken stop, RowFormat format) : stop_(std::move(stop)), format_(format) {}

  const arrow::StopToken stop_;
  const RowFormat format_;
  std::unique_ptr<OutputTarget> target_;
  std::unique_ptr<RowWriter> writer_;
  std::unique_ptr<PartedOutput> parts_;  // instead of the two
  std::function<RowProgress(int64_t)> progress_of_;
  std::unique_ptr<ProgressLine> progress_;
  int64_t rows_ = 0;
};

}  // namespace artemis

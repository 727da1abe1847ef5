// Streams rows to the output a command was asked for.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include <arrow/record_batch.h>
#include <arrow/result.h>
#include <arrow/status.h>
#include <arrow/type_fwd.h>

#include "artemis/base/progress.h"
#include "artemis/cli/command_context.h"
#include "artemis/cli/output_target.h"
#include "artemis/cli/row_writer.h"

namespace artemis {

struct RowOutputOptions {
  // Empty: by the ending of `output`, else `fallback`.
  std::string format;
  RowFormat fallback = RowFormat::kTable;
  // A file, "-" or nothing for standard output.
  std::optional<std::string> output;
};

// The format that the options mean. Usage error.
arrow::Result<RowFormat> ChosenFormat(const RowOutputOptions& options);

// An output and the writer of its format. One thread at a time.
class RowOutput {
 public:
  // Usage error: an unknown format, a binary one on a terminal. Errors of OutputTarget.
  static arrow::Result<std::unique_ptr<RowOutput>> Open(const RowOutputOptions& options,
                                                        std::shared_ptr<arrow::Schema> schema,
                                                        CommandContext& context);

  arrow::Status Write(const arrow::RecordBatch& rows);
  // Writes all rows of a stream; Cancelled when the user asks to stop in between.
  arrow::Status WriteAll(arrow::RecordBatchReader& rows);
  // Ends the format and the output; a file then has its name.
  arrow::Status Finish();

  int64_t rows() const { return rows_; }
  RowFormat format() const { return format_; }

 private:
  RowOutput(CommandContext& context, RowFormat format) : context_(context), format_(format) {}

  CommandContext& context_;
  const RowFormat format_;
  std::unique_ptr<OutputTarget> target_;
  std::unique_ptr<RowWriter> writer_;
  std::unique_ptr<ProgressLine> progress_;
  int64_t rows_ = 0;
};

}  // namespace artemis

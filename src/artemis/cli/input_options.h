// How commands that take rows read them, and what they do with lines that are no rows.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <arrow/record_batch.h>
#include <arrow/result.h>

#include "artemis/base/progress.h"
#include "artemis/base/stopwatch.h"
#include "artemis/cli/command_context.h"
#include "artemis/ingest/row_inputs.h"
#include "artemis/table/metadata.h"

namespace artemis {

struct InputOptions {
  InputFormat format = InputFormat::kAuto;
  // Where bad lines are set aside; empty: the first one ends the command.
  std::string rejects;
  // Only with `rejects`; unset: any number.
  std::optional<int64_t> rejects_max;
  bool ignore_unknown = false;
  std::optional<arrow::TimeUnit::type> epoch_unit;
  BinaryText binary = BinaryText::kHex;
  char delimiter = ',';
  int64_t line_bytes_max = int64_t{64} << 20;
};

// Usage error when "-" is named, and standard input is a terminal.
arrow::Status RefuseTerminal(const std::vector<std::string>& inputs);

// Tells of rejected lines on standard error (the first 20) and as events "line_rejected". AlreadyExists when there is a file at the
// path; usage error for rejects_max alone. `context` must outlive it.
arrow::Result<std::unique_ptr<Rejects>> OpenRejects(const InputOptions& options,
                                                    CommandContext& context);

// `rejects` must outlive the readers.
OpenRowsOptions ToOpenRowsOptions(const InputOptions& options, bool truncate_timestamps,
                                  std::shared_ptr<const RowTarget> target, Rejects* rejects);

// One line on standard error where lines were rejected, and the metric.
void ReportRejects(const Rejects& rejects, CommandContext& context);

// The columns of the table's current schema, their write defaults, and the former names of those that were renamed.
std::shared_ptr<const RowTarget> TargetOfTable(const TableMetadata& table);

// The line of progress of a load: "writing: 1310720 rows, 240 MB/s"; bytes are those of Arrow.
class LoadProgress {
 public:
  explicit LoadProgress(const CommandContext& context);
  void Add(const arrow::RecordBatch& batch);
  int64_t rows() const { return rows_; }
  int64_t bytes() const { return bytes_; }

 private:
  ProgressLine line_;
  Stopwatch watch_;
  int64_t rows_ = 0;
  int64_t bytes_ = 0;
};

}  // namespace artemis

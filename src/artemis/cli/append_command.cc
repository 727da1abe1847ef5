// artemis-table append.
#include "artemis/cli/append_command.h"

#include <utility>

#include "artemis/base/error.h"
#include "artemis/base/progress.h"
#include "artemis/cli/opened_table.h"
#include "artemis/commit/summary.h"
#include "artemis/ingest/open_rows.h"
#include "artemis/io/file_system.h"
#include "artemis/write/table_writer.h"

namespace artemis {

namespace {

class RowProgress {
 public:
  explicit RowProgress(const CommandContext& context)
      : line_(context.common().progress, "writing") {}
  void Add(int64_t rows) { line_.Update(rows_ += rows, std::nullopt, "rows"); }

 private:
  ProgressLine line_;
  int64_t rows_ = 0;
};

arrow::Status WriteInput(const std::string& input, TableWriter& writer, RowProgress& progress,
                         CommandContext& context) {
  ARROW_ASSIGN_OR_RAISE(const auto rows, OpenRows(input));
  std::shared_ptr<arrow::RecordBatch> batch;
  while (true) {
    ARROW_RETURN_NOT_OK(context.stop().Poll());
    ARROW_RETURN_NOT_OK(rows->ReadNext(&batch));
    if (batch == nullptr) return arrow::Status::OK();
    ARROW_RETURN_NOT_OK(WithContext(writer.Write(*batch), input == "-" ? "standard input" : input));
    progress.Add(batch->num_rows());
  }
}

arrow::Result<std::vector<DataFile>> WriteInputs(const AppendOptions& options,
                                                 const OpenedTable& opened,
                                                 CommandContext& context) {
  TableWriterOptions write;
  write.truncate_timestamps = options.truncate_timestamps;
  write.events = &context.events();
  ARROW_ASSIGN_OR_RAISE(const auto writer,
                        MakeTableWriter(opened.table.metadata, context.files(), write));
  RowProgress progress(context);
  for (const auto& input : options.inputs) {
    ARROW_RETURN_NOT_OK(WriteInput(input, *writer, progress, context));
  }
  return writer->Close();
}

void DeleteFiles(const std::vector<DataFile>& files, CommandContext& context) {
  for (const auto& file : files) (void)context.files().Delete(file.path);
}

arrow::Result<CommitResult> CommitFiles(const OpenedTable& opened, std::vector<DataFile> files,
                                        const CommitOptions& commit, CommandContext& context) {
  if (const auto stopped = context.stop().Poll(); !stopped.ok()) {
    DeleteFiles(files, context);
    return stopped;
  }
  auto result = AppendFiles(*opened.catalog, opened.name(), files, commit);
  const bool unknown = FindDetail<CommitUnknown>(result.status()) != nullptr;
  const bool in_table = result.ok() && !result->already_done;
  if (!in_table && !unknown) DeleteFiles(files, context);
  return result;
}

}  // namespace

arrow::Status RunAppend(const AppendOptions& options, CommandContext& context) {
  const Stopwatch watch;
  const auto commit = ToCommitOptions(options.commit, context);
  ARROW_ASSIGN_OR_RAISE(const auto opened, OpenTableToWrite(context, options.table));
  CommitReport report;
  report.operation = "append";
  if (!commit.once_key.empty()) {
    if (const auto* done = FindOnce(opened.metadata(), commit.once_key); done != nullptr) {
      const CommitResult before{opened.table, done->id, 0, true};
      return PrintCommit(context, report, before, watch.ElapsedMs(), options.commit.format);
    }
  }
  ARROW_ASSIGN_OR_RAISE(auto files, WriteInputs(options, opened, context));
  report.files_added = static_cast<int64_t>(files.size());
  report.rows_added = 0;
  for (const auto& file : files) *report.rows_added += file.record_count;
  report.sentence = "appended " + CountOf(*report.rows_added, "row") + " in " +
                    CountOf(*report.files_added, "file") + " to " + opened.name().ToString();
  ARROW_ASSIGN_OR_RAISE(const auto result, CommitFiles(opened, std::move(files), commit, context));
  return PrintCommit(context, report, result, watch.ElapsedMs(), options.commit.format);
}

}  // namespace artemis

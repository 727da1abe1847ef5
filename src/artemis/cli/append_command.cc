// artemis-table append.
#include "artemis/cli/append_command.h"

#include <utility>

#include "artemis/base/error.h"
#include "artemis/base/stopwatch.h"
#include "artemis/cli/opened_table.h"
#include "artemis/commit/once.h"
#include "artemis/ingest/open_rows.h"
#include "artemis/io/file_system.h"
#include "artemis/write/table_writer.h"

namespace artemis {

namespace {

arrow::Status WriteInputs(RowInputs& inputs, const RowTarget& target, TableWriter& writer,
                          CommandContext& context) {
  LoadProgress progress(context);
  std::shared_ptr<arrow::Schema> checked;
  while (true) {
    ARROW_RETURN_NOT_OK(context.stop().Poll());
    ARROW_ASSIGN_OR_RAISE(const InputBatch read, inputs.Next());
    if (read.batch == nullptr) return arrow::Status::OK();
    if (read.batch->schema() != checked) {
      checked = read.batch->schema();
      ARROW_RETURN_NOT_OK(WithContext(CheckColumnNames(target, *checked), read.input));
    }
    ARROW_RETURN_NOT_OK(WithContext(writer.Write(*read.batch), read.input));
    progress.Add(*read.batch);
  }
}

arrow::Result<std::vector<DataFile>> WriteDataFiles(const AppendOptions& options,
                                                    const OpenedTable& opened, Rejects* rejects,
                                                    CommandContext& context) {
  const auto target = TargetOfTable(opened.metadata());
  ARROW_ASSIGN_OR_RAISE(
      const auto inputs,
      OpenRows(options.inputs,
               ToOpenRowsOptions(options.input, options.truncate_timestamps, target, rejects)));
  TableWriterOptions write;
  write.truncate_timestamps = options.truncate_timestamps;
  write.spill_dir = options.temp_dir;
  write.events = &context.events();
  ARROW_ASSIGN_OR_RAISE(const auto writer,
                        MakeTableWriter(opened.table.metadata, context.files(), write));
  ARROW_RETURN_NOT_OK(WriteInputs(*inputs, *target, *writer, context));
  return writer->Close();
}

void DeleteFiles(const std::vector<DataFile>& files, CommandContext& context) {
  for (const auto& file : files) (void)context.files().Delete(file.path);
}

arrow::Result<CommitResult> CommitFiles(const OpenedTable& opened, std::vector<DataFile> files,
                                        const CommitOptions& commit, Rejects& rejects,
                                        CommandContext& context) {
  arrow::Status ready = context.stop().Poll();
  if (ready.ok()) ready = rejects.Commit();
  if (!ready.ok()) {
    DeleteFiles(files, context);
    return ready;
  }
  auto result = AppendFiles(*opened.catalog, opened.name(), files, commit);
  const bool unknown = FindDetail<CommitUnknown>(result.status()) != nullptr;
  const bool in_table = result.ok() && !result->already_done;
  if (!in_table && !unknown) {
    DeleteFiles(files, context);
    rejects.Discard();
  }
  return result;
}

}  // namespace

arrow::Status RunAppend(const AppendOptions& options, CommandContext& context) {
  const Stopwatch watch;
  ARROW_RETURN_NOT_OK(RefuseTerminal(options.inputs));
  const auto commit = ToCommitOptions(options.commit, context);
  ARROW_ASSIGN_OR_RAISE(const auto opened, OpenTableToWrite(context, options.table));
  CommitReport report;
  report.operation = "append";
  if (!commit.once_key.empty()) {
    if (const auto done = FindOnceRecord(opened.metadata(), commit.once_key)) {
      const CommitResult before{opened.table, done->snapshot_id, 0, true};
      return PrintCommit(context, report, before, watch.ElapsedMs(), options.commit.format);
    }
  }
  ARROW_ASSIGN_OR_RAISE(const auto rejects, OpenRejects(options.input, context));
  ARROW_ASSIGN_OR_RAISE(auto files, WriteDataFiles(options, opened, rejects.get(), context));
  report.files_added = static_cast<int64_t>(files.size());
  report.rows_added = 0;
  for (const auto& file : files) *report.rows_added += file.record_count;
  report.sentence = "appended " + CountOf(*report.rows_added, "row") + " in " +
                    CountOf(*report.files_added, "file") + " to " + opened.name().ToString();
  if (!options.input.rejects.empty()) {
    report.more.emplace_back("rejected_lines", Fact::Count(rejects->count()));
  }
  ARROW_ASSIGN_OR_RAISE(const auto result,
                        CommitFiles(opened, std::move(files), commit, *rejects, context));
  if (!result.already_done) ReportRejects(*rejects, context);
  return PrintCommit(context, report, result, watch.ElapsedMs(), options.commit.format);
}

}  // namespace artemis

// artemis-table overwrite, delete.
#include "artemis/cli/rewrite_command.h"

#include <memory>
#include <utility>

#include "artemis/base/stopwatch.h"
#include "artemis/cli/input_options.h"
#include "artemis/cli/opened_table.h"
#include "artemis/cli/where_text.h"
#include "artemis/ingest/row_inputs.h"

namespace artemis {

namespace {

// The rows of several inputs, one after the other.
class ChainedRows : public arrow::RecordBatchReader {
 public:
  ChainedRows(std::unique_ptr<RowInputs> inputs, std::shared_ptr<arrow::Schema> schema,
              arrow::StopToken stop)
      : inputs_(std::move(inputs)), schema_(std::move(schema)), stop_(std::move(stop)) {}

  std::shared_ptr<arrow::Schema> schema() const override { return schema_; }
  arrow::Status ReadNext(std::shared_ptr<arrow::RecordBatch>* batch) override {
    ARROW_RETURN_NOT_OK(stop_.Poll());
    ARROW_ASSIGN_OR_RAISE(auto read, inputs_->Next());
    *batch = std::move(read.batch);
    return arrow::Status::OK();
  }

 private:
  const std::unique_ptr<RowInputs> inputs_;
  const std::shared_ptr<arrow::Schema> schema_;
  const arrow::StopToken stop_;
};

arrow::Result<std::shared_ptr<arrow::RecordBatchReader>> OpenInputs(
    const RewriteCommandOptions& options, const OpenedTable& opened, CommandContext& context) {
  ARROW_ASSIGN_OR_RAISE(
      auto inputs,
      OpenRows(options.inputs, ToOpenRowsOptions({}, options.truncate_timestamps,
                                                 TargetOfTable(opened.metadata()), nullptr)));
  ARROW_ASSIGN_OR_RAISE(auto schema, inputs->FirstSchema());
  return std::make_shared<ChainedRows>(std::move(inputs), std::move(schema), context.stop());
}

RewriteOptions ToRewriteOptions(const RewriteCommandOptions& options, CommandContext& context) {
  RewriteOptions rewrite;
  rewrite.commit = ToCommitOptions(options.commit, context);
  rewrite.write.truncate_timestamps = options.truncate_timestamps;
  rewrite.write.events = &context.events();
  rewrite.mode = options.mode;
  return rewrite;
}

std::string RewriteSentence(const RewriteResult& result, const std::string& table) {
  if (!result.commit.snapshot_id) return "no row of " + table + " matches";
  std::string text = "deleted " + CountOf(result.rows_deleted, "row");
  if (result.rows_added > 0) text += " and added " + GroupDigits(result.rows_added);
  text += " in " + table + " (" + CountOf(result.files_removed, "file") + " out, " +
          GroupDigits(result.files_added) + " in";
  if (result.delete_files_added + result.delete_files_removed > 0) {
    text += "; " + CountOf(result.delete_files_added, "delete file") + " in";
    if (result.delete_files_removed > 0)
      text += ", " + GroupDigits(result.delete_files_removed) + " out";
  }
  return text + ")";
}

arrow::Status RunRewrite(const RewriteCommandOptions& options, CommandContext& context,
                         const std::string& operation) {
  const Stopwatch watch;
  ARROW_ASSIGN_OR_RAISE(const auto predicate, ParseWhere(options.where, context));
  ARROW_ASSIGN_OR_RAISE(const auto opened, OpenTableToWrite(context, options.table));
  CommitReport report;
  report.operation = operation;
  if (const auto done = AlreadyDone(opened, options.commit.once_key)) {
    return PrintCommit(context, report, *done, watch.ElapsedMs(), options.commit.format);
  }
  const auto rewrite = ToRewriteOptions(options, context);
  arrow::Result<RewriteResult> result;
  if (operation == "delete") {
    result = DeleteWhere(*opened.catalog, opened.name(), predicate, rewrite);
  } else {
    ARROW_ASSIGN_OR_RAISE(auto rows, OpenInputs(options, opened, context));
    result = OverwriteWhere(*opened.catalog, opened.name(), predicate, std::move(rows), rewrite);
  }
  ARROW_RETURN_NOT_OK(result.status());
  report.files_added = result->files_added;
  report.files_removed = result->files_removed;
  report.rows_added = result->rows_added;
  report.rows_deleted = result->rows_deleted;
  report.delete_files_added = result->delete_files_added;
  report.delete_files_removed = result->delete_files_removed;
  report.sentence = RewriteSentence(*result, opened.name().ToString());
  return PrintCommit(context, report, result->commit, watch.ElapsedMs(), options.commit.format);
}

}  // namespace

arrow::Status RunOverwrite(const RewriteCommandOptions& options, CommandContext& context) {
  return RunRewrite(options, context, "overwrite");
}

arrow::Status RunDelete(const RewriteCommandOptions& options, CommandContext& context) {
  return RunRewrite(options, context, "delete");
}

}  // namespace artemis

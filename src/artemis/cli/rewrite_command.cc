// artemis-table overwrite, delete.
#include "artemis/cli/rewrite_command.h"

#include <optional>
#include <utility>

#include "artemis/cli/opened_table.h"
#include "artemis/cli/where_text.h"
#include "artemis/commit/summary.h"
#include "artemis/ingest/open_rows.h"
#include "artemis/rewrite/overwrite.h"

namespace artemis {

namespace {

// The rows of several inputs, one after the other; all of one schema.
class ChainedRows : public arrow::RecordBatchReader {
 public:
  ChainedRows(std::vector<std::shared_ptr<arrow::RecordBatchReader>> inputs, arrow::StopToken stop)
      : inputs_(std::move(inputs)), stop_(std::move(stop)) {}

  std::shared_ptr<arrow::Schema> schema() const override { return inputs_.front()->schema(); }
  arrow::Status ReadNext(std::shared_ptr<arrow::RecordBatch>* batch) override {
    ARROW_RETURN_NOT_OK(stop_.Poll());
    for (; at_ < inputs_.size(); ++at_) {
      ARROW_RETURN_NOT_OK(inputs_[at_]->ReadNext(batch));
      if (*batch != nullptr) return arrow::Status::OK();
    }
    *batch = nullptr;
    return arrow::Status::OK();
  }

 private:
  const std::vector<std::shared_ptr<arrow::RecordBatchReader>> inputs_;
  const arrow::StopToken stop_;
  size_t at_ = 0;
};

arrow::Result<std::shared_ptr<arrow::RecordBatchReader>> OpenInputs(
    const std::vector<std::string>& paths, CommandContext& context) {
  std::vector<std::shared_ptr<arrow::RecordBatchReader>> inputs;
  for (const auto& path : paths) {
    ARROW_ASSIGN_OR_RAISE(auto rows, OpenRows(path));
    inputs.push_back(std::move(rows));
  }
  return std::make_shared<ChainedRows>(std::move(inputs), context.stop());
}

RewriteOptions ToRewriteOptions(const RewriteCommandOptions& options, CommandContext& context) {
  RewriteOptions rewrite;
  rewrite.commit = ToCommitOptions(options.commit, context);
  rewrite.write.truncate_timestamps = options.truncate_timestamps;
  rewrite.write.events = &context.events();
  return rewrite;
}

std::string RewriteSentence(const RewriteResult& result, const std::string& table) {
  if (!result.commit.snapshot_id) return "no row of " + table + " matches";
  std::string text = "deleted " + CountOf(result.rows_deleted, "row");
  if (result.rows_added > 0) text += " and added " + GroupDigits(result.rows_added);
  return text + " in " + table + " (" + CountOf(result.files_removed, "file") + " out, " +
         GroupDigits(result.files_added) + " in)";
}

// The snapshot that already holds the --once key.
std::optional<CommitResult> AlreadyDone(const OpenedTable& opened, const std::string& once_key) {
  if (once_key.empty()) return std::nullopt;
  const auto* done = FindOnce(opened.metadata(), once_key);
  if (done == nullptr) return std::nullopt;
  return CommitResult{opened.table, done->id, 0, true};
}

arrow::Status RunRewrite(const RewriteCommandOptions& options, CommandContext& context,
                         const std::string& operation) {
  const Stopwatch watch;
  ARROW_ASSIGN_OR_RAISE(const auto predicate, ParseWhere(options.where));
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
    ARROW_ASSIGN_OR_RAISE(auto rows, OpenInputs(options.inputs, context));
    result = OverwriteWhere(*opened.catalog, opened.name(), predicate, std::move(rows), rewrite);
  }
  ARROW_RETURN_NOT_OK(result.status());
  report.files_added = result->files_added;
  report.files_removed = result->files_removed;
  report.rows_added = result->rows_added;
  report.rows_deleted = result->rows_deleted;
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

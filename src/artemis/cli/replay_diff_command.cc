// artemis-replay diff.
#include "artemis/cli/replay_diff_command.h"

#include <algorithm>
#include <utility>

#include <arrow/array.h>
#include <arrow/scalar.h>
#include <arrow/type.h>

#include "artemis/cli/commit_options.h"
#include "artemis/cli/opened_table.h"
#include "artemis/cli/replay_facts.h"
#include "artemis/cli/replay_options_text.h"

namespace artemis {

namespace {

constexpr int kChangeColumns = 3;

std::shared_ptr<arrow::Schema> ChangeSchema(const arrow::Schema& rows) {
  std::vector<std::shared_ptr<arrow::Field>> fields = {
      arrow::field("_change_type", arrow::utf8(), false),
      arrow::field("_change_ordinal", arrow::int32(), false),
      arrow::field("_commit_snapshot_id", arrow::int64(), true)};
  fields.insert(fields.end(), rows.fields().begin(), rows.fields().end());
  return arrow::schema(std::move(fields));
}

// The newer end's snapshot, when nothing was committed between it and the older end.
std::shared_ptr<arrow::Scalar> CommitOfAllRows(const DiffResult& diff) {
  const auto to = diff.to.view.snapshot_id;
  const Snapshot* snapshot = to ? diff.to.view.metadata->FindSnapshot(*to) : nullptr;
  if (snapshot == nullptr || snapshot->parent_id != diff.from.view.snapshot_id) {
    return arrow::MakeNullScalar(arrow::int64());
  }
  return arrow::MakeScalar(to->value);
}

DiffProjection ToProjection(DiffColumns columns) {
  switch (columns) {
    case DiffColumns::kOld:
      return DiffProjection::kOld;
    case DiffColumns::kNew:
      return DiffProjection::kNew;
    case DiffColumns::kCurrent:
      break;
  }
  return DiffProjection::kCurrent;
}

// Prints changes up to the limit, and counts all of them.
class ChangePrinter {
 public:
  ChangePrinter(RowOutput& output, std::shared_ptr<arrow::Schema> schema,
                std::shared_ptr<arrow::Scalar> commit, std::optional<int64_t> limit)
      : output_(output), schema_(std::move(schema)), commit_(std::move(commit)), left_(limit) {}

  arrow::Result<int64_t> Print(arrow::RecordBatchReader& rows, const std::string& change_type,
                               CommandContext& context) {
    int64_t count = 0;
    std::shared_ptr<arrow::RecordBatch> batch;
    while (true) {
      ARROW_RETURN_NOT_OK(context.stop().Poll());
      ARROW_RETURN_NOT_OK(rows.ReadNext(&batch));
      if (batch == nullptr) return count;
      count += batch->num_rows();
      const int64_t printed = std::min(batch->num_rows(), left_.value_or(batch->num_rows()));
      if (left_) *left_ -= printed;
      if (printed > 0) ARROW_RETURN_NOT_OK(PrintBatch(*batch->Slice(0, printed), change_type));
    }
  }

 private:
  arrow::Status PrintBatch(const arrow::RecordBatch& rows, const std::string& change_type) {
    const arrow::StringScalar type(change_type);
    const arrow::Int32Scalar ordinal(0);
    const std::array<const arrow::Scalar*, kChangeColumns> leading = {&type, &ordinal,
                                                                      commit_.get()};
    std::vector<std::shared_ptr<arrow::Array>> columns;
    for (const auto* scalar : leading) {
      ARROW_ASSIGN_OR_RAISE(auto column, arrow::MakeArrayFromScalar(*scalar, rows.num_rows()));
      columns.push_back(std::move(column));
    }
    columns.insert(columns.end(), rows.columns().begin(), rows.columns().end());
    return output_.Write(*arrow::RecordBatch::Make(schema_, rows.num_rows(), std::move(columns)));
  }

  RowOutput& output_;
  const std::shared_ptr<arrow::Schema> schema_;
  const std::shared_ptr<arrow::Scalar> commit_;
  std::optional<int64_t> left_;
};

std::string DiffSentence(const DiffResult& diff, int64_t removed, int64_t added,
                         int64_t elapsed_ms) {
  return CountOf(removed, "row") + " only in " + FormatPin(diff.from) + ", " + GroupDigits(added) +
         " only in " + FormatPin(diff.to) + "; files: " + GroupDigits(diff.files_removed) +
         " out, " + GroupDigits(diff.files_added) + " in, " + GroupDigits(diff.files_unchanged) +
         " shared and not read; " + HumanDuration(elapsed_ms);
}

}  // namespace

arrow::Status RunReplayDiff(const ReplayDiffOptions& options, CommandContext& context) {
  const Stopwatch watch;
  ARROW_ASSIGN_OR_RAISE(const auto from, ParseTarget(options.from, options.rows.timezone, context));
  ARROW_ASSIGN_OR_RAISE(const auto to, ParseTarget(options.to, options.rows.timezone, context));
  ARROW_ASSIGN_OR_RAISE(const auto replay, ToReplayOptions(options.rows, context));
  ARROW_ASSIGN_OR_RAISE(const auto opened, OpenTableToRead(context, options.rows.table));
  ReplayEngine engine(*opened.catalog, opened.name());
  ARROW_ASSIGN_OR_RAISE(auto diff,
                        engine.ReplayDiff(from, to, replay, ToProjection(options.project)));

  const auto schema = ChangeSchema(*diff.added->schema());
  ARROW_ASSIGN_OR_RAISE(auto output, RowOutput::Open(options.rows.output, schema, context));
  ChangePrinter printer(*output, schema, CommitOfAllRows(diff), options.rows.limit);
  ARROW_ASSIGN_OR_RAISE(const int64_t removed, printer.Print(*diff.removed, "delete", context));
  ARROW_ASSIGN_OR_RAISE(const int64_t added, printer.Print(*diff.added, "insert", context));
  ARROW_RETURN_NOT_OK(output->Finish());
  context.Note(DiffSentence(diff, removed, added, watch.ElapsedMs()));
  return arrow::Status::OK();
}

}  // namespace artemis

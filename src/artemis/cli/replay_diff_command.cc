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

// The rows of one kind of change: all are counted, and of them the first `kept_max` are kept for printing.
struct Changes {
  int64_t count = 0;
  std::vector<std::shared_ptr<arrow::RecordBatch>> kept;
  int64_t kept_rows = 0;
};

// Prints batches of rows behind their change columns.
class ChangePrinter {
 public:
  ChangePrinter(RowOutput& output, std::shared_ptr<arrow::Schema> schema,
                std::shared_ptr<arrow::Scalar> commit, CommandContext& context)
      : output_(output),
        schema_(std::move(schema)),
        commit_(std::move(commit)),
        context_(context) {}

  // Prints all rows as they come; gives their number.
  arrow::Result<int64_t> PrintAll(arrow::RecordBatchReader& rows, const std::string& change_type) {
    int64_t count = 0;
    while (true) {
      ARROW_ASSIGN_OR_RAISE(const auto batch, Next(rows));
      if (batch == nullptr) return count;
      count += batch->num_rows();
      ARROW_RETURN_NOT_OK(PrintBatch(*batch, change_type));
    }
  }

  arrow::Result<Changes> Keep(arrow::RecordBatchReader& rows, int64_t kept_max) {
    Changes changes;
    while (true) {
      ARROW_ASSIGN_OR_RAISE(const auto batch, Next(rows));
      if (batch == nullptr) return changes;
      changes.count += batch->num_rows();
      const int64_t room = std::min(batch->num_rows(), kept_max - changes.kept_rows);
      if (room <= 0) continue;
      changes.kept.push_back(batch->Slice(0, room));
      changes.kept_rows += room;
    }
  }

  arrow::Status PrintKept(const Changes& changes, int64_t rows, const std::string& change_type) {
    for (const auto& batch : changes.kept) {
      const int64_t printed = std::min(batch->num_rows(), rows);
      if (printed > 0) ARROW_RETURN_NOT_OK(PrintBatch(*batch->Slice(0, printed), change_type));
      rows -= printed;
    }
    return arrow::Status::OK();
  }

 private:
  arrow::Result<std::shared_ptr<arrow::RecordBatch>> Next(arrow::RecordBatchReader& rows) {
    ARROW_RETURN_NOT_OK(context_.stop().Poll());
    std::shared_ptr<arrow::RecordBatch> batch;
    ARROW_RETURN_NOT_OK(rows.ReadNext(&batch));
    return batch;
  }

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
  CommandContext& context_;
};

struct ChangeCountsShown {
  int64_t removed = 0, added = 0;
  // Rows that were printed.
  int64_t shown = 0;
};

arrow::Result<ChangeCountsShown> PrintChanges(DiffResult& diff, ChangePrinter& printer,
                                              const std::optional<int64_t>& limit) {
  ChangeCountsShown counts;
  if (!limit) {
    ARROW_ASSIGN_OR_RAISE(counts.removed, printer.PrintAll(*diff.removed, "delete"));
    ARROW_ASSIGN_OR_RAISE(counts.added, printer.PrintAll(*diff.added, "insert"));
    counts.shown = counts.removed + counts.added;
    return counts;
  }
  // Half of the room for each, so that a limit shows both sides of an update; what one leaves is the other's.
  ARROW_ASSIGN_OR_RAISE(const auto removed, printer.Keep(*diff.removed, *limit));
  ARROW_ASSIGN_OR_RAISE(const auto added, printer.Keep(*diff.added, *limit));
  const int64_t half = (*limit + 1) / 2;
  const int64_t removed_shown =
      std::min(removed.kept_rows, std::max(half, *limit - added.kept_rows));
  const int64_t added_shown = std::min(added.kept_rows, *limit - removed_shown);
  ARROW_RETURN_NOT_OK(printer.PrintKept(removed, removed_shown, "delete"));
  ARROW_RETURN_NOT_OK(printer.PrintKept(added, added_shown, "insert"));
  return ChangeCountsShown{removed.count, added.count, removed_shown + added_shown};
}

std::string DiffSentence(const DiffResult& diff, const ChangeCountsShown& counts,
                         int64_t elapsed_ms) {
  std::string text = CountOf(counts.removed, "row") + " only in " + FormatPin(diff.from) + ", " +
                     GroupDigits(counts.added) + " only in " + FormatPin(diff.to);
  if (counts.shown < counts.removed + counts.added) {
    text += ", of which " + GroupDigits(counts.shown) + " are shown";
  }
  return text + "; files: " + GroupDigits(diff.files_removed) + " out, " +
         GroupDigits(diff.files_added) + " in, " + GroupDigits(diff.files_unchanged) +
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
  DiffOptions asked;
  asked.kind = DiffKind::kNet;
  asked.projection = ToProjection(options.project);
  ARROW_ASSIGN_OR_RAISE(auto diff, engine.ReplayDiff(from, to, replay, asked));

  const auto schema = ChangeSchema(*diff.added->schema());
  ARROW_ASSIGN_OR_RAISE(auto output, RowOutput::Open(options.rows.output, schema, context));
  ChangePrinter printer(*output, schema, CommitOfAllRows(diff), context);
  ARROW_ASSIGN_OR_RAISE(const auto counts, PrintChanges(diff, printer, options.rows.limit));
  ARROW_RETURN_NOT_OK(output->Finish());
  context.Note(DiffSentence(diff, counts, watch.ElapsedMs()));
  return arrow::Status::OK();
}

}  // namespace artemis

// artemis-replay diff.
#include "artemis/cli/replay_diff_command.h"

#include <algorithm>
#include <chrono>
#include <functional>
#include <memory>
#include <utility>

#include <arrow/array.h>
#include <arrow/builder.h>
#include <arrow/compute/api.h>

#include "artemis/base/program_error.h"
#include "artemis/base/stopwatch.h"
#include "artemis/base/uuid.h"
#include "artemis/cli/diff_facts.h"
#include "artemis/cli/file_progress.h"
#include "artemis/cli/opened_table.h"
#include "artemis/cli/replay_options_text.h"
#include "artemis/replay/replay.h"

namespace artemis {

namespace {

std::string DiffOutcome(const arrow::Status& status) {
  if (status.ok()) return "done";
  if (IsClosedPipe(status)) return "closed";
  return status.IsCancelled() ? "cancelled" : "failed";
}

// Prints the changes of a stream and counts them; with a limit, at the end, once it is known how many there are of each kind.
class ChangePrinter {
 public:
  ChangePrinter(RowOutput& output, std::optional<int64_t> limit, CommandContext& context)
      : output_(output), limit_(limit), context_(context) {}

  arrow::Status PrintAll(arrow::RecordBatchReader& changes) {
    std::shared_ptr<arrow::RecordBatch> batch;
    while (true) {
      ARROW_RETURN_NOT_OK(context_.stop().Poll());
      ARROW_RETURN_NOT_OK(changes.ReadNext(&batch));
      if (batch == nullptr) return PrintKept();
      Count(*batch);
      if (!limit_) {
        ARROW_RETURN_NOT_OK(output_.Write(*batch));
        counts_.shown += batch->num_rows();
      }
    }
  }

  const DiffCounts& counts() const { return counts_; }

 private:
  struct KeptRow {
    int64_t row = 0;
    bool is_removed = false;
  };
  struct Kept {
    std::shared_ptr<arrow::RecordBatch> batch;
    std::vector<KeptRow> rows;
  };

  void Count(const arrow::RecordBatch& batch) {
    const auto& types = static_cast<const arrow::StringArray&>(*batch.column(0));
    Kept kept;
    for (int64_t row = 0; row < batch.num_rows(); ++row) {
      const auto type = types.GetView(row);
      const bool is_removed = type == "delete" || type == "update_preimage";
      int64_t& count = is_removed ? counts_.removed : counts_.added;
      counts_.updated += type == "update_preimage" ? 1 : 0;
      if (limit_ && count < *limit_) kept.rows.push_back({row, is_removed});
      ++count;
    }
    if (kept.rows.empty()) return;
    kept.batch = batch.Slice(0);
    kept_.push_back(std::move(kept));
  }

  // Half of the room for each, so that a limit shows both sides of an update; what one leaves is the other's.
  arrow::Status PrintKept() {
    if (!limit_) return arrow::Status::OK();
    const int64_t half = (*limit_ + 1) / 2;
    int64_t removed = std::min(counts_.removed, std::max(half, *limit_ - counts_.added));
    removed = std::min(removed, *limit_);
    int64_t added = std::min(counts_.added, *limit_ - removed);
    for (const auto& kept : kept_) {
      arrow::Int64Builder builder;
      for (const auto& row : kept.rows) {
        int64_t& left = row.is_removed ? removed : added;
        if (left-- > 0) ARROW_RETURN_NOT_OK(builder.Append(row.row));
      }
      if (builder.length() == 0) continue;
      counts_.shown += builder.length();
      ARROW_ASSIGN_OR_RAISE(const auto rows, builder.Finish());
      ARROW_ASSIGN_OR_RAISE(const auto taken,
                            arrow::compute::Take(arrow::Datum(kept.batch), arrow::Datum(rows)));
      ARROW_RETURN_NOT_OK(output_.Write(*taken.record_batch()));
    }
    return arrow::Status::OK();
  }

  RowOutput& output_;
  const std::optional<int64_t> limit_;
  CommandContext& context_;
  DiffCounts counts_;
  std::vector<Kept> kept_;
};

arrow::Status PrintRows(const ReplayDiffOptions& options, const DiffResult& diff,
                        const std::shared_ptr<const ReadProgress>& read,
                        std::function<void()>* on_read, CommandContext& context,
                        DiffCounts* counts) {
  ARROW_ASSIGN_OR_RAISE(auto output, RowOutput::Open(options.rows.output, diff.changes->schema(),
                                                     context.stream_control()));
  const FileProgress progress(read, diff.files_to_read, diff.bytes_to_read, std::nullopt);
  output->SetProgress([&](int64_t rows) { return progress.At(rows); });
  *on_read = [&] { output->ShowProgress(); };
  ChangePrinter printer(*output, options.rows.limit, context);
  const auto printed = printer.PrintAll(*diff.changes);
  *counts = printer.counts();
  *on_read = nullptr;
  ARROW_RETURN_NOT_OK(printed);
  return output->Finish();
}

arrow::Status PrintDiffExplain(const ReplayDiffOptions& options, const std::string& table,
                               const DiffResult& diff, int64_t plan_us, CommandContext& context) {
  FactRecord facts = DiffFacts(table, diff, plan_us);
  ARROW_ASSIGN_OR_RAISE(const RowFormat format, ChosenFormat(options.rows.output));
  const FactTable commits = CommitFacts(diff), changes = SchemaChangeFacts(diff);
  if (format == RowFormat::kJson || format == RowFormat::kJsonLines) {
    facts.AddTable("commits", commits);
    facts.AddTable("schema_changes", changes);
    return context.Print(facts, FactFormat::kJson);
  }
  if (format != RowFormat::kTable) {
    return UsageError("--explain prints facts: its formats are table and json");
  }
  std::string text = facts.ToText();
  if (!commits.rows.empty()) text += "\n" + commits.ToText();
  if (!changes.rows.empty()) text += "\n" + changes.ToText();
  return context.Print(text);
}

}  // namespace

arrow::Status RunReplayDiff(const ReplayDiffOptions& options, CommandContext& context) {
  const Stopwatch watch;
  if (!options.from.at && !options.from.snapshot && !options.from.ref) {
    return UsageError(
        "where does the diff begin? Name its older end with --from, --from-snapshot or --from-ref");
  }
  ARROW_ASSIGN_OR_RAISE(const auto from, ParseTarget(options.from, options.rows.timezone, context));
  ARROW_ASSIGN_OR_RAISE(const auto to, ParseTarget(options.to, options.rows.timezone, context));
  ARROW_ASSIGN_OR_RAISE(auto replay, ToReplayOptions(options.rows, context));
  replay.read.progress = std::make_shared<ReadProgress>();
  DiffOptions asked;
  asked.kind = options.net ? DiffKind::kNet : DiffKind::kGross;
  asked.projection = options.project;
  asked.temp_folder = options.temp_folder;
  if (options.memory_bytes) asked.memory_bytes = *options.memory_bytes;
  ARROW_ASSIGN_OR_RAISE(const auto opened, OpenTableToRead(context, options.rows.table));
  // Set while there is an output that shows it.
  std::function<void()> on_read;
  asked.on_read = [&on_read] {
    if (on_read) on_read();
  };
  ReplayEngine engine(*opened.catalog, opened.name());
  const auto begin = std::chrono::steady_clock::now();
  ARROW_ASSIGN_OR_RAISE(const auto diff, engine.ReplayDiff(from, to, replay, asked));
  const auto plan_us = std::chrono::duration_cast<std::chrono::microseconds>(
                           std::chrono::steady_clock::now() - begin)
                           .count();
  const std::string table = opened.name().ToString();
  if (options.explain) return PrintDiffExplain(options, table, diff, plan_us, context);

  DiffCounts counts;
  const auto status = PrintRows(options, diff, replay.read.progress, &on_read, context, &counts);
  const int64_t elapsed_ms = watch.ElapsedMs();
  LogDiff(context, {RandomUuid(), table, DiffOutcome(status), counts, elapsed_ms}, diff);
  ARROW_RETURN_NOT_OK(status);
  context.Note(DiffSentence(diff, counts, elapsed_ms));
  for (const auto& change : diff.schema_changes) context.Note(change.Sentence());
  return arrow::Status::OK();
}

}  // namespace artemis

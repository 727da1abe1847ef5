// artemis-replay query.
#include "artemis/cli/replay_query_command.h"

#include <algorithm>

#include "artemis/base/uuid.h"
#include "artemis/cli/commit_options.h"
#include "artemis/cli/exit_code.h"
#include "artemis/cli/opened_table.h"
#include "artemis/cli/replay_facts.h"
#include "artemis/cli/replay_options_text.h"

namespace artemis {

namespace {

constexpr size_t kDecisionsShown = 20;

// The outcome as the event log names it.
std::string Outcome(const arrow::Status& status) {
  if (status.ok()) return "done";
  if (IsClosedPipe(status)) return "closed";
  return status.IsCancelled() ? "cancelled" : "failed";
}

arrow::Status PrintExplain(const ReplayQueryOptions& options, const std::string& table,
                           const ReplayResult& result, CommandContext& context) {
  FactRecord facts = PlanFacts(table, result);
  FactTable decisions = DecisionFacts(result.plan);
  ARROW_ASSIGN_OR_RAISE(const RowFormat format, ChosenFormat(options.rows.output));
  if (format == RowFormat::kJson || format == RowFormat::kJsonLines) {
    facts.AddTable("files", decisions);
    return context.Print(facts, FactFormat::kJson);
  }
  if (format != RowFormat::kTable) {
    return UsageError("--explain prints facts: its formats are table and json");
  }
  std::string text = facts.ToText();
  const size_t count = decisions.rows.size();
  decisions.rows.resize(std::min(count, kDecisionsShown));
  if (count > 0) text += "\n" + decisions.ToText();
  if (count > kDecisionsShown) {
    text += "… and " + GroupDigits(static_cast<int64_t>(count - kDecisionsShown)) +
            " more files; --format json lists all\n";
  }
  return context.Print(text);
}

arrow::Status StreamRows(const ReplayQueryOptions& options, ReplayResult& result,
                         CommandContext& context, int64_t* rows) {
  ARROW_ASSIGN_OR_RAISE(auto output,
                        RowOutput::Open(options.rows.output, result.rows->schema(), context));
  const auto status = output->WriteAll(*result.rows);
  *rows = output->rows();
  ARROW_RETURN_NOT_OK(status);
  return output->Finish();
}

void NoteRead(const ReplayResult& result, int64_t rows, int64_t elapsed_ms,
              CommandContext& context) {
  const auto& summary = result.plan.summary;
  context.Note(CountOf(rows, "row") + " from " + FormatPin(result.pin) + "; read " +
               GroupDigits(summary.files_kept) + " of " + CountOf(summary.files_total, "file") +
               " (" + HumanBytes(summary.bytes_kept) + " of " + HumanBytes(summary.bytes_total) +
               "), " + HumanDuration(elapsed_ms));
}

}  // namespace

arrow::Status RunReplayQuery(const ReplayQueryOptions& options, CommandContext& context) {
  const Stopwatch watch;
  ARROW_ASSIGN_OR_RAISE(const auto target,
                        ParseTarget(options.target, options.rows.timezone, context));
  ARROW_ASSIGN_OR_RAISE(auto replay, ToReplayOptions(options.rows, context));
  ARROW_ASSIGN_OR_RAISE(const RowFormat format, ChosenFormat(options.rows.output));
  if (options.current_schema) replay.mode = ProjectionMode::kCurrent;
  if (options.ordered) replay.read.threads = 1;
  replay.read.limit = options.rows.limit;
  replay.explain = options.explain;

  ARROW_ASSIGN_OR_RAISE(const auto opened, OpenTableToRead(context, options.rows.table));
  const std::string table = opened.name().ToString();
  ReplayEngine engine(*opened.catalog, opened.name());
  ARROW_ASSIGN_OR_RAISE(auto result, engine.Replay(target, replay));
  if (options.explain) return PrintExplain(options, table, result, context);

  int64_t rows = 0;
  const auto status = StreamRows(options, result, context, &rows);
  const int64_t elapsed_ms = watch.ElapsedMs();
  LogReplay(context, {RandomUuid(), table, Outcome(status), rows, elapsed_ms}, result);
  ARROW_RETURN_NOT_OK(status);
  if (format == RowFormat::kTable) NoteRead(result, rows, elapsed_ms, context);
  return arrow::Status::OK();
}

}  // namespace artemis

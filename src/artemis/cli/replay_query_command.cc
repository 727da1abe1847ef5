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

// The beginning of a table, with a line on what is left out; empty for an empty one.
std::string FirstRows(FactTable table, const std::string& noun) {
  const size_t count = table.rows.size();
  if (count == 0) return "";
  table.rows.resize(std::min(count, kDecisionsShown));
  std::string text = "\n" + table.ToText();
  if (count > kDecisionsShown) {
    text += "… and " + CountOf(static_cast<int64_t>(count - kDecisionsShown), "more " + noun) +
            "; --format json lists all\n";
  }
  return text;
}

arrow::Status PrintExplain(const ReplayQueryOptions& options, const std::string& table,
                           const ReplayResult& result, CommandContext& context) {
  FactRecord facts = PlanFacts(table, result);
  const FactTable decisions = DecisionFacts(result.plan);
  ARROW_ASSIGN_OR_RAISE(const auto manifests, ManifestDecisionFacts(result.plan, context.files()));
  ARROW_ASSIGN_OR_RAISE(const RowFormat format, ChosenFormat(options.rows.output));
  if (format == RowFormat::kJson || format == RowFormat::kJsonLines) {
    facts.AddTable("manifests", manifests);
    facts.AddTable("files", decisions);
    return context.Print(facts, FactFormat::kJson);
  }
  if (format != RowFormat::kTable) {
    return UsageError("--explain prints facts: its formats are table and json");
  }
  return context.Print(facts.ToText() + FirstRows(manifests, "manifest") +
                       FirstRows(decisions, "file"));
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

void NoteRead(const ReplayResult& result, int64_t rows, std::optional<int64_t> limit,
              int64_t elapsed_ms, CommandContext& context) {
  const auto& summary = result.plan.summary;
  std::string text = CountOf(rows, "row") + " from " + FormatPin(result.pin);
  // A limit that was reached ended the reading before the plan did.
  text += limit && rows >= *limit ? "; stopped there, of " : "; read ";
  text += GroupDigits(summary.files_kept) + " of " + CountOf(summary.files_total, "file") +
          (limit && rows >= *limit ? " to read (" : " (") + HumanBytes(summary.bytes_kept) +
          " of " + HumanBytes(summary.bytes_total) + ")";
  context.Note(text + ", " + HumanDuration(elapsed_ms));
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
  if (format == RowFormat::kTable) NoteRead(result, rows, options.rows.limit, elapsed_ms, context);
  return arrow::Status::OK();
}

}  // namespace artemis

// artemis-replay query.
#include "artemis/cli/replay_query_command.h"

#include <algorithm>
#include <cmath>

#include "artemis/base/error.h"
#include "artemis/base/program_error.h"
#include "artemis/base/stopwatch.h"
#include "artemis/base/uuid.h"
#include "artemis/cli/file_progress.h"
#include "artemis/cli/opened_table.h"
#include "artemis/cli/replay_evidence.h"
#include "artemis/cli/replay_facts.h"
#include "artemis/cli/replay_options_text.h"
#include "artemis/cli/replay_pins.h"
#include "artemis/output/parts.h"
#include "artemis/replay/replay_deadline.h"

namespace artemis {

namespace {

constexpr size_t kDecisionsShown = 20;

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

arrow::Status PrintExplain(const ReplayQueryOptions& options, const ReplaySession& session,
                           CommandContext& context) {
  FactRecord facts = PlanFacts(session);
  const FactTable decisions = DecisionFacts(session.plan());
  ARROW_ASSIGN_OR_RAISE(const auto manifests,
                        ManifestDecisionFacts(session.plan(), context.files()));
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

void NoteRead(const ReplaySession& session, int64_t rows, int64_t elapsed_ms,
              CommandContext& context) {
  const auto& summary = session.plan().summary;
  const auto limit = session.options().read.limit;
  std::string text = CountOf(rows, "row") + " from " + FormatPin(session.pin());
  // A limit that was reached ended the reading before the plan did.
  text += limit && rows >= *limit ? "; stopped there, of " : "; read ";
  text += GroupDigits(summary.files_kept) + " of " + CountOf(summary.files_total, "file") +
          (limit && rows >= *limit ? " to read (" : " (") + HumanBytes(summary.bytes_kept) +
          " of " + HumanBytes(summary.bytes_total) + ")";
  context.Note(text + ", " + HumanDuration(elapsed_ms));
}

arrow::Status StreamRows(const ReplaySession& session, const RowOutputOptions& options,
                         const std::shared_ptr<ReadCounters>& counters, RowSetHash* hash,
                         CommandContext& context, int64_t* rows) {
  ARROW_ASSIGN_OR_RAISE(const auto stream, session.Rows(counters));
  ARROW_ASSIGN_OR_RAISE(auto output,
                        RowOutput::Open(options, stream->schema(), context.stream_control()));
  int64_t file_bytes = 0;
  for (const auto& task : session.plan().tasks) file_bytes += task.file.file_size_bytes;
  const FileProgress progress(session.options().read.progress, std::ssize(session.plan().tasks),
                              file_bytes, session.options().read.limit);
  output->SetProgress([&](int64_t done) { return progress.At(done); });
  const auto write_all = [&]() -> arrow::Status {
    std::shared_ptr<arrow::RecordBatch> batch;
    while (true) {
      ARROW_RETURN_NOT_OK(stream->ReadNext(&batch));
      if (batch == nullptr) return arrow::Status::OK();
      ARROW_RETURN_NOT_OK(output->Write(*batch));
      if (hash != nullptr) ARROW_RETURN_NOT_OK(hash->Add(*batch));
    }
  };
  const auto status = write_all();
  *rows = output->rows();
  ARROW_RETURN_NOT_OK(status);
  return output->Finish();
}

// Prints the rows of a session and tells the logs of it.
arrow::Status ReplayOne(const ReplayQueryOptions& options, Catalog& catalog,
                        const ReplaySession& session, const RowOutputOptions& output,
                        CommandContext& context) {
  const Stopwatch watch;
  ARROW_ASSIGN_OR_RAISE(const RowFormat format, ChosenFormat(output));
  RowSetHash hash(options.rows.threads);
  const auto counters = std::make_shared<ReadCounters>();
  int64_t rows = 0;
  const auto status = StreamRows(session, output, counters,
                                 options.evidence.empty() ? nullptr : &hash, context, &rows);
  const int64_t elapsed_ms = watch.ElapsedMs() + session.plan().summary.elapsed_us / 1000;
  LogReplay(context, {RandomUuid(), status, rows, counters->bytes, elapsed_ms}, session);
  if (FindDetail<DeadlineExceeded>(status) != nullptr) {
    return WithContext(status, "after " + CountOf(rows, "row"));
  }
  ARROW_RETURN_NOT_OK(status);
  if (!options.evidence.empty()) {
    const EvidenceRequest request{options.evidence, options.evidence_full, options.rows.threads};
    ARROW_RETURN_NOT_OK(WriteEvidence(catalog, session, hash, request, context));
  }
  if (format == RowFormat::kTable) NoteRead(session, rows, elapsed_ms, context);
  return arrow::Status::OK();
}

arrow::Status CheckQuery(const ReplayQueryOptions& options) {
  const bool has_target = options.target.at || options.target.snapshot || options.target.ref;
  if (!options.tables.empty() && !options.rows.table.empty()) {
    return UsageError("a table and --tables exclude each other: list all in --tables");
  }
  if (options.tables.empty() && options.rows.table.empty()) {
    return UsageError("NAME is required: a table, or several by --tables a,b");
  }
  if (!options.pins.empty() && (has_target || options.current_schema)) {
    return UsageError("--pins says what is read: it excludes --at, --snapshot, --ref and --mode");
  }
  if (options.deadline_s && !(*options.deadline_s > 0 && *options.deadline_s < 1e9)) {
    return UsageError("--deadline takes a number of seconds over 0");
  }
  if (options.evidence.empty()) {
    return options.evidence_full ? UsageError("--evidence-full needs --evidence FILE")
                                 : arrow::Status::OK();
  }
  if (options.explain || !options.tables.empty()) {
    return UsageError("evidence is of the rows of one table: not with --explain, nor --tables");
  }
  if (!options.ordered.empty() && options.rows.limit) {
    return UsageError(
        "of ordered rows with equal values a limit takes any: evidence is of --ordered or --limit");
  }
  return arrow::Status::OK();
}

arrow::Result<ReplayOptions> ReplayOptionsOf(const ReplayQueryOptions& options,
                                             CommandContext& context) {
  ARROW_ASSIGN_OR_RAISE(auto replay, ToReplayOptions(options.rows, context));
  if (options.current_schema) replay.mode = ProjectionMode::kCurrent;
  if (!options.ordered.empty()) {
    replay.order.emplace();
    if (options.ordered != kTimeColumn) replay.order->column = options.ordered;
  }
  if (options.deadline_s) {
    replay.deadline_ms = static_cast<int64_t>(std::ceil(*options.deadline_s * 1000));
  }
  replay.read.limit = options.rows.limit;
  replay.read.progress = std::make_shared<ReadProgress>();
  replay.explain = options.explain;
  if (!options.evidence.empty()) MakeRepeatable(&replay);
  return replay;
}

arrow::Status QueryOneTable(const ReplayQueryOptions& options, const ReplayOptions& replay,
                            CommandContext& context) {
  ARROW_ASSIGN_OR_RAISE(const auto target,
                        ParseTarget(options.target, options.rows.timezone, context));
  const Stopwatch watch;
  const auto failed = [&](const arrow::Status& status) {
    if (!status.ok() && !options.explain) {
      LogReplayFailure(context, options.rows.table, status, watch.ElapsedMs());
    }
    return status;
  };
  const auto table = OpenTableToRead(context, options.rows.table);
  if (!table.ok()) return failed(table.status());
  const auto& opened = *table;
  ReplayEngine engine(*opened.catalog, opened.name());
  const auto open = [&]() -> arrow::Result<ReplaySession> {
    if (options.pins.empty()) return engine.Open(target, replay);
    ARROW_ASSIGN_OR_RAISE(const auto manifest, ReadPins(options.pins));
    ARROW_ASSIGN_OR_RAISE(const auto pin,
                          PinFrom(manifest, options.pins, *opened.catalog, opened.table));
    return engine.OpenPinned(pin, replay);
  };
  const auto planned = open();
  if (!planned.ok()) return failed(planned.status());
  const ReplaySession& session = *planned;
  if (!options.save_pins.empty()) {
    ARROW_RETURN_NOT_OK(failed(
        WritePins(options.save_pins, *opened.catalog, {{opened.name(), session.pin()}}, context)));
  }
  if (options.explain) return PrintExplain(options, session, context);
  return ReplayOne(options, *opened.catalog, session, options.rows.output, context);
}

// Where the rows of one of several tables go: a file of its name, or a folder of parts.
arrow::Result<RowOutputOptions> OutputOf(const TableName& table, const RowOutputOptions& all) {
  RowOutputOptions one = all;
  ARROW_ASSIGN_OR_RAISE(const RowFormat format, ChosenFormat(all));
  one.output =
      *all.output + table.ToString() + (all.max_file_bytes ? std::string("/") : EndingOf(format));
  return one;
}

// "sda.observations,sda.passes".
std::string JoinedNames(const std::vector<std::string>& tables) {
  std::string text;
  for (const auto& table : tables) text += (text.empty() ? "" : ",") + table;
  return text;
}

arrow::Status CheckTables(const ReplayQueryOptions& options) {
  const RowOutputOptions& output = options.rows.output;
  if (output.output && !output.is_folder()) {
    return UsageError("the rows of several tables go to a folder: -o DIR/");
  }
  const bool asks_for_rows = !options.rows.where.empty() || !options.rows.columns.empty() ||
                             options.rows.limit || !options.ordered.empty() || options.explain;
  if (output.output || !asks_for_rows) return arrow::Status::OK();
  return UsageError(options.explain
                        ? "--explain is of one table"
                        : "without -o DIR/ the pins of several tables are printed, and no rows");
}

// All tables, before a row of one is read; their pins are written down where that is asked for.
arrow::Result<std::vector<ReplaySession>> PlanTables(const ReplayQueryOptions& options,
                                                     const ReplayOptions& replay, Catalog& catalog,
                                                     CommandContext& context) {
  const auto& folder = options.rows.output.output;
  ARROW_ASSIGN_OR_RAISE(const auto pins, PinQueriedTables(options, replay.mode, catalog, context));
  if (!options.save_pins.empty()) {
    ARROW_RETURN_NOT_OK(WritePins(options.save_pins, catalog, pins, context));
  }
  std::vector<ReplaySession> sessions;
  if (!folder) {
    ARROW_RETURN_NOT_OK(PrintPins(catalog, pins, options.rows.output.format, context));
    return sessions;
  }
  for (const auto& table : pins) {
    ReplayOptions one = replay;
    one.read.progress = std::make_shared<ReadProgress>();
    auto session = ReplayEngine(catalog, table.name).OpenPinned(table.pin, one);
    if (!session.ok()) return WithContext(session.status(), table.name.ToString());
    sessions.push_back(*std::move(session));
  }
  ARROW_RETURN_NOT_OK(RefuseFilledFolder(*folder));
  ARROW_RETURN_NOT_OK(WritePins(*folder + "pins.json", catalog, pins, context));
  return sessions;
}

arrow::Status QueryTables(const ReplayQueryOptions& options, const ReplayOptions& replay,
                          CommandContext& context) {
  ARROW_RETURN_NOT_OK(CheckTables(options));
  const Stopwatch watch;
  const auto catalog = context.OpenToRead();
  const auto sessions =
      catalog.ok() ? PlanTables(options, replay, **catalog, context) : catalog.status();
  if (!sessions.ok()) {
    LogReplayFailure(context, JoinedNames(options.tables), sessions.status(), watch.ElapsedMs());
    return sessions.status();
  }
  for (const auto& session : *sessions) {
    ARROW_ASSIGN_OR_RAISE(const auto one, OutputOf(session.table(), options.rows.output));
    const auto status = ReplayOne(options, **catalog, session, one, context);
    if (!status.ok()) return WithContext(status, session.table().ToString());
  }
  return arrow::Status::OK();
}

}  // namespace

arrow::Status RunReplayQuery(const ReplayQueryOptions& options, CommandContext& context) {
  ARROW_RETURN_NOT_OK(CheckQuery(options));
  ARROW_RETURN_NOT_OK(ChosenFormat(options.rows.output).status());
  ARROW_ASSIGN_OR_RAISE(const auto replay, ReplayOptionsOf(options, context));
  return options.tables.empty() ? QueryOneTable(options, replay, context)
                                : QueryTables(options, replay, context);
}

}  // namespace artemis

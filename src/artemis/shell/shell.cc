// Statements and scripts.
#include "artemis/shell/shell.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "artemis/base/error.h"
#include "artemis/base/program_error.h"
#include "artemis/io/file_system.h"
#include "artemis/output/facts.h"
#include "artemis/output/print.h"
#include "artemis/output/text_table.h"
#include "artemis/shell/failure.h"
#include "artemis/shell/screen.h"

namespace artemis {

namespace {

constexpr int64_t kReadBytesMax = 64 << 20;

int64_t ProcessorMs(const timeval& time) { return time.tv_sec * 1000 + time.tv_usec / 1000; }

struct ProcessorTime {
  int64_t user_ms = 0;
  int64_t system_ms = 0;
};

ProcessorTime ProcessorTimeSoFar() {
  rusage usage = {};
  ::getrusage(RUSAGE_SELF, &usage);
  return {ProcessorMs(usage.ru_utime), ProcessorMs(usage.ru_stime)};
}

arrow::Status DrainResult(SqlResult& result) {
  std::shared_ptr<arrow::RecordBatch> batch;
  do {
    ARROW_RETURN_NOT_OK(result.ReadNext(&batch));
  } while (batch != nullptr);
  return arrow::Status::OK();
}

// 2024-03-15T10:00:00.000Z as 2024-03-15T10:00Z
std::string ShortTime(std::string time) {
  for (const std::string_view zero : {".000Z", ":00Z"}) {
    const bool has_minutes = zero[0] == '.' || time.size() > 17;
    if (time.ends_with(zero) && has_minutes)
      time.replace(time.size() - zero.size(), zero.size(), "Z");
  }
  return time;
}

arrow::Status Placed(const arrow::Status& status, const std::string& name, int line, bool is_long) {
  if (status.IsCancelled() || IsClosedPipe(status) || (name.empty() && !is_long)) return status;
  const std::string place =
      name.empty() ? "line " + std::to_string(line) : name + ":" + std::to_string(line);
  return status.WithMessage(place, ": ", status.message());
}

}  // namespace

SqlShell::SqlShell(ShellOptions options, const ShellWorld& world, SqlSession& session,
                   std::shared_ptr<Catalog> catalog)
    : options_(std::move(options)),
      world_(world),
      session_(session),
      catalog_(std::move(catalog)),
      inspector_(session),
      results_(options_.results, world) {}

arrow::Status SqlShell::RunFile(const std::string& path) {
  ARROW_ASSIGN_OR_RAISE(const std::string text, world_.files.ReadAll(path, kReadBytesMax));
  return RunScript(text, path);
}

arrow::Status SqlShell::RunScript(const std::string& text, const std::string& name) {
  if (depth_ >= kReadDepthMax) {
    return UsageError(name + " is read by scripts " + std::to_string(depth_) +
                      " deep: the limit is " + std::to_string(kReadDepthMax));
  }
  const bool is_long = text.find('\n') != std::string::npos;
  const auto items = SplitScript(text);
  for (const auto& item : items) {
    if (item.kind != ScriptItem::Kind::kStatement) continue;
    const auto status = inspector_.CheckSyntax(item.text);
    if (status.ok()) continue;
    MarkFailure(item.text, status);
    return Placed(status, name, FailedLine(item), is_long);
  }
  ++depth_;
  arrow::Status status;
  for (const auto& item : items) {
    if (has_quit_ || !status.ok()) break;
    status = world_.stop().Poll();
    if (status.ok()) status = RunItem(item);
    if (!status.ok()) status = Placed(status, name, FailedLine(item), is_long);
  }
  --depth_;
  return status;
}

int SqlShell::FailedLine(const ScriptItem& item) const {
  const auto at = inspector_.FailedAt();
  if (item.kind != ScriptItem::Kind::kStatement || !at || *at > item.text.size()) return item.line;
  return item.line + PlaceOf(item.text, *at).line - 1;
}

arrow::Status SqlShell::RunTyped(const std::string& text) {
  for (const auto& item : SplitScript(text)) {
    if (!has_quit_) ARROW_RETURN_NOT_OK(RunItem(item));
  }
  return arrow::Status::OK();
}

arrow::Status SqlShell::RunItem(const ScriptItem& item) {
  mark_.clear();
  if (item.kind == ScriptItem::Kind::kStatement) return RunStatement(item.text);
  ARROW_ASSIGN_OR_RAISE(const auto command, ParseDotCommand(item.text));
  return Obey(command);
}

arrow::Status SqlShell::RunStatement(const std::string& sql) {
  const bool shows_progress =
      options_.interactive && ::isatty(STDERR_FILENO) == 1 && world_.progress != ProgressMode::kOff;
  const ProcessorTime before = ProcessorTimeSoFar();
  const Stopwatch whole;
  watch_ = Stopwatch();
  first_row_ms_.reset();
  arrow::Status status;
  {
    SqlWatcher watcher(session_, world_.stop(), shows_progress);
    status = session_.ExecuteAll(
        sql, [&](std::unique_ptr<SqlResult> result) { return Consume(*result, watcher); });
  }
  for (const auto& warning : session_.TakeWarnings()) {
    PrintNote(Printable("warning: " + warning));
  }
  if (timer_) {
    const ProcessorTime after = ProcessorTimeSoFar();
    std::string line = "Time: " + HumanDuration(whole.ElapsedMs()) + " (";
    if (first_row_ms_) line += "first rows " + HumanDuration(*first_row_ms_) + ", ";
    PrintNote(line + "user " + HumanDuration(after.user_ms - before.user_ms) + ", system " +
              HumanDuration(after.system_ms - before.system_ms) + ")");
  }
  if (!status.ok()) MarkFailure(sql, status);
  // Nobody interrupted it: a statement that ran out of time has failed.
  if (FindDetail<StatementTimeout>(status) != nullptr) {
    return arrow::Status::ExecutionError(status.message());
  }
  return status;
}

arrow::Status SqlShell::Consume(SqlResult& result, SqlWatcher& watcher) {
  const auto elapsed = [&] { return HumanDuration(watch_.ElapsedMs()); };
  if (result.kind() != StatementKind::kRows) {
    ARROW_RETURN_NOT_OK(DrainResult(result));
    watcher.Hide();
    const bool has_count = result.kind() == StatementKind::kChanged;
    const std::string changed =
        has_count ? CountOf(result.rows_changed().value_or(0), "row") + " changed" : "done";
    if (options_.interactive && depth_ == 0) {
      PrintNote("(" + changed + ", " + elapsed() + ")");
    } else if (has_count) {
      PrintNote(changed);
    }
    return arrow::Status::OK();
  }
  first_row_ms_ = watch_.ElapsedMs();
  const bool is_plan = result.statement() == "EXPLAIN";
  ARROW_ASSIGN_OR_RAISE(const auto outcome, results_.Write(result, is_plan, &watcher));
  watcher.Hide();
  if (options_.interactive && !is_plan) NoteRows(outcome);
  watch_ = Stopwatch();
  return arrow::Status::OK();
}

void SqlShell::NoteRows(const ResultOutcome& outcome) {
  std::string line = "(";
  if (outcome.has_more) {
    line += GroupDigits(outcome.rows_shown) + " of more than " + CountOf(outcome.rows, "row");
  } else if (outcome.rows > outcome.rows_shown) {
    line += GroupDigits(outcome.rows_shown) + " of " + CountOf(outcome.rows, "row");
  } else {
    line += CountOf(outcome.rows, "row");
  }
  line += ", " + HumanDuration(watch_.ElapsedMs());
  if (outcome.rows > outcome.rows_shown) line += "; .maxrows shows more";
  if (results_.file()) line += "; written to " + *results_.file();
  line += ")";
  if (!outcome.hidden_columns.empty()) {
    std::string names;
    for (const auto& name : outcome.hidden_columns) names += (names.empty() ? "" : ", ") + name;
    const std::string lead =
        "\n(" + CountOf(static_cast<int64_t>(outcome.hidden_columns.size()), "column") +
        " left out: ";
    const std::string tail = "; .mode line shows all)";
    const size_t taken = lead.size() + tail.size();
    const size_t columns = SizeOfScreen(STDERR_FILENO).columns;
    line += lead + CutToWidth(names, columns > taken + 20 ? columns - taken : 20) + tail;
  }
  PrintNote(line);
}

void SqlShell::MarkFailure(const std::string& sql, const arrow::Status& status) {
  mark_.clear();
  const auto at = inspector_.FailedAt();
  if (status.IsCancelled() || !at || *at > sql.size()) return;
  mark_ = MarkedLine(sql, *at, SizeOfScreen(STDERR_FILENO).columns);
  if (status.message().find("syntax error") == std::string::npos) return;
  if (const auto hint = KeywordHint(sql, *at)) mark_ += *hint + "\n";
}

std::string SqlShell::PromptLead() const {
  std::string lead = "artemis";
  if (in_transaction()) lead += "*";
  const auto as_of = inspector_.Setting("artemis.as_of");
  if (as_of && !as_of->empty()) lead += "[as of " + Printable(ShortTime(*as_of)) + "]";
  return lead;
}

}  // namespace artemis

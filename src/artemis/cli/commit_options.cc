// Options and reports of commits.
#include "artemis/cli/commit_options.h"

#include <chrono>

namespace artemis {

namespace {

int64_t SteadyNs() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

std::string CommitSentence(const CommitReport& report, const CommitResult& result,
                           int64_t elapsed_ms) {
  const std::string table = result.table.name.ToString();
  if (result.already_done) {
    return "already done in " + table + ": snapshot " + ToString(*result.snapshot_id) +
           " holds this --once key; nothing was changed\n";
  }
  std::string text = report.sentence + ":";
  text += result.snapshot_id ? " snapshot " + ToString(*result.snapshot_id) : " no snapshot needed";
  text += " (";
  if (result.attempts > 1) text += std::to_string(result.attempts) + " attempts, ";
  return text + HumanDuration(elapsed_ms) + ")\n";
}

}  // namespace

CommitOptions ToCommitOptions(const CommitCommandOptions& options, CommandContext& context) {
  CommitOptions commit;
  commit.author = options.author.empty() ? UserName() : options.author;
  commit.message = options.message;
  commit.once_key = options.once_key;
  commit.events = &context.events();
  return commit;
}

arrow::Status PrintCommit(CommandContext& context, const CommitReport& report,
                          const CommitResult& result, int64_t elapsed_ms, FactFormat format) {
  auto& metrics = context.metrics();
  metrics.Counter("artemis_commit_attempts_total", "Attempts at the catalog's swap.")
      .Add(result.attempts);
  metrics.Counter("artemis_commit_added_rows_total", "Rows that entered the table.")
      .Add(static_cast<double>(report.rows_added.value_or(0)));
  if (format == FactFormat::kText) {
    return context.Print(CommitSentence(report, result, elapsed_ms));
  }
  FactRecord facts;
  facts.Add("table", Fact::Text(result.table.name.ToString()));
  facts.Add("operation", Fact::Text(report.operation));
  facts.Add("snapshot_id", Fact::IdIf(result.snapshot_id));
  facts.Add("files_added", Fact::CountIf(report.files_added));
  facts.Add("rows_added", Fact::CountIf(report.rows_added));
  facts.Add("files_removed", Fact::CountIf(report.files_removed));
  facts.Add("rows_deleted", Fact::CountIf(report.rows_deleted));
  facts.Add("attempts", Fact::Count(result.attempts));
  facts.Add("already_done", Fact::Flag(result.already_done));
  facts.Add("elapsed_ms", Fact::Count(elapsed_ms));
  return context.Print(facts, format);
}

Stopwatch::Stopwatch() : begin_ns_(SteadyNs()) {}

int64_t Stopwatch::ElapsedMs() const { return (SteadyNs() - begin_ns_) / 1'000'000; }

}  // namespace artemis

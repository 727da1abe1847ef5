// Options and reports of commits.
#include "artemis/cli/commit_options.h"

#include <charconv>
#include <string_view>
#include <utility>

#include "artemis/base/error.h"
#include "artemis/base/program_error.h"

namespace artemis {

namespace {

std::string CommitSentence(const CommitReport& report, const CommitResult& result,
                           int64_t elapsed_ms) {
  const std::string table = result.table.name.ToString();
  if (result.already_done) {
    return "already done in " + table + ": " +
           (result.snapshot_id ? "snapshot " + ToString(*result.snapshot_id) : "a commit") +
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
  commit.branch = options.branch;
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
  for (const auto& [key, fact] : report.more) facts.Add(key, fact);
  facts.Add("attempts", Fact::Count(result.attempts));
  facts.Add("already_done", Fact::Flag(result.already_done));
  facts.Add("elapsed_ms", Fact::Count(elapsed_ms));
  if (report.delete_files_added) {
    facts.Add("delete_files_added", Fact::CountIf(report.delete_files_added));
    facts.Add("delete_files_removed", Fact::CountIf(report.delete_files_removed));
  }
  return context.Print(facts, format);
}

CatalogEvent::CatalogEvent(const TableName& table, std::string operation,
                           const CommitCommandOptions& options, CommandContext& context)
    : operation_(std::move(operation)),
      options_(ToCommitOptions(options, context)),
      event_(table, options_) {}

void CatalogEvent::Ended(const arrow::Status& status, std::optional<SnapshotId> snapshot_id) {
  const CommitCounts counts = {operation_};
  if (status.ok()) return event_.Done(snapshot_id, 1, counts);
  const bool unknown = FindDetail<CommitUnknown>(status) != nullptr;
  const bool conflict = FindDetail<CommitConflict>(status) != nullptr;
  event_.Failed(unknown ? "unknown" : conflict ? "conflict" : "failed", 1, counts);
}

arrow::Result<int64_t> ParseAge(const std::string& option, const std::string& text) {
  static constexpr std::pair<std::string_view, int64_t> kUnits[] = {
      {"w", 7 * 86'400'000LL}, {"d", 86'400'000}, {"h", 3'600'000},
      {"m", 60'000},           {"s", 1000},       {"ms", 1}};
  int64_t count = 0;
  const char* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, count);
  for (const auto& [unit, factor] : kUnits) {
    if (parsed.ec != std::errc() || count < 0) break;
    if (unit == std::string_view(parsed.ptr, static_cast<size_t>(end - parsed.ptr)) &&
        count <= INT64_MAX / factor) {
      return count * factor;
    }
  }
  return UsageError(option + ": '" + text + "' is no age: expected such as 90d, 12h or 30m");
}

}  // namespace artemis

// artemis-table expire.
#include "artemis/cli/expire_command.h"

#include <chrono>
#include <utility>

#include "artemis/base/json_text.h"
#include "artemis/base/program_error.h"
#include "artemis/base/stopwatch.h"
#include "artemis/base/time_text.h"
#include "artemis/cli/opened_table.h"
#include "artemis/cli/summary_facts.h"
#include "artemis/commit/expire.h"

namespace artemis {

namespace {

struct ExpireReport {
  const TableMetadata& before;
  const TableMetadata& after;
  const Expiry& expired;
  int attempts = 0;
  bool already_done = false;
};

arrow::Result<SnapshotRetention> ToRetention(const ExpireOptions& options,
                                             const CommandContext& context) {
  if (options.older_than.has_value() == options.before.has_value()) {
    return UsageError("say how old: --older-than AGE, or --before TIME");
  }
  SnapshotRetention retention;
  retention.keep_min = options.keep_min;
  if (options.before) {
    ARROW_ASSIGN_OR_RAISE(retention.older_than, context.Time(*options.before, options.timezone));
    return retention;
  }
  ARROW_ASSIGN_OR_RAISE(const int64_t age_ms, ParseAge("--older-than", *options.older_than));
  retention.older_than = std::chrono::milliseconds(age_ms);
  return retention;
}

// The oldest time by which a snapshot is found.
std::optional<TimestampMs> OldestAvailable(const TableMetadata& metadata) {
  std::optional<TimestampMs> oldest;
  for (const auto& entry : metadata.snapshot_log) {
    if (metadata.FindSnapshot(entry.snapshot_id) == nullptr) continue;
    if (!oldest || entry.timestamp < *oldest) oldest = entry.timestamp;
  }
  return oldest;
}

FactTable ExpiredSnapshots(const ExpireReport& report) {
  FactTable table;
  table.keys = {"snapshot_id", "committed_at", "operation", "total_rows"};
  for (const auto id : report.expired.snapshots) {
    const Snapshot* snapshot = report.before.FindSnapshot(id);
    if (snapshot == nullptr) continue;
    table.rows.push_back({Fact::Id(id), Fact::Time(snapshot->timestamp),
                          Fact::TextIf(snapshot->operation()),
                          SummaryCount(snapshot, "total-records")});
  }
  return table;
}

Fact NamesFact(const std::vector<std::string>& names) {
  std::string text, json = "[";
  for (const auto& name : names) {
    text += (text.empty() ? "" : ", ") + name;
    json += (json.size() > 1 ? "," : "") + JsonString(name);
  }
  return Fact::Json(text, json + "]");
}

std::string ExpireSentence(const ExpireOptions& options, const ExpireReport& report) {
  if (report.already_done) {
    return "already done in " + options.table + ": this --once key is known; nothing was changed\n";
  }
  const auto& expired = report.expired;
  const std::string rule = "older than " + FormatTime(expired.older_than);
  if (expired.empty()) return "nothing to expire in " + options.table + ", " + rule + "\n";
  std::string text = options.dry_run ? "would expire " : "expired ";
  text += CountOf(static_cast<int64_t>(expired.snapshots.size()), "snapshot");
  if (!expired.refs.empty()) text += " and the refs " + NamesFact(expired.refs).text();
  text += " of " + options.table + ", " + rule;
  const auto oldest = OldestAvailable(report.after);
  if (oldest) text += "; history goes back to " + FormatTime(*oldest);
  if (!options.dry_run) text += "; files stay: artemis-table files " + options.table + " --orphans";
  return text + "\n";
}

arrow::Status PrintExpiry(const ExpireOptions& options, const ExpireReport& report,
                          int64_t elapsed_ms, CommandContext& context) {
  if (options.commit.format == FactFormat::kText) {
    const auto table = ExpiredSnapshots(report);
    const std::string rows = table.rows.empty() ? "" : table.ToText();
    return context.Print(rows + ExpireSentence(options, report));
  }
  FactRecord facts;
  facts.Add("table", Fact::Text(options.table));
  facts.Add("operation", Fact::Text("expire"));
  facts.Add("dry_run", Fact::Flag(options.dry_run));
  const bool planned = !report.already_done;
  facts.Add("older_than", planned ? Fact::Time(report.expired.older_than) : Fact());
  facts.Add("keep_min", planned ? Fact::Count(report.expired.keep_min) : Fact());
  facts.Add("snapshots_expired",
            Fact::Count(static_cast<int64_t>(report.expired.snapshots.size())));
  facts.Add("refs_expired", NamesFact(report.expired.refs));
  facts.Add("snapshots_left", Fact::Count(static_cast<int64_t>(report.after.snapshots.size())));
  facts.Add("oldest_available", Fact::TimeIf(OldestAvailable(report.after)));
  facts.Add("attempts", Fact::Count(report.attempts));
  facts.Add("already_done", Fact::Flag(report.already_done));
  facts.Add("elapsed_ms", Fact::Count(elapsed_ms));
  return context.Print(facts, "snapshots", ExpiredSnapshots(report), FactFormat::kJson);
}

arrow::Status DryRun(const ExpireOptions& options, const SnapshotRetention& retention,
                     const Stopwatch& watch, CommandContext& context) {
  ARROW_ASSIGN_OR_RAISE(const auto opened, OpenTableToRead(context, options.table));
  Expiry expired;
  ARROW_ASSIGN_OR_RAISE(const auto after, ExpireSnapshots(opened.metadata(), retention,
                                                          context.clock().Now(), &expired));
  return PrintExpiry(options, {opened.metadata(), after, expired}, watch.ElapsedMs(), context);
}

}  // namespace

arrow::Status RunExpire(const ExpireOptions& options, CommandContext& context) {
  const Stopwatch watch;
  ARROW_ASSIGN_OR_RAISE(const auto retention, ToRetention(options, context));
  if (options.dry_run) return DryRun(options, retention, watch, context);
  ARROW_ASSIGN_OR_RAISE(const auto opened, OpenTableToWrite(context, options.table));
  ARROW_ASSIGN_OR_RAISE(const auto result,
                        ExpireSnapshots(*opened.catalog, opened.name(), retention,
                                        ToCommitOptions(options.commit, context)));
  const ExpireReport report{opened.metadata(), *result.commit.table.metadata, result.expired,
                            result.commit.attempts, result.commit.already_done};
  return PrintExpiry(options, report, watch.ElapsedMs(), context);
}

}  // namespace artemis

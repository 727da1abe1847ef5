// Pins and plans as facts and events.
#include "artemis/cli/replay_facts.h"

#include "artemis/base/error.h"
#include "artemis/base/event_log.h"
#include "artemis/base/program_error.h"
#include "artemis/base/time_text.h"
#include "artemis/base/uuid.h"
#include "artemis/cli/target_options.h"
#include "artemis/expr/range_evaluator.h"
#include "artemis/replay/replay_deadline.h"
#include "artemis/scan/decision_text.h"
#include "artemis/scan/manifest_pass.h"

namespace artemis {

namespace {

constexpr char kReplayRowsHelp[] = "Rows replayed.";

std::string ModeName(ProjectionMode mode) {
  return mode == ProjectionMode::kCurrent ? "current" : "snapshot_time";
}

std::vector<int64_t> Ids(const std::vector<SpecId>& specs) {
  std::vector<int64_t> ids;
  for (const auto& spec : specs) ids.push_back(spec.value);
  return ids;
}

Fact IdsFact(const std::vector<SpecId>& specs) {
  std::string text;
  for (const auto id : Ids(specs)) text += (text.empty() ? "" : ",") + std::to_string(id);
  return Fact::Json(text, "[" + text + "]");
}

EventFields SummaryFields(const ScanPlanSummary& summary) {
  return {
      {"manifests_total", summary.manifests_total},   {"manifests_kept", summary.manifests_kept},
      {"files_total", summary.files_total},           {"files_kept", summary.files_kept},
      {"row_groups_total", summary.row_groups_total}, {"row_groups_kept", summary.row_groups_kept}};
}

void Append(EventFields* fields, const EventFields& more) {
  fields->insert(fields->end(), more.begin(), more.end());
}

}  // namespace

FactRecord PinFacts(const std::string& table, const PinnedSnapshot& pin) {
  FactRecord facts;
  facts.Add("table", Fact::Text(table));
  facts.Add("target", Fact::Text(FormatTarget(pin.target)));
  facts.Add("snapshot_id", Fact::IdIf(pin.view.snapshot_id));
  facts.Add("committed_at", Fact::TimeIf(pin.committed_at));
  facts.Add("schema_id", Fact::Id(pin.view.schema->id));
  facts.Add("mode", Fact::Text(ModeName(pin.mode)));
  return facts;
}

FactRecord PlanFacts(const ReplaySession& session) {
  const auto& summary = session.plan().summary;
  FactRecord facts = PinFacts(session.table().ToString(), session.pin());
  facts.Add("predicate",
            Fact::Text(FormatPredicate(session.plan().predicate, *session.pin().view.schema)));
  facts.Add("manifests_total", Fact::Count(summary.manifests_total));
  facts.Add("manifests_kept", Fact::Count(summary.manifests_kept));
  facts.Add("files_total", Fact::Count(summary.files_total));
  facts.Add("files_kept", Fact::Count(summary.files_kept));
  facts.Add("row_groups_total", Fact::Count(summary.row_groups_total));
  facts.Add("row_groups_kept", Fact::Count(summary.row_groups_kept));
  facts.Add("bytes_total", Fact::Bytes(summary.bytes_total));
  facts.Add("bytes_kept", Fact::Bytes(summary.bytes_kept));
  facts.Add("delete_files", Fact::Count(summary.delete_files));
  facts.Add("spec_ids", IdsFact(summary.spec_ids));
  facts.Add("plan_us", Fact::Count(summary.elapsed_us));
  return facts;
}

FactTable DecisionFacts(const ScanPlan& plan) {
  FactTable table;
  table.keys = {"kept", "reason", "path"};
  const std::string& location = plan.view.metadata->location;
  for (const auto& decision : plan.decisions) {
    table.rows.push_back({Fact::Flag(decision.kept), Fact::Text(decision.reason),
                          PathFact(decision.path, location)});
  }
  return table;
}

arrow::Result<FactTable> ManifestDecisionFacts(const ScanPlan& plan, FileSystem& files) {
  FactTable table;
  table.keys = {"kept", "files", "reason", "path"};
  if (!plan.view.snapshot_id) return table;
  const auto projections = ProjectSpecs(plan.view, plan.predicate);
  ARROW_ASSIGN_OR_RAISE(const auto manifests, ListManifests(plan.view, files));
  for (const auto& manifest : manifests) {
    if (manifest.content != ManifestContent::kData) continue;
    const auto found = projections.find(manifest.spec_id);
    const auto decision =
        DecideOnManifest(manifest, found == projections.end() ? nullptr : &found->second);
    const bool counted = manifest.added_files && manifest.existing_files;
    table.rows.push_back(
        {Fact::Flag(decision.kept),
         counted ? Fact::Count(*manifest.added_files + *manifest.existing_files) : Fact(),
         Fact::Text(decision.reason), PathFact(manifest.path, plan.view.metadata->location)});
  }
  return table;
}

std::string FormatPin(const PinnedSnapshot& pin) {
  if (!pin.view.snapshot_id) return "the empty table before its first commit";
  std::string text = "snapshot " + ToString(*pin.view.snapshot_id);
  if (pin.committed_at) text += " of " + FormatTime(*pin.committed_at);
  return text;
}

namespace {

// The outcome as the event log names it.
std::string ReplayOutcome(const arrow::Status& status) {
  if (status.ok()) return "done";
  if (IsClosedPipe(status)) return "closed";
  if (FindDetail<DeadlineExceeded>(status) != nullptr) return "deadline";
  return status.IsCancelled() ? "cancelled" : "failed";
}

// "SnapshotExpired", "CorruptFile": what a caller can tell apart; else the kind of the status: "Invalid", "IOError".
std::string ReplayErrorClass(const arrow::Status& status) {
  constexpr std::string_view kOurs = "artemis::";
  if (status.detail() != nullptr) {
    const std::string_view type = status.detail()->type_id();
    if (type.starts_with(kOurs)) return std::string(type.substr(kOurs.size()));
  }
  // Arrow calls it unknown.
  if (status.IsAlreadyExists()) return "AlreadyExists";
  return status.CodeAsString();
}

// Those who stop reading, or stop the program, have no error.
bool HasReplayFailed(const arrow::Status& status) {
  const std::string outcome = ReplayOutcome(status);
  return outcome == "failed" || outcome == "deadline";
}

void CountReplayFailure(CommandContext& context, const arrow::Status& status) {
  if (!HasReplayFailed(status)) return;
  context.metrics()
      .Counter("artemis_replay_failures_total", "Replays that failed, or whose deadline passed.")
      .Add(1);
}

}  // namespace

void LogReplayFailure(CommandContext& context, const std::string& table,
                      const arrow::Status& status, int64_t elapsed_ms) {
  if (IsUsageError(status)) return;
  CountReplayFailure(context, status);
  const bool has_failed = HasReplayFailed(status);
  EventFields replay = {{"query_id", RandomUuid()},
                        {"principal", UserName()},
                        {"table", table},
                        {"elapsed_ms", elapsed_ms},
                        {"outcome", ReplayOutcome(status)}};
  if (has_failed) replay.emplace_back("error", ReplayErrorClass(status));
  context.events().Write(has_failed ? EventLevel::kWarning : EventLevel::kInfo, "replay", replay);
}

void LogReplay(CommandContext& context, const ReplayEvent& event, const ReplaySession& session) {
  const auto& summary = session.plan().summary;
  const PinnedSnapshot& pin = session.pin();
  const std::string table = session.table().ToString();
  auto& metrics = context.metrics();
  metrics.Counter("artemis_replay_rows_total", kReplayRowsHelp)
      .Add(static_cast<double>(event.rows));
  metrics.Counter("artemis_replay_seconds", "Time from the command's start to its last row.")
      .Add(static_cast<double>(event.elapsed_ms) / 1000);
  metrics.Counter("artemis_replay_bytes", "Bytes of the files that were planned to be read.")
      .Add(static_cast<double>(summary.bytes_kept));

  EventFields plan = {{"query_id", event.query_id}, {"table", table}};
  Append(&plan, SummaryFields(summary));
  Append(&plan, {{"bytes_total", summary.bytes_total},
                 {"bytes_kept", summary.bytes_kept},
                 {"delete_files", summary.delete_files},
                 {"elapsed_us", summary.elapsed_us},
                 {"spec_ids", Ids(summary.spec_ids)}});
  context.events().Write(EventLevel::kInfo, "plan", plan);

  EventFields replay = {{"query_id", event.query_id},
                        {"principal", UserName()},
                        {"table", table},
                        {"snapshot_id", pin.view.snapshot_id.value_or(SnapshotId(-1)).value},
                        {"schema_id", static_cast<int64_t>(pin.view.schema->id.value)},
                        {"spec_ids", Ids(summary.spec_ids)},
                        {"mode", ModeName(pin.mode)}};
  if (const auto* time = std::get_if<TimestampMs>(&pin.target)) {
    replay.emplace_back("target_ms", time->value);
  }
  Append(&replay, SummaryFields(summary));
  Append(&replay, {{"rows", event.rows},
                   {"bytes", event.bytes},
                   {"elapsed_ms", event.elapsed_ms},
                   {"outcome", ReplayOutcome(event.status)}});
  const bool has_failed = HasReplayFailed(event.status);
  if (has_failed) replay.emplace_back("error", ReplayErrorClass(event.status));
  CountReplayFailure(context, event.status);
  context.events().Write(has_failed ? EventLevel::kWarning : EventLevel::kInfo, "replay", replay);
}

}  // namespace artemis

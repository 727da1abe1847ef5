// What replay commands report about pins and plans.
#pragma once

#include <string>

#include "artemis/cli/command_context.h"
#include "artemis/output/facts.h"
#include "artemis/replay/replay.h"

namespace artemis {

// {"table","target","snapshot_id","committed_at","schema_id","mode"}
FactRecord PinFacts(const std::string& table, const PinnedSnapshot& pin);

// PinFacts, the predicate and the summary of the plan.
FactRecord PlanFacts(const ReplaySession& session);

// The files that were kept and dropped, and why: {"path","kept","reason"}.
FactTable DecisionFacts(const ScanPlan& plan);

// The data manifests of the plan's snapshot, those that pass 1 dropped among them, whose files appear in no decision:
// {"path","kept","files","reason"}. Reads the manifest list once more.
arrow::Result<FactTable> ManifestDecisionFacts(const ScanPlan& plan, FileSystem& files);

// "snapshot 12 of 2024-03-15T07:00:00.000Z", or "the empty table before its first commit".
std::string FormatPin(const PinnedSnapshot& pin);

// Writes the events "plan" and "replay" (docs/observability.md) of a replay that ended.
struct ReplayEvent {
  std::string query_id;
  arrow::Status status;
  int64_t rows = 0;
  int64_t bytes = 0;
  int64_t elapsed_ms = 0;
};
void LogReplay(CommandContext& context, const ReplayEvent& event, const ReplaySession& session);
// Writes the event "replay" of one that failed before any row was read: it could not be resolved or planned, or its deadline passed.
// `table`: of several that are pinned together all, parted by commas. Writes none for a command line that is wrong.
void LogReplayFailure(CommandContext& context, const std::string& table,
                      const arrow::Status& status, int64_t elapsed_ms);

}  // namespace artemis

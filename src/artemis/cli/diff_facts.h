// What artemis-replay diff reports beside the rows.
#pragma once

#include <cstdint>
#include <string>

#include "artemis/cli/command_context.h"
#include "artemis/output/facts.h"
#include "artemis/replay/diff.h"

namespace artemis {

struct DiffCounts {
  // Rows that were removed and added, halves of updates among them.
  int64_t removed = 0, added = 0;
  // Updates: pairs of them.
  int64_t updated = 0;
  // Rows that were printed.
  int64_t shown = 0;
};

// All but the tables of commits and schema changes.
FactRecord DiffFacts(const std::string& table, const DiffResult& diff, int64_t plan_us);
FactTable CommitFacts(const DiffResult& diff);
FactTable SchemaChangeFacts(const DiffResult& diff);

// "2 rows removed and 3 added by 2 commits from snapshot … to snapshot …; files: …".
std::string DiffSentence(const DiffResult& diff, const DiffCounts& counts, int64_t elapsed_ms);

// Writes the event "diff" (docs/observability.md) of a diff that ended, and counts it.
struct DiffEvent {
  std::string query_id;
  std::string table;
  std::string outcome;  // done, failed, cancelled, closed
  DiffCounts counts;
  int64_t elapsed_ms = 0;
};
void LogDiff(CommandContext& context, const DiffEvent& event, const DiffResult& diff);

}  // namespace artemis

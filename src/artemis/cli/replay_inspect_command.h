// artemis-replay inspect: what was in force at a moment.
#pragma once

#include <optional>
#include <string>

#include <arrow/status.h>

#include "artemis/cli/command_context.h"
#include "artemis/cli/target_options.h"

namespace artemis {

struct ReplayInspectOptions {
  std::string table;
  TargetOptions target;
  std::optional<std::string> timezone;
  FactFormat format = FactFormat::kText;
};

// Prints the pin of the moment, the snapshot's schema and partitioning, what reading it would take, the table's own timeline around it,
// and the history (drawn_history.h), whose rolled back and expired changes are grey on a terminal:
// {"table","target","snapshot_id","committed_at","schema_id","mode","operation","author","message",
// "rows","columns":[{"id","column","type"}],"spec_ids","metadata_location","table_schema_id",
// "table_schema","previous":{"time","operation","snapshot_id"},"next":{…},
// "would_read":{"manifests","files","row_groups","bytes","delete_files","rows"},"oldest_available","refs":[{"name","type",
// "snapshot_id"}],"history":[…]}
// "table_schema_id" is the schema the table's metadata had at that time; it differs from
// "schema_id" when an ALTER came after the snapshot, and "table_schema" then says it. "would_read" is of the metadata alone: "rows" are
// those of the files, deleted ones included; "row_groups" is null where a writer did not say how many there are.
arrow::Status RunReplayInspect(const ReplayInspectOptions& options, CommandContext& context);

}  // namespace artemis

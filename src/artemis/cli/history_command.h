// artemis-table history, snapshots, refs: what happened to a table.
#pragma once

#include <string>

#include <arrow/status.h>

#include "artemis/cli/command_context.h"
#include "artemis/cli/info_command.h"

namespace artemis {

// Every change of the table, oldest first, also those that made no snapshot:
// {"table","history":[{"time","operation","snapshot_id","schema_id","spec_id","author","message",
// "current","metadata_location"}]}. `current` marks the state in force.
arrow::Status RunHistory(const InfoOptions& options, CommandContext& context);

// The snapshots in the order of the metadata: {"table","snapshots":[{"snapshot_id","parent_id",
// "committed_at","operation","schema_id","sequence_number","added_files","added_rows",
// "removed_files","deleted_rows","total_rows","author","message","current","summary":{}}]}.
arrow::Status RunSnapshots(const InfoOptions& options, CommandContext& context);

// {"table","refs":[{"name","type","snapshot_id","committed_at"}]}
arrow::Status RunRefs(const InfoOptions& options, CommandContext& context);

}  // namespace artemis

// artemis-table history, snapshots, refs: what happened to a table.
#pragma once

#include <string>

#include <arrow/status.h>

#include "artemis/cli/command_context.h"
#include "artemis/cli/info_command.h"

namespace artemis {

// Every change of the table, oldest first, also those that made no snapshot.
//
// Text: a line each, without headings, like a log:
//   | 2024-03-15T07:00:00.000Z  2 h ago  overwrite  12  -10 +60,000 rows  -1 +6 files  ada  monday
// In front, '*' is the state in force, '|' what it is built on, a blank what was rolled back since. At the end the
// message, and what an ALTER altered.
//
// JSON: {"table","history":[{"time","operation","snapshot_id","parent_id","schema_id","spec_id","author","message",
// "added_rows","removed_rows","total_rows","added_files","removed_files","total_files","changes":[],"current",
// "current_ancestor","metadata_location"}]}. Counts are those of the snapshot that the change made, null where it made
// none; "current_ancestor" is null where the snapshot was expired.
arrow::Status RunHistory(const InfoOptions& options, CommandContext& context);

// The snapshots in the order of the metadata: {"table","snapshots":[{"snapshot_id","parent_id",
// "committed_at","operation","schema_id","sequence_number","added_files","added_rows",
// "removed_files","deleted_rows","total_rows","author","message","current","current_ancestor","refs","summary":{}}]}.
arrow::Status RunSnapshots(const InfoOptions& options, CommandContext& context);

// {"table","refs":[{"name","type","snapshot_id","committed_at","operation","min_snapshots_to_keep",
// "max_snapshot_age_ms","max_ref_age_ms"}]}
arrow::Status RunRefs(const InfoOptions& options, CommandContext& context);

}  // namespace artemis

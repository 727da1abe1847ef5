// artemis-replay diff: what changed in a table from one moment to another.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <arrow/status.h>

#include "artemis/cli/replay_query_command.h"
#include "artemis/replay/diff.h"

namespace artemis {

struct ReplayDiffOptions {
  ReplayRowOptions rows;  // the limit bounds what is printed, not what is counted
  TargetOptions from, to;
  // Whose columns the rows have.
  DiffProjection project = DiffProjection::kNew;
  // Compare the two ends alone, instead of listing what each commit did.
  bool net = false;
  // Print what would be compared, instead of the rows; as JSON with the formats json and jsonl.
  bool explain = false;
  // Rows that wait to be compared, in memory; unset: the library's.
  std::optional<int64_t> memory_bytes;
  // Where more of them go; empty: the system's folder for temporary files.
  std::string temp_folder;
};

// Prints the rows behind Iceberg's change columns (replay/change_columns.h), commit by commit, and in each first what was deleted. With a
// limit, rows of both kinds are shown: half of the room for removed ones, half for added ones, and what one leaves for the
// other; as many rows of each kind as the limit says are then held in memory.
//
// Lines on standard error say how many rows and files differ, and what differs between the schemas of the ends. Writes the event diff.
//
// --explain reads no data file and prints {"table","kind","instead_because","from_target","from_snapshot_id",
// "from_committed_at","from_schema_id","to_target","to_snapshot_id","to_committed_at","to_schema_id","files_added","files_removed",
// "files_touched","files_unchanged","plan_us",
// "commits":[{"ordinal","snapshot_id","operation","files_added","files_removed","files_touched"}],
// "schema_changes":[{"field_id","change","from_name","from_type","to_name","to_type"}]}.
arrow::Status RunReplayDiff(const ReplayDiffOptions& options, CommandContext& context);

}  // namespace artemis

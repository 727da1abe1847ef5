// artemis-replay query: the rows of a table as they stood at a moment.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <arrow/status.h>

#include "artemis/cli/command_context.h"
#include "artemis/cli/row_output.h"
#include "artemis/cli/target_options.h"

namespace artemis {

// What query and diff share.
struct ReplayRowOptions {
  std::string table;
  std::string where;                 // empty: all rows
  std::vector<std::string> columns;  // empty: all
  std::optional<int64_t> limit;
  std::optional<std::string> timezone;
  int threads = 2;
  RowOutputOptions output;
};

struct ReplayQueryOptions {
  ReplayRowOptions rows;
  TargetOptions target;
  // snapshot_time, or current: the table's current schema.
  bool current_schema = false;
  // Batches in the order of the plan, the same in every run.
  bool ordered = false;
  // Print what is read and why, instead of the rows; as JSON with the formats json and jsonl.
  bool explain = false;
};

// Rows go to the output. With the format table, a line on standard error says what was read:
// snapshot, its time, rows, files kept. Writes the events plan and replay.
//
// --explain prints {"table","target","snapshot_id","committed_at","schema_id","mode","predicate",
// "manifests_total","manifests_kept","files_total","files_kept","row_groups_total",
// "row_groups_kept","bytes_total","bytes_kept","delete_files","spec_ids","plan_us",
// "manifests":[{"kept","files","reason","path"}],"files":[{"kept","reason","path"}]}. Files of manifests that pass 1 dropped are
// not listed one by one: they were never looked at.
arrow::Status RunReplayQuery(const ReplayQueryOptions& options, CommandContext& context);

}  // namespace artemis

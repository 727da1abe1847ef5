// artemis-replay query: the rows of a table as they stood at a moment, or of several tables at one instant.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <arrow/status.h>

#include "artemis/cli/command_context.h"
#include "artemis/cli/target_options.h"
#include "artemis/output/row_output.h"

namespace artemis {

// What the flag without a value is read as.
inline constexpr char kTimeColumn[] = "true";

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
  // Instead of rows.table: several tables at one instant.
  std::vector<std::string> tables;
  TargetOptions target;
  // A pin manifest to take the pins from, instead of a target; and where to write one. Empty: none.
  std::string pins;
  std::string save_pins;
  // snapshot_time, or current: the table's current schema.
  bool current_schema = false;
  // Rows in the order of this column, or kTimeColumn (replay/ordered_rows.h); empty: in none.
  std::string ordered;
  // Print what is read and why, instead of the rows; as JSON with the formats json and jsonl.
  bool explain = false;
  // Seconds from the start to the last row.
  std::optional<double> deadline_s;
  // Where a record of what was read goes (docs/evidence.md); empty: nowhere.
  std::string evidence;
  bool evidence_full = false;
};

// Rows go to the output. With the format table, a line on standard error says what was read:
// snapshot, its time, rows, files kept. Writes the events plan and replay for each table.
//
// --explain prints {"table","target","snapshot_id","committed_at","schema_id","mode","predicate",
// "manifests_total","manifests_kept","files_total","files_kept","row_groups_total",
// "row_groups_kept","bytes_total","bytes_kept","delete_files","spec_ids","plan_us",
// "manifests":[{"kept","files","reason","path"}],"files":[{"kept","reason","path"}]}. Files of manifests that pass 1 dropped are
// not listed one by one: they were never looked at.
//
// Several tables are pinned together first; then the rows of each go to a file of its name in the folder of -o, beside pins.json. Without
// -o the pins are printed: as a table, or as the manifest in JSON.
arrow::Status RunReplayQuery(const ReplayQueryOptions& options, CommandContext& context);

}  // namespace artemis

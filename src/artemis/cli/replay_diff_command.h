// artemis-replay diff: the rows that two moments of a table do not share.
#pragma once

#include <cstdint>
#include <string>

#include <arrow/status.h>

#include "artemis/cli/replay_query_command.h"

namespace artemis {

enum class DiffColumns : uint8_t { kOld, kNew, kCurrent };

struct ReplayDiffOptions {
  ReplayRowOptions rows;  // the limit bounds what is printed, not what is counted
  TargetOptions from, to;
  // Whose columns the rows have.
  DiffColumns project = DiffColumns::kNew;
};

// Prints first the rows that only the older end has, then those that only the newer has, behind
// Iceberg's change columns:
//   _change_type         delete, insert
//   _change_ordinal      0: the difference is net, over all commits between the ends
//   _commit_snapshot_id  the newer end's, where it is the only commit between the ends; else null
// With a limit, rows of both kinds are shown: half of the room for each, and what one leaves for the other. As many rows of
// each kind as the limit says are then held in memory.
//
// A line on standard error says how many rows and files differ.
arrow::Status RunReplayDiff(const ReplayDiffOptions& options, CommandContext& context);

}  // namespace artemis

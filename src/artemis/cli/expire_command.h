// artemis-table expire: takes old snapshots out of a table's history.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <arrow/status.h>

#include "artemis/cli/commit_options.h"

namespace artemis {

struct ExpireOptions {
  std::string table;
  // One of the two: an age ("7d"), or an instant.
  std::optional<std::string> older_than;
  std::optional<std::string> before;
  std::optional<std::string> timezone;
  // Of each branch at least so many stay; unset: the table's property, else 1.
  std::optional<int32_t> keep_min;
  // Say what would go, and change nothing.
  bool dry_run = false;
  CommitCommandOptions commit;
};

// Removes the snapshots, and the refs past their greatest age, that commit/expire.h lets go. Files stay. Prints
// {"table","operation","dry_run","older_than","keep_min","snapshots_expired","refs_expired":[],"snapshots_left","oldest_available",
// "attempts","already_done","elapsed_ms","snapshots":[{"snapshot_id","committed_at","operation","total_rows"}]}; "oldest_available" is
// the oldest time that can be replayed afterwards, "snapshots" are those that go.
arrow::Status RunExpire(const ExpireOptions& options, CommandContext& context);

}  // namespace artemis

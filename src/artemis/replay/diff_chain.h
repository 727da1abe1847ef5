// The commits that lead from one snapshot to another: what a gross diff goes through.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "artemis/table/metadata.h"

namespace artemis {

struct DiffChain {
  // Oldest first: without the older end, with the newer. The parent of the first is the older end, that of each other the one before.
  std::vector<const Snapshot*> commits;
  // Why there is no chain; empty where there is one.
  std::string broken_because;
};

// Follows the parents of `newer` to `older` (nullopt: the table before its first commit). Snapshots that were rolled back are on no
// chain. Pointers are into `metadata`. No chain: `older` is no ancestor of `newer`, or a snapshot between them was expired.
DiffChain FindChain(const TableMetadata& metadata, std::optional<SnapshotId> older,
                    std::optional<SnapshotId> newer);

// Whether a snapshot only rewrites files: the specification's operation "replace".
bool IsReplacement(const Snapshot& snapshot);

}  // namespace artemis

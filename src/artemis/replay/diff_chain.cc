// Walks parents.
#include "artemis/replay/diff_chain.h"

#include <algorithm>

namespace artemis {

DiffChain FindChain(const TableMetadata& metadata, std::optional<SnapshotId> older,
                    std::optional<SnapshotId> newer) {
  DiffChain chain;
  auto id = newer;
  // Parents that go in a circle end, too.
  while (id != older && id && chain.commits.size() <= metadata.snapshots.size()) {
    const Snapshot* snapshot = metadata.FindSnapshot(*id);
    if (snapshot == nullptr) {
      chain.commits.clear();
      chain.broken_because = "snapshot " + ToString(*id) + " between them was expired";
      return chain;
    }
    chain.commits.push_back(snapshot);
    id = snapshot->parent_id;
  }
  if (id != older) {
    chain.commits.clear();
    chain.broken_because = "they lie on different lines of snapshots";
  }
  std::reverse(chain.commits.begin(), chain.commits.end());
  return chain;
}

bool IsReplacement(const Snapshot& snapshot) { return snapshot.operation() == "replace"; }

}  // namespace artemis

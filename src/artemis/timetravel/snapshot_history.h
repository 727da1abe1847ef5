// The history of a table as people mean it: which snapshot was the current one, and from when to when. Not the list of its snapshots: one
// that was rolled back was current for a while, one that was rolled back to was current twice, a staged one never was.
#pragma once

#include <optional>
#include <vector>

#include <arrow/result.h>

#include "artemis/catalog/catalog.h"

namespace artemis {

// `snapshot_id` was current in [from, until).
struct CurrentInterval {
  SnapshotId snapshot_id;
  TimestampMs from;
  // Unset: it still is.
  std::optional<TimestampMs> until;
  // It had been current before, or is an ancestor of the one before it: a rollback made it current again.
  bool is_rollback = false;
  // It is no longer in the metadata: by its time or id it gives SnapshotExpired.
  bool is_expired = false;

  bool operator==(const CurrentInterval&) const = default;
};

// Oldest first; empty for a table without a commit. By snapshot-log in the order of its times, as times are resolved (replay/resolve.h);
// what stands before it or in a gap of it comes from the catalog's history, which outlives expiry, and whose times are those of the
// swaps. Where that has gaps of its own, `until` is the first moment at which another one, or none that is known, was current.
arrow::Result<std::vector<CurrentInterval>> SnapshotHistory(Catalog& catalog,
                                                            const LoadedTable& table);

}  // namespace artemis

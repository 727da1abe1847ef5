// Expiry: takes old snapshots out of a table's metadata, by the rules of Iceberg's Java library (RemoveSnapshots) and the specification
// ("Snapshot Retention Policy"). Files are not touched: those that nothing names any more are orphans (check/orphans.h).
//
// What stays:
//   - main, and every other ref whose snapshot is not older than its max-ref-age-ms, else history.expire.max-ref-age-ms (for ever);
//   - the snapshot each of them names, so at least the current one;
//   - of a branch the newest ancestors: as many as min-snapshots-to-keep, and then those down to the first that is too old;
//   - snapshots that no ref leads to, while they are young.
// What stays is not changed: a snapshot whose parent is gone still names it, which is how a reader tells that history was cut.
// snapshot-log ends at the newest entry of a removed snapshot, and their statistics go (table/update.h, RemoveSnapshots).
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include <arrow/result.h>

#include "artemis/commit/change.h"

namespace artemis {

// An age, or an instant: two types, so that seven days are never taken for a moment of January 1970. A bare number is neither.
using OlderThan = std::variant<std::chrono::milliseconds, TimestampMs>;

// A member that is not set comes from the table property beside it, else from the default. What a branch says of itself goes before both.
struct SnapshotRetention {
  // Snapshots committed before then may go. history.expire.max-snapshot-age-ms; 5 days.
  std::optional<OlderThan> older_than = std::nullopt;
  // Of each branch so many stay. history.expire.min-snapshots-to-keep; 1.
  std::optional<int32_t> keep_min = std::nullopt;
};

// What an expiry takes away.
struct Expiry {
  std::vector<SnapshotId> snapshots;  // in the order of the metadata
  std::vector<std::string> refs;      // by name
  // What the rules came to.
  TimestampMs older_than;
  int32_t keep_min = 1;

  bool empty() const { return snapshots.empty() && refs.empty(); }
};

// Invalid: a negative age, keep_min below 1, a property that is no number; gc.enabled = false, by which a table says that its files are
// shared with another one.
arrow::Result<Expiry> PlanExpiry(const TableMetadata& metadata, const SnapshotRetention& retention,
                                 TimestampMs now);

struct ExpireResult {
  CommitResult commit;
  // Empty where a repeated once_key made it change nothing.
  Expiry expired;
};

// Plans on the newest metadata, at every attempt anew, and commits what PlanExpiry gives; nothing to expire, no commit.
// Failures as in commit.h and of PlanExpiry.
arrow::Result<ExpireResult> ExpireSnapshots(Catalog& catalog, const TableName& table,
                                            const SnapshotRetention& retention,
                                            const CommitOptions& options = {});

// The next metadata; `expired` (may be null) is told what is gone.
arrow::Result<TableMetadata> ExpireSnapshots(const TableMetadata& metadata,
                                             const SnapshotRetention& retention, TimestampMs now,
                                             Expiry* expired = nullptr);

}  // namespace artemis

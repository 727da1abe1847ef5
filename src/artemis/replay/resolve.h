// Resolves a moment, a snapshot id or a ref to a pinned view of a table (DESIGN 4, items 1-3). Pure: takes what was loaded.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include <arrow/result.h>

#include "artemis/catalog/catalog.h"
#include "artemis/table/table_view.h"

namespace artemis {

// Which schema rows are projected to.
enum class ProjectionMode : uint8_t {
  kSnapshotTime,  // the schema of the pinned snapshot
  kCurrent,       // the table's current schema
};

// What to read: the current state, the state at a time, a snapshot, or a ref.
using ReplayTarget = std::variant<std::monostate, TimestampMs, SnapshotId, std::string>;

struct PinnedSnapshot {
  TableView view;  // view.snapshot_id empty: between creation and the first commit
  std::string metadata_location;
  std::optional<TimestampMs> committed_at;
  ReplayTarget target;
  ProjectionMode mode = ProjectionMode::kSnapshotTime;
};

// By snapshot-log: the entry with the greatest time <= T, on equal times the last. NoSuchTable (with the creation time) before the
// table existed; SnapshotExpired with the oldest available time where history was cut or the snapshot removed; NoSuchSnapshot.
// A snapshot without schema-id has its schema recovered from older metadata or its manifests' headers (read through the catalog's files).
arrow::Result<PinnedSnapshot> Resolve(Catalog& catalog, const LoadedTable& table,
                                      const ReplayTarget& target,
                                      ProjectionMode mode = ProjectionMode::kSnapshotTime);

}  // namespace artemis

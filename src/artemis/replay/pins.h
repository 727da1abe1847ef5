// Pins of several tables at one instant, and pins that were written down to be used again: the unit of an investigation that looks at more
// than one table, or comes back to one. Format: docs/evidence.md, "Pin manifests"
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <arrow/result.h>

#include "artemis/catalog/catalog.h"
#include "artemis/replay/resolve.h"

namespace artemis {

struct PinnedTable {
  TableName name;
  // Its view is pin.view.
  PinnedSnapshot pin;
};

// Pins every table as it stood at `target`, a time or the current state (Invalid for a snapshot or ref, which one table has), in the
// order of `names`.
//
// One instant: all tables are loaded, and loaded again until none has changed in between, so that the states were in force together. Times
// of commits of different writers are only as good as their clocks. Fails as Resolve does for the first table that cannot be pinned; a
// table that is named twice is Invalid; LimitExceeded where tables change so fast that 16 attempts see no instant.
arrow::Result<std::vector<PinnedTable>> PinTables(
    Catalog& catalog, const std::vector<TableName>& names, const ReplayTarget& target,
    ProjectionMode mode = ProjectionMode::kSnapshotTime);

// A pin by its names alone.
struct SavedPin {
  std::string table;
  std::string table_uuid;
  // What it was taken from.
  std::string metadata_location;
  ReplayTarget target;
  std::optional<SnapshotId> snapshot_id;  // nullopt: before the first commit
  std::optional<TimestampMs> committed_at;
  SchemaId schema_id;
  ProjectionMode mode = ProjectionMode::kSnapshotTime;

  bool operator==(const SavedPin&) const = default;
};
SavedPin SavePin(const TableName& name, const PinnedSnapshot& pin);

// The pin again, whatever happened to the table since: the same snapshot under the same schema, from the metadata it was taken from as
// long as that file is there, else from the table's own. SnapshotExpired when the table no longer has the snapshot. Invalid: `table` is
// another table than was pinned (by its uuid), or nothing tells the schema any more.
arrow::Result<PinnedSnapshot> RestorePin(Catalog& catalog, const LoadedTable& table,
                                         const SavedPin& saved);

struct PinManifest {
  TimestampMs created_at;
  std::string principal;
  std::string catalog;
  std::vector<SavedPin> pins;

  bool operator==(const PinManifest&) const = default;
  // Null when the table is not pinned.
  const SavedPin* Find(const std::string& table) const;
};

inline constexpr int64_t kPinManifestBytesMax = int64_t{64} << 20;

// pins_json.cc. Errors as those of EvidenceFromJson, without a digest.
arrow::Result<std::string> PinManifestToJson(const PinManifest& manifest);
arrow::Result<PinManifest> PinManifestFromJson(std::string_view text, const std::string& path);

}  // namespace artemis

// The --once keys of a table: which commits it has seen already.
//
// A commit that makes a snapshot leaves its key in the snapshot's summary (artemis.once). Every commit with a key also leaves it in the
// table property artemis.once-keys, which outlives the snapshot: the newest 100 keys, oldest first, "key=snapshot id" separated by
// commas, keys percent-encoded; "key=" where there was no snapshot.
#pragma once

#include <optional>
#include <string>

#include "artemis/table/metadata.h"

namespace artemis {

inline constexpr char kOnceKeysProperty[] = "artemis.once-keys";
inline constexpr size_t kOnceKeysMax = 100;

// A commit that was done.
struct OnceRecord {
  std::optional<SnapshotId> snapshot_id;
};

// The commit that holds the key; nullopt when the table does not know it.
std::optional<OnceRecord> FindOnceRecord(const TableMetadata& metadata, const std::string& key);

// Enters the key as the newest one.
void RecordOnce(const std::string& key, std::optional<SnapshotId> snapshot_id,
                TableMetadata* metadata);

}  // namespace artemis

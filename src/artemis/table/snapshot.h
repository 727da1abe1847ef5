// Snapshots, refs and the logs of a table (specification, "Snapshots", "Snapshot References").
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include <arrow/status.h>

#include "artemis/base/ids.h"

namespace artemis {

struct Snapshot {
  SnapshotId id;
  std::optional<SnapshotId> parent_id;
  SequenceNumber sequence_number;  // 0 in v1
  TimestampMs timestamp;
  // Location of the manifest list; v1 tables may embed manifest locations instead.
  std::string manifest_list;
  std::vector<std::string> embedded_manifests;
  // "operation" among them (append, replace, overwrite, delete); counts as decimal text, as Java writes them.
  std::map<std::string, std::string> summary;
  std::optional<SchemaId> schema_id;
  // v3 row lineage.
  std::optional<int64_t> first_row_id;
  std::optional<int64_t> added_rows;
  std::optional<std::string> key_id;

  bool operator==(const Snapshot&) const = default;
  std::string operation() const;  // empty when the summary has none
};

// NotImplemented, naming the snapshot and its key, when its manifest list is encrypted. Whoever reads one asks first.
arrow::Status RefuseEncrypted(const Snapshot& snapshot);

struct SnapshotRef {
  enum class Kind : uint8_t { kBranch, kTag };
  SnapshotId snapshot_id;
  Kind kind = Kind::kBranch;
  std::optional<int32_t> min_snapshots_to_keep;
  std::optional<int64_t> max_snapshot_age_ms;
  std::optional<int64_t> max_ref_age_ms;

  bool operator==(const SnapshotRef&) const = default;
};

// "From `timestamp` on, `snapshot_id` was current."
struct SnapshotLogEntry {
  TimestampMs timestamp;
  SnapshotId snapshot_id;
  bool operator==(const SnapshotLogEntry&) const = default;
};

// "Until `timestamp`'s successor, the table's metadata file was `metadata_file`."
struct MetadataLogEntry {
  TimestampMs timestamp;
  std::string metadata_file;
  bool operator==(const MetadataLogEntry&) const = default;
};

}  // namespace artemis

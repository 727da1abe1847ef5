// Resolution of a target to a pinned view.
#include "artemis/replay/resolve.h"

#include <algorithm>

#include "artemis/base/error.h"
#include "artemis/base/time_text.h"
#include "artemis/io/file_system.h"
#include "artemis/replay/schema_recovery.h"
#include "artemis/table/metadata_json.h"

namespace artemis {

namespace {

constexpr int64_t kMetadataBytesMax = int64_t{1} << 30;

// The first metadata file of a table: "00000-<uuid>.metadata.json", or "v1.metadata.json" of path tables.
bool IsFirstMetadataFile(const std::string& location) {
  const std::string file = location.substr(location.rfind('/') + 1);
  return file.starts_with("00000-") || file.starts_with("v1.");
}

std::optional<TimestampMs> CreationTime(const std::vector<HistoryEntry>& history) {
  if (history.empty()) return std::nullopt;
  const auto& first = history.front();
  if (first.operation == "create" || IsFirstMetadataFile(first.metadata_location))
    return first.time;
  return std::nullopt;
}

// The last entry with time <= `time`; null when there is none.
const HistoryEntry* InForceAt(const std::vector<HistoryEntry>& history, TimestampMs time) {
  const HistoryEntry* found = nullptr;
  for (const auto& entry : history) {
    if (entry.time <= time) found = &entry;
  }
  return found;
}

class Resolver {
 public:
  Resolver(Catalog& catalog, const LoadedTable& table, const ReplayTarget& target,
           ProjectionMode mode)
      : catalog_(catalog), table_(table), metadata_(*table.metadata) {
    pin_.metadata_location = table.metadata_location;
    pin_.target = target;
    pin_.mode = mode;
    pin_.view.metadata = table.metadata;
  }

  arrow::Result<PinnedSnapshot> Current() {
    pin_.view.snapshot_id = metadata_.current_snapshot_id;
    if (const auto* snapshot = metadata_.CurrentSnapshot()) pin_.committed_at = snapshot->timestamp;
    UseSchema(metadata_.CurrentSchema());
    return pin_;
  }

  arrow::Result<PinnedSnapshot> At(TimestampMs time) {
    if (!metadata_.has_snapshot_log && !metadata_.snapshots.empty()) {
      return arrow::Status::Invalid(
          "table ", table_.name.ToString(),
          " has no snapshot-log, so no time can be resolved: name a snapshot "
          "(artemis-table snapshots ",
          table_.name.ToString(), ")");
    }
    const SnapshotLogEntry* found = nullptr;
    for (const auto& entry : metadata_.snapshot_log) {
      const bool later = found == nullptr || entry.timestamp >= found->timestamp;
      if (entry.timestamp <= time && later) found = &entry;
    }
    if (found == nullptr) return BeforeLog(time);
    const Snapshot* snapshot = metadata_.FindSnapshot(found->snapshot_id);
    if (snapshot == nullptr) return SnapshotExpiredError(FormatTime(time), OldestAvailable());
    return Pin(*snapshot, found->timestamp);
  }

  arrow::Result<PinnedSnapshot> AtSnapshot(SnapshotId id) {
    if (const auto* snapshot = metadata_.FindSnapshot(id))
      return Pin(*snapshot, snapshot->timestamp);
    ARROW_ASSIGN_OR_RAISE(const bool known, WasKnown(id));
    if (known) return SnapshotExpiredError("snapshot " + ToString(id), OldestAvailable());
    return NoSuchSnapshotError(ToString(id),
                               "artemis-table snapshots " + table_.name.ToString() + " lists them");
  }

  arrow::Result<PinnedSnapshot> AtRef(const std::string& name) {
    const auto found = metadata_.refs.find(name);
    if (found == metadata_.refs.end()) {
      std::string names;
      for (const auto& [each, ref] : metadata_.refs) names += (names.empty() ? "" : ", ") + each;
      return NoSuchSnapshotError("ref '" + name + "'",
                                 "table " + table_.name.ToString() + " has " +
                                     (names.empty() ? "no refs" : "the refs " + names));
    }
    return AtSnapshot(found->second.snapshot_id);
  }

 private:
  arrow::Result<PinnedSnapshot> Pin(const Snapshot& snapshot, TimestampMs committed_at) {
    pin_.view.snapshot_id = snapshot.id;
    pin_.committed_at = committed_at;
    if (pin_.mode == ProjectionMode::kCurrent) {
      UseSchema(metadata_.CurrentSchema());
      return pin_;
    }
    ARROW_ASSIGN_OR_RAISE(auto schema, SchemaOfSnapshot(catalog_, table_, snapshot));
    pin_.view.schema = std::move(schema);
    return pin_;
  }

  // Nothing in snapshot-log is as old as `time`: the table was empty, did not exist, or its history was cut.
  arrow::Result<PinnedSnapshot> BeforeLog(TimestampMs time) {
    ARROW_ASSIGN_OR_RAISE(const auto history, catalog_.History(table_));
    const auto created = CreationTime(history);
    if (created && time < *created) return NoSuchTableError(table_.name.ToString(), created);
    const HistoryEntry* in_force = created ? InForceAt(history, time) : nullptr;
    if (in_force != nullptr && in_force->snapshot_id) {
      // Our own timeline outlives snapshot-log: the snapshot may still be there, kept by a tag.
      if (const auto* kept = metadata_.FindSnapshot(*in_force->snapshot_id))
        return Pin(*kept, in_force->time);
      return SnapshotExpiredError(FormatTime(time), OldestAvailable());
    }
    if (HistoryWasCut() || !created)
      return SnapshotExpiredError(FormatTime(time), OldestAvailable());
    return BeforeFirstCommit(*in_force);
  }

  // Whether snapshots older than the log's first entry have been expired.
  bool HistoryWasCut() const {
    if (metadata_.snapshot_log.empty()) return metadata_.last_sequence_number.value > 0;
    const Snapshot* first = metadata_.FindSnapshot(metadata_.snapshot_log.front().snapshot_id);
    return first == nullptr || first->parent_id.has_value();
  }

  arrow::Result<PinnedSnapshot> BeforeFirstCommit(const HistoryEntry& in_force) {
    if (pin_.mode == ProjectionMode::kCurrent) {
      UseSchema(metadata_.CurrentSchema());
      return pin_;
    }
    if (in_force.schema_id) {
      if (const auto* schema = metadata_.FindSchema(*in_force.schema_id)) {
        UseSchema(*schema);
        return pin_;
      }
    }
    ARROW_ASSIGN_OR_RAISE(const auto text,
                          catalog_.files().ReadAll(in_force.metadata_location, kMetadataBytesMax));
    ARROW_ASSIGN_OR_RAISE(const auto then, TableMetadataFromJson(text, in_force.metadata_location));
    UseSchema(then.CurrentSchema());
    return pin_;
  }

  void UseSchema(const Schema& schema) {
    pin_.view.schema = std::make_shared<const Schema>(schema);
  }

  std::optional<TimestampMs> OldestAvailable() const {
    std::optional<TimestampMs> oldest;
    for (const auto& entry : metadata_.snapshot_log) {
      if (metadata_.FindSnapshot(entry.snapshot_id) == nullptr) continue;
      if (!oldest || entry.timestamp < *oldest) oldest = entry.timestamp;
    }
    return oldest;
  }

  // Whether this table had such a snapshot once: its timeline, its log or a child still name it.
  arrow::Result<bool> WasKnown(SnapshotId id) const {
    for (const auto& entry : metadata_.snapshot_log) {
      if (entry.snapshot_id == id) return true;
    }
    for (const auto& snapshot : metadata_.snapshots) {
      if (snapshot.parent_id == id) return true;
    }
    ARROW_ASSIGN_OR_RAISE(const auto history, catalog_.History(table_));
    return std::any_of(history.begin(), history.end(),
                       [&](const auto& entry) { return entry.snapshot_id == id; });
  }

  Catalog& catalog_;
  const LoadedTable& table_;
  const TableMetadata& metadata_;
  PinnedSnapshot pin_;
};

}  // namespace

arrow::Result<PinnedSnapshot> Resolve(Catalog& catalog, const LoadedTable& table,
                                      const ReplayTarget& target, ProjectionMode mode) {
  Resolver resolver(catalog, table, target, mode);
  if (const auto* time = std::get_if<TimestampMs>(&target)) return resolver.At(*time);
  if (const auto* id = std::get_if<SnapshotId>(&target)) return resolver.AtSnapshot(*id);
  if (const auto* ref = std::get_if<std::string>(&target)) return resolver.AtRef(*ref);
  return resolver.Current();
}

}  // namespace artemis

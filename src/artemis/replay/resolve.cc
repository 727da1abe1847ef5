// Resolution of a target to a pinned view.
#include "artemis/replay/resolve.h"

#include <algorithm>

#include "artemis/base/error.h"
#include "artemis/base/time_text.h"
#include "artemis/io/file_system.h"
#include "artemis/replay/schema_recovery.h"
#include "artemis/replay/timeline.h"
#include "artemis/table/metadata_json.h"

namespace artemis {

namespace {

constexpr int64_t kMetadataBytesMax = int64_t{1} << 30;

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
    if (snapshot == nullptr) return Expired(time);
    const LogStep step = StepAfter(*found);
    if (step == LogStep::kCommit) return Pin(*snapshot, found->timestamp);
    ARROW_ASSIGN_OR_RAISE(const auto moment, TimelineAt(catalog_, table_, time));
    if (step == LogStep::kGap) {
      if (!moment.in_force) return Expired(time);
      if (moment.in_force->snapshot_id != snapshot->id) return PinInForce(*moment.in_force, time);
    } else if (moment.in_force && IsGone(moment.in_force->snapshot_id)) {
      return Expired(time);
    }
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
    ARROW_ASSIGN_OR_RAISE(const auto moment, TimelineAt(catalog_, table_, time));
    if (moment.created_at && time < *moment.created_at)
      return NoSuchTableError(table_.name.ToString(), moment.created_at);
    if (!moment.in_force) return Expired(time);
    if (moment.in_force->snapshot_id) return PinInForce(*moment.in_force, time);
    return BeforeFirstCommit(*moment.in_force);
  }

  // The timeline outlives snapshot-log: its snapshot may still be there, kept by a tag.
  arrow::Result<PinnedSnapshot> PinInForce(const HistoryEntry& in_force, TimestampMs time) {
    const auto id = in_force.snapshot_id;
    const auto* kept = id ? metadata_.FindSnapshot(*id) : nullptr;
    if (kept == nullptr) return Expired(time);
    return Pin(*kept, in_force.time);
  }

  arrow::Status Expired(TimestampMs time) const {
    return SnapshotExpiredError(FormatTime(time), OldestAvailable());
  }

  LogStep StepAfter(const SnapshotLogEntry& entry) const {
    const auto* next = &entry + 1;
    const bool is_last = next == metadata_.snapshot_log.data() + metadata_.snapshot_log.size();
    return is_last ? LogStep::kCommit : StepBetween(metadata_, entry, *next);
  }

  bool IsGone(const std::optional<SnapshotId>& id) const {
    return id && metadata_.FindSnapshot(*id) == nullptr;
  }

  arrow::Result<PinnedSnapshot> BeforeFirstCommit(const HistoryEntry& in_force) {
    if (const auto* schema = metadata_.FindSchema(*in_force.schema_id)) return PinEmpty(*schema);
    ARROW_ASSIGN_OR_RAISE(const auto text,
                          catalog_.files().ReadAll(in_force.metadata_location, kMetadataBytesMax));
    ARROW_ASSIGN_OR_RAISE(const auto then, TableMetadataFromJson(text, in_force.metadata_location));
    return PinEmpty(then.CurrentSchema());
  }

  PinnedSnapshot PinEmpty(const Schema& then) {
    UseSchema(pin_.mode == ProjectionMode::kCurrent ? metadata_.CurrentSchema() : then);
    return pin_;
  }

  void UseSchema(const Schema& schema) {
    pin_.view.schema = std::make_shared<const Schema>(schema);
  }

  // Of what the log alone tells: times before a gap are refused where the timeline is silent.
  std::optional<TimestampMs> OldestAvailable() const {
    std::optional<TimestampMs> oldest;
    for (const auto& entry : metadata_.snapshot_log) {
      if (IsGone(entry.snapshot_id) || StepAfter(entry) == LogStep::kGap) continue;
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

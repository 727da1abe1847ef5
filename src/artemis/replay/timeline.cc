// The timeline at a moment, completed from old metadata files.
#include "artemis/replay/timeline.h"

#include "artemis/io/file_system.h"
#include "artemis/table/metadata_json.h"

namespace artemis {

namespace {

constexpr int64_t kTimelineMetadataBytesMax = int64_t{1} << 30;

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

arrow::Result<std::optional<TableMetadata>> ReadIfThere(Catalog& catalog,
                                                        const std::string& location) {
  const auto text = catalog.files().ReadAll(location, kTimelineMetadataBytesMax);
  if (IsFileNotFound(text.status())) return std::nullopt;
  ARROW_RETURN_NOT_OK(text.status());
  ARROW_ASSIGN_OR_RAISE(auto metadata, TableMetadataFromJson(*text, location));
  return metadata;
}

void Complete(const TableMetadata& metadata, HistoryEntry& entry) {
  entry.snapshot_id = metadata.current_snapshot_id;
  entry.schema_id = metadata.current_schema_id;
  entry.spec_id = metadata.default_spec_id;
}

bool Follows(const TableMetadata& metadata, const HistoryEntry& before) {
  return metadata.metadata_log.empty() ||
         metadata.metadata_log.back().metadata_file == before.metadata_location;
}

// A snapshot's time is a little before that of the metadata file which made it current: such a file was in force from the former.
// A file that only keeps the snapshot of the one `before` it was not.
bool CommittedBy(const TableMetadata& metadata, const HistoryEntry& before, TimestampMs time) {
  if (metadata.snapshot_log.empty()) return false;
  const auto& newest = metadata.snapshot_log.back();
  return newest.timestamp > before.time && newest.timestamp <= time &&
         newest.snapshot_id == metadata.current_snapshot_id;
}

}  // namespace

LogStep StepBetween(const TableMetadata& metadata, const SnapshotLogEntry& entry,
                    const SnapshotLogEntry& next) {
  if (next.snapshot_id == entry.snapshot_id) return LogStep::kGap;
  const Snapshot* snapshot = metadata.FindSnapshot(next.snapshot_id);
  if (snapshot == nullptr || snapshot->timestamp != next.timestamp) return LogStep::kJump;
  if (!snapshot->parent_id) return LogStep::kGap;
  if (snapshot->parent_id == entry.snapshot_id) return LogStep::kCommit;
  // A parent that is there was never current: a transaction's own, or one of a branch.
  return metadata.FindSnapshot(*snapshot->parent_id) != nullptr ? LogStep::kJump : LogStep::kGap;
}

arrow::Result<TimelineMoment> TimelineAt(Catalog& catalog, const LoadedTable& table,
                                         TimestampMs time) {
  ARROW_ASSIGN_OR_RAISE(const auto history, catalog.History(table));
  TimelineMoment moment;
  moment.created_at = CreationTime(history);
  size_t count = 0;
  while (count < history.size() && history[count].time <= time) ++count;
  if (count == 0) return moment;
  if (count < history.size()) {
    ARROW_ASSIGN_OR_RAISE(const auto next, ReadIfThere(catalog, history[count].metadata_location));
    if (next && CommittedBy(*next, history[count - 1], time)) {
      moment.in_force = history[count];
      Complete(*next, *moment.in_force);
      return moment;
    }
    if (next && !Follows(*next, history[count - 1])) return moment;
  }
  moment.in_force = history[count - 1];
  // An entry that names a schema was written by our own swap: it is whole.
  if (moment.in_force->schema_id) return moment;
  ARROW_ASSIGN_OR_RAISE(const auto then, ReadIfThere(catalog, moment.in_force->metadata_location));
  if (then) {
    Complete(*then, *moment.in_force);
  } else {
    moment.in_force.reset();
  }
  return moment;
}

}  // namespace artemis

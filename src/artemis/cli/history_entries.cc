// Puts together what the catalog, the metadata and older metadata files know of each change.
#include "artemis/cli/history_entries.h"

#include <memory>
#include <set>
#include <utility>

#include "artemis/base/time_text.h"
#include "artemis/catalog/metadata_files.h"
#include "artemis/cli/metadata_changes.h"

namespace artemis {

namespace {

// Between a snapshot's time and that of the metadata file that first names it, by other writers' clocks.
constexpr int64_t kClockToleranceMs = 60'000;

std::set<SnapshotId> CurrentLineage(const TableMetadata& metadata) {
  std::set<SnapshotId> lineage;
  const Snapshot* snapshot = metadata.CurrentSnapshot();
  while (snapshot != nullptr && lineage.insert(snapshot->id).second) {
    snapshot = snapshot->parent_id ? metadata.FindSnapshot(*snapshot->parent_id) : nullptr;
  }
  return lineage;
}

class HistoryReader {
 public:
  HistoryReader(Catalog& catalog, const LoadedTable& table, int metadata_files_max)
      : catalog_(catalog),
        table_(table),
        metadata_(*table.metadata),
        older_(catalog.files()),
        reads_left_(metadata_files_max) {}

  arrow::Result<std::vector<HistoryLine>> Run() {
    ARROW_ASSIGN_OR_RAISE(auto entries, catalog_.History(table_));
    const auto lineage = CurrentLineage(metadata_);
    for (auto& entry : entries) {
      HistoryLine line;
      line.entry = std::move(entry);
      FillSnapshot(&line);
      if (line.snapshot != nullptr) line.current_ancestor = lineage.contains(line.snapshot->id);
      line.current = line.entry.metadata_location == table_.metadata_location;
      lines_.push_back(std::move(line));
    }
    for (size_t i = lines_.size(); i-- > 0;) FillChanges(i);
    FillOperations();
    return std::move(lines_);
  }

 private:
  void FillSnapshot(HistoryLine* line) {
    HistoryEntry& entry = line->entry;
    if (!entry.snapshot_id) {
      // metadata-log says when a file came to be, snapshot-log which snapshot was current from then on.
      for (const auto& logged : metadata_.snapshot_log) {
        if (logged.timestamp <= entry.time) entry.snapshot_id = logged.snapshot_id;
      }
    }
    if (!entry.snapshot_id) return;
    line->snapshot = metadata_.FindSnapshot(*entry.snapshot_id);
    // The first change with a snapshot made it, unless it is far older: then the history was cut, and it came back.
    const bool first = seen_.insert(*entry.snapshot_id).second;
    line->made_snapshot = first && line->snapshot != nullptr &&
                          entry.time.value - line->snapshot->timestamp.value <= kClockToleranceMs;
  }

  std::shared_ptr<const TableMetadata> ReadOlder(const std::string& location) {
    if (location == table_.metadata_location) return table_.metadata;
    if (reads_left_-- <= 0) return nullptr;
    auto read = older_.Read(location);
    return read.ok() ? *read : nullptr;
  }

  void FillChanges(size_t i) {
    HistoryLine& line = lines_[i];
    if (i == 0) {
      // A history that was cut does not begin with the creation.
      if (line.entry.operation != "create" && line.entry.snapshot_id) return;
      if (const auto first = ReadOlder(line.entry.metadata_location)) {
        line.changes = {DescribeCreation(*first)};
      }
      return;
    }
    const HistoryLine& before = lines_[i - 1];
    if (IsRollback(i)) {
      line.changes = {"to the state of " + FormatTime(line.snapshot->timestamp)};
      return;
    }
    if (line.made_snapshot) {
      if (line.entry.schema_id && before.entry.schema_id &&
          *line.entry.schema_id != *before.entry.schema_id) {
        const Schema* a = metadata_.FindSchema(*before.entry.schema_id);
        const Schema* b = metadata_.FindSchema(*line.entry.schema_id);
        if (a != nullptr && b != nullptr) line.changes = SchemaChanges(*a, *b);
      }
      return;
    }
    const auto after = ReadOlder(line.entry.metadata_location);
    const auto earlier = ReadOlder(before.entry.metadata_location);
    if (after != nullptr && earlier != nullptr) line.changes = MetadataChanges(*earlier, *after);
  }

  // What others did: a snapshot says it itself; a change of the metadata alone is an ALTER.
  void FillOperations() {
    for (size_t i = 0; i < lines_.size(); ++i) {
      auto& line = lines_[i];
      if (!line.entry.operation.empty()) continue;
      if (line.made_snapshot) line.entry.operation = line.snapshot->operation();
      if (line.entry.operation.empty()) line.entry.operation = InferOperation(i);
    }
  }

  // Another snapshot than before, and not a new one: it was made the current one again.
  bool IsRollback(size_t i) const {
    const auto& line = lines_[i];
    const auto& before = lines_[i - 1].entry.snapshot_id;
    return line.snapshot != nullptr && !line.made_snapshot && before &&
           line.entry.snapshot_id != before;
  }

  std::string InferOperation(size_t i) const {
    const auto& line = lines_[i];
    if (i == 0) return line.entry.snapshot_id ? "commit" : "create";
    if (IsRollback(i)) return "rollback";
    return line.changes.empty() ? "commit" : "alter";
  }

  Catalog& catalog_;
  const LoadedTable& table_;
  const TableMetadata& metadata_;
  MetadataFiles older_;
  int reads_left_;
  std::set<SnapshotId> seen_;
  std::vector<HistoryLine> lines_;
};

}  // namespace

arrow::Result<std::vector<HistoryLine>> HistoryLines(Catalog& catalog, const LoadedTable& table,
                                                     int metadata_files_max) {
  return HistoryReader(catalog, table, metadata_files_max).Run();
}

}  // namespace artemis

// Merges recorded swaps with metadata-log.
#include "artemis/catalog/catalog_history.h"

#include <algorithm>
#include <set>

namespace artemis {

std::vector<HistoryEntry> MergeHistory(const LoadedTable& table,
                                       std::vector<HistoryEntry> recorded) {
  const TableMetadata& metadata = *table.metadata;
  std::vector<HistoryEntry> history = std::move(recorded);
  std::set<std::string> known;
  for (const auto& entry : history) known.insert(entry.metadata_location);
  for (const auto& entry : metadata.metadata_log) {
    if (!known.insert(entry.metadata_file).second) continue;
    history.push_back({entry.timestamp, entry.metadata_file, {}, {}, {}, "", ""});
  }
  if (known.insert(table.metadata_location).second) {
    history.push_back({metadata.last_updated, table.metadata_location, metadata.current_snapshot_id,
                       metadata.current_schema_id, metadata.default_spec_id, "", ""});
  }
  std::stable_sort(history.begin(), history.end(),
                   [](const auto& a, const auto& b) { return a.time < b.time; });
  return history;
}

}  // namespace artemis

// The history of a table as people ask for it: each change with what it did.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <arrow/result.h>

#include "artemis/catalog/catalog.h"

namespace artemis {

struct HistoryLine {
  HistoryEntry entry;  // its operation is never empty: "commit" where nobody knows
  // The snapshot that was current from then on, and whether this change made it.
  const Snapshot* snapshot = nullptr;  // null: none, or expired since
  bool made_snapshot = false;
  // The snapshot is the current one or an ancestor of it: not so is what was rolled back. Unset where it
  // was expired: nobody can tell any more.
  std::optional<bool> current_ancestor;
  // The state in force.
  bool current = false;
  // What was altered (metadata_changes.h); of the creation, what the table began as.
  std::vector<std::string> changes;
};

// Oldest first. Entries that others made have the operation and the snapshot that the metadata knows for
// their time. The metadata files before and after a change without a snapshot are read for it, the
// newest `metadata_files_max` of them; what cannot be read tells nothing. Points into `table`.
arrow::Result<std::vector<HistoryLine>> HistoryLines(Catalog& catalog, const LoadedTable& table,
                                                     int metadata_files_max = 200);

}  // namespace artemis

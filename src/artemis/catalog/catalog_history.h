// The timeline of a table, from a catalog's own records and the table's metadata-log.
#pragma once

#include <vector>

#include "artemis/catalog/catalog.h"

namespace artemis {

// `recorded` (in order of time, possibly empty) with what metadata-log and the current metadata add, oldest first. Two entries for
// one metadata file are one: the recorded one says more.
std::vector<HistoryEntry> MergeHistory(const LoadedTable& table,
                                       std::vector<HistoryEntry> recorded);

}  // namespace artemis

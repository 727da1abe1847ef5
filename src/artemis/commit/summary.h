// The summary of a snapshot, with the keys Java's SnapshotSummary writes, so that foreign tools show the same counts.
#pragma once

#include <map>
#include <string>

#include "artemis/commit/commit.h"
#include "artemis/commit/snapshot_producer.h"
#include "artemis/table/snapshot.h"

namespace artemis {

inline constexpr char kAuthorKey[] = "artemis.author";
inline constexpr char kMessageKey[] = "artemis.message";
inline constexpr char kHostKey[] = "artemis.host";
inline constexpr char kOnceKey[] = "artemis.once";

// Counts of the change, and totals carried on from `parent` (null: from zero). A total that the parent lacks is left out.
std::map<std::string, std::string> MakeSummary(const SnapshotChange& change, const Snapshot* parent,
                                               const CommitOptions& options);

// The snapshot, of any branch, whose summary holds this --once key; null when there is none.
const Snapshot* FindOnce(const TableMetadata& metadata, const std::string& once_key);

// This machine's name, "unknown" when it has none.
std::string HostName();

}  // namespace artemis

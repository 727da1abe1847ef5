// The summary of a snapshot, with the keys Java's SnapshotSummary writes, so that foreign tools show the same counts.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>

#include <arrow/result.h>

#include "artemis/commit/commit_settings.h"
#include "artemis/table/manifest.h"
#include "artemis/table/metadata.h"

namespace artemis {

inline constexpr char kAuthorKey[] = "artemis.author";
inline constexpr char kMessageKey[] = "artemis.message";
inline constexpr char kHostKey[] = "artemis.host";
inline constexpr char kOnceKey[] = "artemis.once";

// Files, records, bytes and row deletes of one direction.
struct FileCounts {
  int64_t data_files = 0, records = 0, bytes = 0;
  int64_t equality_delete_files = 0, position_delete_files = 0, deletion_vectors = 0;
  int64_t equality_deletes = 0, position_deletes = 0;

  int64_t delete_files() const {
    return equality_delete_files + position_delete_files + deletion_vectors;
  }
  void Add(const DataFile& file);
};

// What entered and left in one change, in all and by partition.
class ChangeCounts {
 public:
  void Added(const DataFile& file);
  void Removed(const DataFile& file);

  const FileCounts& added() const { return added_; }
  const FileCounts& removed() const { return removed_; }
  bool empty() const { return partitions_.empty(); }

 private:
  struct Both {
    FileCounts added, removed;
    SpecId spec_id;
    PartitionTuple partition;
  };
  friend class SummaryText;
  Both& PartitionOf(const DataFile& file);

  FileCounts added_, removed_;
  std::map<std::pair<SpecId, std::string>, Both> partitions_;
};

// Manifests of a snapshot: written by it, carried over, and read but not carried over (merged or written again).
struct ManifestCounts {
  int64_t created = 0, kept = 0, replaced = 0;
};

// Counts of the change, and totals carried on from `parent` (null: from zero). A total that the parent lacks is left out, and so is one
// that would be negative. Partitions are told of by path up to settings.partitions_in_summary_max of them.
std::map<std::string, std::string> MakeSummary(
    const std::string& operation, const ChangeCounts& change, const ManifestCounts& manifests,
    const TableMetadata& metadata, const Snapshot* parent, const CommitSettings& settings,
    const CommitOptions& options);

// Invalid when `extra` holds a key that a summary has anyway, or one that starts with "artemis.".
arrow::Status CheckExtraSummary(const std::map<std::string, std::string>& extra);

// This machine's name, "unknown" when it has none.
std::string HostName();

// The snapshot, of any branch, whose summary holds this --once key; null when there is none.
const Snapshot* FindOnce(const TableMetadata& metadata, const std::string& once_key);

}  // namespace artemis

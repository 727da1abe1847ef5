// Snapshot summaries.
#include "artemis/commit/summary.h"

#include <unistd.h>

#include <charconv>
#include <vector>

#include "artemis/schema/partition_key.h"

namespace artemis {

void FileCounts::Add(const DataFile& file) {
  if (file.content == FileContent::kData) {
    ++data_files;
    records += file.record_count;
    bytes += file.file_size_bytes;
    return;
  }
  if (file.content == FileContent::kEqualityDeletes) {
    ++equality_delete_files;
    equality_deletes += file.record_count;
  } else {
    ++(file.content_offset ? deletion_vectors : position_delete_files);
    position_deletes += file.record_count;
  }
  // Several vectors share a file: each counts for what it takes of it.
  bytes += file.content_size_bytes.value_or(file.file_size_bytes);
}

ChangeCounts::Both& ChangeCounts::PartitionOf(const DataFile& file) {
  const auto [at, is_new] =
      partitions_.try_emplace(std::pair(file.spec_id, PartitionKey(file.partition)));
  if (is_new) {
    at->second.spec_id = file.spec_id;
    at->second.partition = file.partition;
  }
  return at->second;
}

void ChangeCounts::Added(const DataFile& file) {
  added_.Add(file);
  PartitionOf(file).added.Add(file);
}

void ChangeCounts::Removed(const DataFile& file) {
  removed_.Add(file);
  PartitionOf(file).removed.Add(file);
}

// Puts counts into a map, or into the one value that a partition gets.
class SummaryText {
 public:
  using Counts = std::vector<std::pair<const char*, int64_t>>;

  // The counts of a change that are not 0, in Java's order.
  static Counts CountsOf(const FileCounts& added, const FileCounts& removed) {
    const Counts all = {
        {"added-data-files", added.data_files},
        {"deleted-data-files", removed.data_files},
        {"added-equality-delete-files", added.equality_delete_files},
        {"removed-equality-delete-files", removed.equality_delete_files},
        {"added-position-delete-files", added.position_delete_files},
        {"removed-position-delete-files", removed.position_delete_files},
        {"added-delete-files", added.delete_files()},
        {"removed-delete-files", removed.delete_files()},
        {"added-dvs", added.deletion_vectors},
        {"removed-dvs", removed.deletion_vectors},
        {"added-records", added.records},
        {"deleted-records", removed.records},
        {"added-files-size", added.bytes},
        {"removed-files-size", removed.bytes},
        {"added-position-deletes", added.position_deletes},
        {"removed-position-deletes", removed.position_deletes},
        {"added-equality-deletes", added.equality_deletes},
        {"removed-equality-deletes", removed.equality_deletes},
    };
    Counts counts;
    for (const auto& count : all) {
      if (count.second > 0) counts.push_back(count);
    }
    return counts;
  }

  static void PutPartitions(const ChangeCounts& change, const TableMetadata& metadata,
                            int64_t partitions_max, std::map<std::string, std::string>* summary) {
    const auto count = static_cast<int64_t>(change.partitions_.size());
    (*summary)["changed-partition-count"] = std::to_string(count);
    if (count == 0 || count > partitions_max) return;
    (*summary)["partition-summaries-included"] = "true";
    for (const auto& [key, both] : change.partitions_) {
      const auto* spec = metadata.FindSpec(both.spec_id);
      if (spec == nullptr) continue;
      const auto path = PartitionPath(*spec, metadata.CurrentSchema(), both.partition);
      if (!path.ok() || path->empty()) continue;
      std::string text;
      for (const auto& [name, value] : CountsOf(both.added, both.removed)) {
        if (!text.empty()) text += ',';
        text += std::string(name) + "=" + std::to_string(value);
      }
      (*summary)["partitions." + *path] = text;
    }
  }
};

namespace {

void PutTotal(std::map<std::string, std::string>& summary, const Snapshot* parent,
              const std::string& key, int64_t change) {
  int64_t total = 0;
  if (parent != nullptr) {
    const auto before = parent->summary.find(key);
    if (before == parent->summary.end()) return;
    const auto& text = before->second;
    const auto end = text.data() + text.size();
    const auto parsed = std::from_chars(text.data(), end, total);
    if (parsed.ec != std::errc() || parsed.ptr != end) return;
  }
  if (__builtin_add_overflow(total, change, &total) || total < 0) return;
  summary[key] = std::to_string(total);
}

void PutTotals(std::map<std::string, std::string>& summary, const Snapshot* parent,
               const FileCounts& added, const FileCounts& removed) {
  PutTotal(summary, parent, "total-data-files", added.data_files - removed.data_files);
  PutTotal(summary, parent, "total-records", added.records - removed.records);
  PutTotal(summary, parent, "total-files-size", added.bytes - removed.bytes);
  PutTotal(summary, parent, "total-delete-files", added.delete_files() - removed.delete_files());
  PutTotal(summary, parent, "total-position-deletes",
           added.position_deletes - removed.position_deletes);
  PutTotal(summary, parent, "total-equality-deletes",
           added.equality_deletes - removed.equality_deletes);
}

void PutText(std::map<std::string, std::string>& summary, const char* key,
             const std::string& value) {
  if (!value.empty()) summary[key] = value;
}

}  // namespace

std::map<std::string, std::string> MakeSummary(
    const std::string& operation, const ChangeCounts& change, const ManifestCounts& manifests,
    const TableMetadata& metadata, const Snapshot* parent, const CommitSettings& settings,
    const CommitOptions& options) {
  std::map<std::string, std::string> summary = options.extra_summary;
  summary["operation"] = operation;
  for (const auto& [key, count] : SummaryText::CountsOf(change.added(), change.removed())) {
    summary[key] = std::to_string(count);
  }
  SummaryText::PutPartitions(change, metadata, settings.partitions_in_summary_max, &summary);
  summary["manifests-created"] = std::to_string(manifests.created);
  summary["manifests-kept"] = std::to_string(manifests.kept);
  summary["manifests-replaced"] = std::to_string(manifests.replaced);
  PutTotals(summary, parent, change.added(), change.removed());
  PutText(summary, kAuthorKey, options.author);
  PutText(summary, kMessageKey, options.message);
  PutText(summary, kOnceKey, options.once_key);
  PutText(summary, kHostKey, HostName());
  return summary;
}

arrow::Status CheckExtraSummary(const std::map<std::string, std::string>& extra) {
  static constexpr const char* kReserved[] = {"artemis.",    "added-",
                                              "deleted-",    "removed-",
                                              "total-",      "manifests-",
                                              "partitions.", "partition-summaries-included",
                                              "operation",   "changed-partition-count"};
  for (const auto& [key, value] : extra) {
    if (key.empty()) return arrow::Status::Invalid("a summary member needs a key");
    for (const char* reserved : kReserved) {
      if (key.starts_with(reserved)) {
        return arrow::Status::Invalid("summary member '", key, "' is written by the commit itself");
      }
    }
  }
  return arrow::Status::OK();
}

const Snapshot* FindOnce(const TableMetadata& metadata, const std::string& once_key) {
  for (const auto& snapshot : metadata.snapshots) {
    const auto found = snapshot.summary.find(kOnceKey);
    if (found != snapshot.summary.end() && found->second == once_key) return &snapshot;
  }
  return nullptr;
}

std::string HostName() {
  char name[256] = {};
  if (gethostname(name, sizeof(name) - 1) != 0 || name[0] == '\0') return "unknown";
  return name;
}

}  // namespace artemis

// Snapshot summaries.
#include "artemis/commit/summary.h"

#include <unistd.h>

#include <charconv>
#include <set>

#include "artemis/schema/partition_key.h"

namespace artemis {

namespace {

struct Counts {
  int64_t files = 0;
  int64_t rows = 0;
  int64_t bytes = 0;
};

Counts CountData(const std::vector<DataFile>& files) {
  Counts counts;
  for (const auto& file : files) {
    if (file.content != FileContent::kData) continue;
    ++counts.files;
    counts.rows += file.record_count;
    counts.bytes += file.file_size_bytes;
  }
  return counts;
}

void PutPositive(std::map<std::string, std::string>& summary, const char* key, int64_t value) {
  if (value > 0) summary[key] = std::to_string(value);
}

// Java leaves a total out where the parent does not have it.
void PutTotal(std::map<std::string, std::string>& summary, const Snapshot* parent,
              const std::string& key, int64_t change) {
  int64_t total = 0;
  if (parent != nullptr) {
    const auto before = parent->summary.find(key);
    if (before == parent->summary.end()) return;
    const auto& text = before->second;
    if (std::from_chars(text.data(), text.data() + text.size(), total).ec != std::errc()) return;
  }
  summary[key] = std::to_string(total + change);
}

size_t ChangedPartitions(const SnapshotChange& change) {
  std::set<std::pair<int32_t, std::string>> changed;
  const auto note = [&](const DataFile& file) {
    changed.emplace(file.spec_id.value, PartitionKey(file.partition));
  };
  for (const auto& file : change.added) note(file);
  for (const auto& file : change.removed) note(file);
  return changed.size();
}

}  // namespace

std::map<std::string, std::string> MakeSummary(const SnapshotChange& change, const Snapshot* parent,
                                               const CommitOptions& options) {
  std::map<std::string, std::string> summary = change.extra_summary;
  summary["operation"] = change.operation;
  const Counts added = CountData(change.added);
  const Counts removed = CountData(change.removed);
  PutPositive(summary, "added-data-files", added.files);
  PutPositive(summary, "added-records", added.rows);
  PutPositive(summary, "added-files-size", added.bytes);
  PutPositive(summary, "deleted-data-files", removed.files);
  PutPositive(summary, "deleted-records", removed.rows);
  PutPositive(summary, "removed-files-size", removed.bytes);
  summary["changed-partition-count"] = std::to_string(ChangedPartitions(change));
  PutTotal(summary, parent, "total-data-files", added.files - removed.files);
  PutTotal(summary, parent, "total-records", added.rows - removed.rows);
  PutTotal(summary, parent, "total-files-size", added.bytes - removed.bytes);
  PutTotal(summary, parent, "total-delete-files", 0);
  PutTotal(summary, parent, "total-position-deletes", 0);
  PutTotal(summary, parent, "total-equality-deletes", 0);
  if (!options.author.empty()) summary[kAuthorKey] = options.author;
  if (!options.message.empty()) summary[kMessageKey] = options.message;
  if (!options.once_key.empty()) summary[kOnceKey] = options.once_key;
  summary[kHostKey] = HostName();
  return summary;
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

// Rules between manifest lists, manifests and snapshots.
#include "artemis/check/manifest_rules.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "artemis/schema/literal.h"
#include "artemis/table/partition_summary.h"

namespace artemis {

namespace {

int64_t ContentBytes(const DataFile& file) {
  return file.content_size_bytes.value_or(file.file_size_bytes);
}

struct StatusCounts {
  int64_t files[3] = {};
  int64_t rows[3] = {};
};

StatusCounts CountByStatus(const Manifest& manifest) {
  StatusCounts counts;
  for (const auto& entry : manifest.entries) {
    const auto status = static_cast<size_t>(entry.status);
    ++counts.files[status];
    counts.rows[status] += entry.file.record_count;
  }
  return counts;
}

void CheckCounts(const ManifestFile& listed, const Manifest& manifest, Problems* problems) {
  const StatusCounts counts = CountByStatus(manifest);
  const auto check = [&](const char* what, const std::optional<int64_t>& expected, int64_t found) {
    if (!expected || *expected == found) return;
    problems->push_back({"counts", listed.path,
                         std::string(what) + ": its manifest list says " +
                             std::to_string(*expected) + ", its entries " + std::to_string(found)});
  };
  check("existing files", listed.existing_files, counts.files[0]);
  check("added files", listed.added_files, counts.files[1]);
  check("deleted files", listed.deleted_files, counts.files[2]);
  check("existing rows", listed.existing_rows, counts.rows[0]);
  check("added rows", listed.added_rows, counts.rows[1]);
  check("deleted rows", listed.deleted_rows, counts.rows[2]);
}

void CheckSequenceNumbers(const ManifestFile& listed, const Manifest& manifest,
                          Problems* problems) {
  const auto report = [&](const ManifestEntry& entry, const std::string& what) {
    problems->push_back({"sequence", listed.path, entry.file.path + ": " + what});
  };
  for (const auto& entry : manifest.entries) {
    if (entry.status == EntryStatus::kDeleted) continue;
    if (entry.data_sequence_number > listed.sequence_number) {
      report(entry, "its data sequence number " + ToString(entry.data_sequence_number) +
                        " is greater than its manifest's, " + ToString(listed.sequence_number));
    }
    if (entry.data_sequence_number < listed.min_sequence_number) {
      report(entry, "its data sequence number " + ToString(entry.data_sequence_number) +
                        " is less than its manifest's least, " +
                        ToString(listed.min_sequence_number));
    }
  }
}

bool Covers(const PartitionFieldSummary& listed, const PartitionFieldSummary& found,
            const Type& type) {
  if (found.contains_null && !listed.contains_null) return false;
  if (found.contains_nan.value_or(false) && listed.contains_nan == false) return false;
  if (!found.lower_bound || !found.upper_bound) return true;
  if (!listed.lower_bound || !listed.upper_bound) return false;
  const auto value = [&](const std::string& bytes) { return FromBytes(type, bytes); };
  const auto listed_lower = value(*listed.lower_bound), found_lower = value(*found.lower_bound);
  const auto listed_upper = value(*listed.upper_bound), found_upper = value(*found.upper_bound);
  if (!listed_lower.ok() || !listed_upper.ok() || !found_lower.ok() || !found_upper.ok()) {
    return false;
  }
  return CompareValues(*listed_lower, *found_lower) <= 0 &&
         CompareValues(*listed_upper, *found_upper) >= 0;
}

void CheckPartitionSummary(const ManifestFile& listed, const Manifest& manifest,
                           Problems* problems) {
  if (listed.partitions.empty()) return;
  const auto& spec = manifest.header.spec;
  const auto type = PartitionType(spec, manifest.header.schema);
  if (!type.ok()) return;
  if (listed.partitions.size() != type->fields.size()) {
    problems->push_back({"partition", listed.path,
                         "fields of its partition summary: " +
                             ExpectedFound(type->fields.size(), listed.partitions.size())});
    return;
  }
  PartitionSummaryBuilder builder(*type);
  for (const auto& entry : manifest.entries) {
    if (entry.status == EntryStatus::kDeleted) continue;
    if (entry.file.partition.size() != type->fields.size()) return;
    builder.Add(entry.file.partition);
  }
  const auto found = builder.Finish();
  for (size_t i = 0; i < found.size(); ++i) {
    if (Covers(listed.partitions[i], found[i], type->fields[i].type)) continue;
    problems->push_back({"partition", listed.path,
                         "its manifest list's summary of " + type->fields[i].name +
                             " excludes values that its entries have"});
  }
}

std::optional<int64_t> Member(const Snapshot& snapshot, const char* key) {
  const auto found = snapshot.summary.find(key);
  if (found == snapshot.summary.end()) return std::nullopt;
  int64_t value = 0;
  const char* end = found->second.data() + found->second.size();
  const auto parsed = std::from_chars(found->second.data(), end, value);
  if (parsed.ec != std::errc() || parsed.ptr != end) return std::nullopt;
  return value;
}

}  // namespace

void EntrySums::Add(const ManifestEntry& entry) {
  const auto& file = entry.file;
  const bool is_data = file.content == FileContent::kData;
  if (entry.status != EntryStatus::kDeleted) {
    bytes += ContentBytes(file);
    (is_data ? data_files : delete_files) += 1;
    if (is_data) rows += file.record_count;
    if (file.content == FileContent::kPositionDeletes) position_deletes += file.record_count;
    if (file.content == FileContent::kEqualityDeletes) equality_deletes += file.record_count;
  }
  if (entry.status == EntryStatus::kExisting) return;
  auto& change = changes[entry.snapshot_id];
  const bool added = entry.status == EntryStatus::kAdded;
  if (is_data) {
    (added ? change.added_data_files : change.removed_data_files) += 1;
    (added ? change.added_rows : change.removed_rows) += file.record_count;
  } else {
    (added ? change.added_delete_files : change.removed_delete_files) += 1;
  }
}

void EntrySums::Add(const EntrySums& other) {
  data_files += other.data_files;
  rows += other.rows;
  delete_files += other.delete_files;
  position_deletes += other.position_deletes;
  equality_deletes += other.equality_deletes;
  bytes += other.bytes;
  for (const auto& [id, change] : other.changes) {
    auto& sum = changes[id];
    sum.added_data_files += change.added_data_files;
    sum.added_rows += change.added_rows;
    sum.removed_data_files += change.removed_data_files;
    sum.removed_rows += change.removed_rows;
    sum.added_delete_files += change.added_delete_files;
    sum.removed_delete_files += change.removed_delete_files;
  }
}

void CheckManifest(const ManifestFile& listed, const Manifest& manifest,
                   const TableMetadata& metadata, Problems* problems) {
  if (metadata.FindSpec(listed.spec_id) == nullptr) {
    problems->push_back(
        {"partition", listed.path,
         "its partition spec " + ToString(listed.spec_id) + " is not in the table's metadata"});
  }
  if (manifest.header.content != listed.content) {
    problems->push_back({"metadata", listed.path,
                         "its manifest list and its header differ in whether it holds data or "
                         "deletes"});
  }
  CheckCounts(listed, manifest, problems);
  CheckSequenceNumbers(listed, manifest, problems);
  CheckPartitionSummary(listed, manifest, problems);
}

void CheckListedManifest(const Snapshot& snapshot, const ManifestFile& listed,
                         const ManifestFile* before, Problems* problems) {
  const std::string in_list = " in the manifest list of snapshot " + ToString(snapshot.id);
  if (listed.sequence_number > snapshot.sequence_number) {
    problems->push_back({"sequence", listed.path,
                         "its sequence number " + ToString(listed.sequence_number) + in_list +
                             " is greater than the snapshot's, " +
                             ToString(snapshot.sequence_number)});
  }
  if (before == nullptr) return;
  const bool same = listed.length_bytes == before->length_bytes &&
                    listed.spec_id == before->spec_id && listed.content == before->content &&
                    listed.sequence_number == before->sequence_number &&
                    listed.added_files == before->added_files &&
                    listed.existing_files == before->existing_files &&
                    listed.deleted_files == before->deleted_files;
  if (!same) {
    problems->push_back(
        {"counts", listed.path, "what is said of it" + in_list + " differs from an earlier list"});
  }
}

void CheckSummary(const Snapshot& snapshot, const EntrySums& sums, Problems* problems) {
  EntryChanges own;
  if (const auto found = sums.changes.find(snapshot.id); found != sums.changes.end()) {
    own = found->second;
  }
  const std::pair<const char*, int64_t> members[] = {
      {"total-data-files", sums.data_files},
      {"total-records", sums.rows},
      {"total-delete-files", sums.delete_files},
      {"total-position-deletes", sums.position_deletes},
      {"total-equality-deletes", sums.equality_deletes},
      {"total-files-size", sums.bytes},
      {"added-data-files", own.added_data_files},
      {"added-records", own.added_rows},
      {"deleted-data-files", own.removed_data_files},
      {"deleted-records", own.removed_rows},
      {"added-delete-files", own.added_delete_files},
      {"removed-delete-files", own.removed_delete_files}};
  for (const auto& [key, found] : members) {
    const auto expected = Member(snapshot, key);
    if (!expected || *expected == found) continue;
    problems->push_back({"summary", "snapshot " + ToString(snapshot.id),
                         std::string(key) + ": its summary says " + std::to_string(*expected) +
                             ", its manifests " + std::to_string(found)});
  }
}

}  // namespace artemis

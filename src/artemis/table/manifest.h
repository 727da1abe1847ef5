// Manifest lists, manifests and the files they name (specification, "Manifests", "Manifest Lists").
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "artemis/base/ids.h"
#include "artemis/schema/column_metrics.h"
#include "artemis/schema/partition_spec.h"

namespace artemis {

enum class ManifestContent : uint8_t { kData = 0, kDeletes = 1 };
enum class FileContent : uint8_t { kData = 0, kPositionDeletes = 1, kEqualityDeletes = 2 };
enum class EntryStatus : uint8_t { kExisting = 0, kAdded = 1, kDeleted = 2 };

// Summary of one partition field over all entries of a manifest (field_summary 508). Bounds are Appendix D bytes.
struct PartitionFieldSummary {
  bool contains_null = true;
  std::optional<bool> contains_nan;
  std::optional<std::string> lower_bound;
  std::optional<std::string> upper_bound;
  bool operator==(const PartitionFieldSummary&) const = default;
};

// One row of a manifest list. Counts missing in v1 are nullopt.
struct ManifestFile {
  std::string path;
  int64_t length_bytes = 0;
  SpecId spec_id;
  ManifestContent content = ManifestContent::kData;
  SequenceNumber sequence_number;
  SequenceNumber min_sequence_number;
  SnapshotId added_snapshot_id;
  std::optional<int64_t> added_files, existing_files, deleted_files;
  std::optional<int64_t> added_rows, existing_rows, deleted_rows;
  std::vector<PartitionFieldSummary> partitions;  // empty when not written
  std::optional<std::string> key_metadata;
  std::optional<int64_t> first_row_id;  // v3
  bool operator==(const ManifestFile&) const = default;
};

// A data or delete file as a manifest entry holds it (data_file, field 2).
struct DataFile {
  FileContent content = FileContent::kData;
  std::string path;
  std::string format = "PARQUET";
  SpecId spec_id;  // from the manifest, not stored in the entry
  PartitionTuple partition;
  int64_t record_count = 0;
  int64_t file_size_bytes = 0;
  FileMetrics metrics;
  std::optional<std::string> key_metadata;
  std::vector<int64_t> split_offsets;
  std::vector<FieldId> equality_ids;
  std::optional<SortOrderId> sort_order_id;
  std::optional<int64_t> first_row_id;              // v3
  std::optional<std::string> referenced_data_file;  // position deletes, deletion vectors
  std::optional<int64_t> content_offset;            // deletion vectors
  std::optional<int64_t> content_size_bytes;
  bool operator==(const DataFile&) const = default;
};

struct ManifestEntry {
  EntryStatus status = EntryStatus::kAdded;
  // Inherited from the manifest list where the entry holds null (specification, "Sequence Number Inheritance").
  SnapshotId snapshot_id;
  SequenceNumber data_sequence_number;
  SequenceNumber file_sequence_number;
  DataFile file;
  bool operator==(const ManifestEntry&) const = default;
};

}  // namespace artemis

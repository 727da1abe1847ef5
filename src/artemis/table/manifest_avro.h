// Manifests and manifest lists as Avro object containers (specification, "Manifests"; Appendix A "Avro").
//
// Fields are found by field id of the writer's schema, never by position or name alone; unknown fields are skipped.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <arrow/result.h>

#include "artemis/avro/codec.h"
#include "artemis/schema/schema.h"
#include "artemis/table/manifest.h"

namespace artemis {

// Limits for what is read from files.
inline constexpr int64_t kManifestBytesMax = int64_t{1} << 30;
inline constexpr int64_t kManifestListBytesMax = int64_t{256} << 20;
inline constexpr int64_t kManifestEntriesMax = 5'000'000;   // of one manifest
inline constexpr int64_t kManifestListRowsMax = 2'000'000;  // of one list

// Reads a manifest list. v1 lists (no content, no sequence numbers) give data manifests with sequence number 0.
// CorruptFile names `path`, what was expected and found.
arrow::Result<std::vector<ManifestFile>> ReadManifestList(std::string_view bytes,
                                                          const std::string& path);

// What WriteManifest leaves in ManifestFile, for WriteManifestList to fill.
inline constexpr SequenceNumber kUnassignedSequenceNumber{-1};

struct ReadManifestOptions {
  // Column metrics are decoded for these fields only; nullopt decodes all. An empty vector decodes none.
  std::optional<std::vector<FieldId>> metrics_for;
  // Skip entries with status DELETED.
  bool live_only = false;
  // Partition values get the types they have under this schema where it knows the source columns (int values of a column that
  // was widened to long since then become long); null: under the schema of the manifest's header. Lives during the call only.
  const Schema* partition_schema = nullptr;
};

// What a manifest's header says.
struct ManifestHeader {
  Schema schema;
  PartitionSpec spec;
  int32_t format_version = 1;
  ManifestContent content = ManifestContent::kData;
};

struct Manifest {
  ManifestHeader header;
  std::vector<ManifestEntry> entries;
};

// Reads a manifest; sequence numbers, snapshot ids and (v3) first row ids that entries leave null are inherited from `file`. A file
// sequence number that older writers left null is the data sequence number. The partition spec id is the header's, else
// `file`'s. Values of partition fields with an unknown transform have the type the file gives them. CorruptFile names `file.path` and what
// breaks the format, also when the number of entries differs from `file`'s counts. NotImplemented names an encrypted manifest, or a
// live file that is encrypted (key_metadata).
arrow::Result<Manifest> ReadManifest(std::string_view bytes, const ManifestFile& file,
                                     const ReadManifestOptions& options = {});
arrow::Result<ManifestHeader> ReadManifestHeader(std::string_view bytes, const std::string& path);

struct WriteManifestOptions {
  int32_t format_version = 2;
  ManifestContent content = ManifestContent::kData;
  SnapshotId
      snapshot_id;  // of the commit that writes it; ADDED entries without a snapshot id get it
  // Write the data sequence numbers of ADDED entries that have one (> 0) instead of null: a rewrite keeps those of its inputs.
  bool keep_added_sequence_numbers = false;
  // Deflate is what Iceberg calls gzip, its default ("write.manifest.compression-codec").
  AvroCodec codec = AvroCodec::kDeflate;
  int codec_level = 6;
};

// The bytes of a manifest and its row for the manifest list (path, length, counts, summaries filled; sequence numbers left to
// WriteManifestList for a new manifest). ADDED entries are written with null sequence numbers and first row ids, to be inherited. Invalid:
// a format version other than 2 and 3, a partition tuple that does not fit the spec, a file whose content does not fit the manifest's.
// NotImplemented: a spec with an unknown transform (specification, "Partitioning").
struct WrittenManifest {
  std::string bytes;
  ManifestFile file;
};
arrow::Result<WrittenManifest> WriteManifest(const std::string& path, const Schema& schema,
                                             const PartitionSpec& spec,
                                             const std::vector<ManifestEntry>& entries,
                                             const WriteManifestOptions& options);

// The bytes of a manifest list. Manifests whose added_snapshot_id is `snapshot_id` get `sequence_number`; the others keep theirs.
arrow::Result<std::string> WriteManifestList(const std::vector<ManifestFile>& manifests,
                                             int32_t format_version, SnapshotId snapshot_id,
                                             std::optional<SnapshotId> parent_id,
                                             SequenceNumber sequence_number);

// v3: gives every data manifest without one its first row id, from `next_row_id` on, and returns the next free one (specification,
// "First Row ID Assignment"). Call before WriteManifestList; the difference is the snapshot's added-rows.
int64_t AssignFirstRowIds(int64_t next_row_id, std::vector<ManifestFile>* manifests);

}  // namespace artemis

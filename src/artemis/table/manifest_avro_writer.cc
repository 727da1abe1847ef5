// Writes manifests. The order of the Put calls is that of the fields in manifest_schema.cc.
#include <algorithm>

#include "artemis/avro/container_writer.h"
#include "artemis/schema/schema_json.h"
#include "artemis/table/avro_value.h"
#include "artemis/table/manifest_avro.h"
#include "artemis/table/manifest_schema.h"
#include "artemis/table/partition_summary.h"

namespace artemis {

namespace {

class EntryWriter {
 public:
  EntryWriter(const Type& partition, const WriteManifestOptions& options)
      : partition_(partition), options_(options) {}

  // The record's bytes; valid until the next call.
  arrow::Result<std::string_view> Encode(const ManifestEntry& entry, SnapshotId snapshot_id) {
    out_.Clear();
    out_.PutLong(static_cast<int64_t>(entry.status));
    PutOptional(std::optional<int64_t>(snapshot_id.value));
    const bool is_added = entry.status == EntryStatus::kAdded;
    PutOptional(DataSequenceNumber(entry));
    PutOptional(is_added ? std::nullopt : std::optional<int64_t>(entry.file_sequence_number.value));
    ARROW_RETURN_NOT_OK(PutFile(entry.status, entry.file));
    return std::string_view(out_.bytes());
  }

  // What the entry's sequence number will be written as; nullopt is inherited.
  std::optional<int64_t> DataSequenceNumber(const ManifestEntry& entry) const {
    const int64_t number = entry.data_sequence_number.value;
    if (entry.status != EntryStatus::kAdded) return number;
    if (options_.keep_added_sequence_numbers && number > 0) return number;
    return std::nullopt;
  }

 private:
  // Specification, "First Row ID Inheritance": null for added files and for delete files.
  static std::optional<int64_t> FirstRowId(EntryStatus status, const DataFile& file) {
    const bool holds_one = status != EntryStatus::kAdded && file.content == FileContent::kData;
    return holds_one ? file.first_row_id : std::nullopt;
  }

  arrow::Status PutFile(EntryStatus status, const DataFile& file) {
    out_.PutLong(static_cast<int64_t>(file.content));
    out_.PutBytes(file.path);
    out_.PutBytes(file.format);
    ARROW_RETURN_NOT_OK(PutPartition(file));
    out_.PutLong(file.record_count);
    out_.PutLong(file.file_size_bytes);
    PutCounts(file.metrics, &ColumnMetrics::column_size_bytes);
    PutCounts(file.metrics, &ColumnMetrics::value_count);
    PutCounts(file.metrics, &ColumnMetrics::null_count);
    PutCounts(file.metrics, &ColumnMetrics::nan_count);
    PutBounds(file.metrics, &ColumnMetrics::lower_bound);
    PutBounds(file.metrics, &ColumnMetrics::upper_bound);
    PutOptional(file.key_metadata);
    PutSplitOffsets(file.split_offsets);
    PutEqualityIds(file.equality_ids);
    PutOptional(file.sort_order_id ? std::optional<int64_t>(file.sort_order_id->value)
                                   : std::nullopt);
    if (options_.format_version >= 3) PutOptional(FirstRowId(status, file));
    PutOptional(file.referenced_data_file);
    if (options_.format_version >= 3) {
      PutOptional(file.content_offset);
      PutOptional(file.content_size_bytes);
    }
    return arrow::Status::OK();
  }

  arrow::Status PutPartition(const DataFile& file) {
    for (size_t i = 0; i < partition_.fields.size(); ++i) {
      const auto& value = file.partition[i];
      out_.PutBranch(value ? 1 : 0);
      if (!value) continue;
      const arrow::Status status = PutAvroValue(partition_.fields[i].type, *value, &out_);
      if (!status.ok()) {
        return arrow::Status::Invalid("partition field '", partition_.fields[i].name, "' of ",
                                      file.path, ": ", status.message());
      }
    }
    return arrow::Status::OK();
  }

  void PutOptional(const std::optional<int64_t>& value) {
    out_.PutBranch(value ? 1 : 0);
    if (value) out_.PutLong(*value);
  }
  void PutOptional(const std::optional<std::string>& value) {
    out_.PutBranch(value ? 1 : 0);
    if (value) out_.PutBytes(*value);
  }

  // Null where no column has the value, else a map of those that have it.
  void PutItems(int64_t count) {
    out_.PutBranch(count > 0 ? 1 : 0);
    if (count > 0) out_.PutBlock(count, items_.bytes());
  }
  void PutCounts(const FileMetrics& metrics, std::optional<int64_t> ColumnMetrics::*member) {
    int64_t count = 0;
    items_.Clear();
    for (const ColumnMetrics& column : metrics) {
      if (!(column.*member)) continue;
      items_.PutLong(column.field_id.value);
      items_.PutLong(*(column.*member));
      ++count;
    }
    PutItems(count);
  }
  void PutBounds(const FileMetrics& metrics, std::optional<std::string> ColumnMetrics::*member) {
    int64_t count = 0;
    items_.Clear();
    for (const ColumnMetrics& column : metrics) {
      if (!(column.*member)) continue;
      items_.PutLong(column.field_id.value);
      items_.PutBytes(*(column.*member));
      ++count;
    }
    PutItems(count);
  }
  void PutSplitOffsets(const std::vector<int64_t>& offsets) {
    items_.Clear();
    for (int64_t offset : offsets) items_.PutLong(offset);
    PutItems(static_cast<int64_t>(offsets.size()));
  }
  void PutEqualityIds(const std::vector<FieldId>& ids) {
    items_.Clear();
    for (FieldId id : ids) items_.PutLong(id.value);
    PutItems(static_cast<int64_t>(ids.size()));
  }

  const Type& partition_;
  const WriteManifestOptions& options_;
  AvroEncoder out_;
  AvroEncoder items_;
};

arrow::Status CheckWritable(const ManifestEntry& entry, const PartitionSpec& spec,
                            ManifestContent content) {
  const DataFile& file = entry.file;
  if (file.partition.size() != spec.fields.size()) {
    return arrow::Status::Invalid("expected ", spec.fields.size(), " partition values, found ",
                                  file.partition.size(), " for ", file.path);
  }
  const bool is_delete = file.content != FileContent::kData;
  if (is_delete != (content == ManifestContent::kDeletes)) {
    return arrow::Status::Invalid("file ", file.path, " does not belong in a manifest of ",
                                  content == ManifestContent::kDeletes ? "deletes" : "data");
  }
  return arrow::Status::OK();
}

void CountEntry(const ManifestEntry& entry, ManifestFile* file) {
  const bool is_added = entry.status == EntryStatus::kAdded;
  const bool is_existing = entry.status == EntryStatus::kExisting;
  auto& files = is_added      ? file->added_files
                : is_existing ? file->existing_files
                              : file->deleted_files;
  auto& rows = is_added ? file->added_rows : is_existing ? file->existing_rows : file->deleted_rows;
  files = *files + 1;
  rows = *rows + entry.file.record_count;
}

ManifestFile EmptyManifestFile(const std::string& path, const PartitionSpec& spec,
                               const WriteManifestOptions& options) {
  ManifestFile file;
  file.path = path;
  file.spec_id = spec.id;
  file.content = options.content;
  file.sequence_number = kUnassignedSequenceNumber;
  file.min_sequence_number = kUnassignedSequenceNumber;
  file.added_snapshot_id = options.snapshot_id;
  file.added_files = file.existing_files = file.deleted_files = 0;
  file.added_rows = file.existing_rows = file.deleted_rows = 0;
  return file;
}

// The least sequence number of the live files; those that inherit theirs are above it anyway.
void LowerMinSequenceNumber(const ManifestEntry& entry, std::optional<int64_t> number,
                            ManifestFile* file) {
  if (entry.status == EntryStatus::kDeleted || !number) return;
  SequenceNumber& least = file->min_sequence_number;
  if (least == kUnassignedSequenceNumber || *number < least.value) least = SequenceNumber(*number);
}

std::map<std::string, std::string> HeaderMembers(const Schema& schema, const PartitionSpec& spec,
                                                 const WriteManifestOptions& options) {
  return {{"schema", SchemaToJson(schema)},
          {"schema-id", ToString(schema.id)},
          {"partition-spec", PartitionFieldsToJson(spec.fields)},
          {"partition-spec-id", ToString(spec.id)},
          {"format-version", std::to_string(options.format_version)},
          {"content", options.content == ManifestContent::kDeletes ? "deletes" : "data"}};
}

}  // namespace

arrow::Result<WrittenManifest> WriteManifest(const std::string& path, const Schema& schema,
                                             const PartitionSpec& spec,
                                             const std::vector<ManifestEntry>& entries,
                                             const WriteManifestOptions& options) {
  if (options.format_version != 2 && options.format_version != 3) {
    return arrow::Status::Invalid("manifests are written for format version 2 or 3, not ",
                                  options.format_version);
  }
  if (spec.has_unknown_transform()) {
    return arrow::Status::NotImplemented(
        "partition spec ", ToString(spec.id),
        " has a transform that is not known: no files are committed with it");
  }
  ARROW_ASSIGN_OR_RAISE(const Type partition, PartitionType(spec, schema));
  AvroWriterOptions avro_options;
  avro_options.codec = options.codec;
  avro_options.level = options.codec_level;
  AvroWriter avro(ManifestAvroSchema(partition, options.format_version),
                  HeaderMembers(schema, spec, options), avro_options);
  EntryWriter writer(partition, options);
  PartitionSummaryBuilder summaries(partition);
  WrittenManifest written;
  written.file = EmptyManifestFile(path, spec, options);
  for (const ManifestEntry& given : entries) {
    ARROW_RETURN_NOT_OK(CheckWritable(given, spec, options.content));
    const bool has_snapshot = given.snapshot_id != SnapshotId();
    ARROW_ASSIGN_OR_RAISE(
        const std::string_view record,
        writer.Encode(given, has_snapshot ? given.snapshot_id : options.snapshot_id));
    ARROW_RETURN_NOT_OK(avro.Append(record));
    summaries.Add(given.file.partition);
    CountEntry(given, &written.file);
    LowerMinSequenceNumber(given, writer.DataSequenceNumber(given), &written.file);
  }
  ARROW_ASSIGN_OR_RAISE(written.bytes, avro.Finish());
  written.file.length_bytes = static_cast<int64_t>(written.bytes.size());
  written.file.partitions = summaries.Finish();
  return written;
}

}  // namespace artemis

// Reads and writes manifest lists.
#include <limits>

#include "artemis/avro/container_reader.h"
#include "artemis/avro/container_writer.h"
#include "artemis/base/error.h"
#include "artemis/table/manifest_avro.h"
#include "artemis/table/manifest_fields.h"
#include "artemis/table/manifest_schema.h"

namespace artemis {

namespace {

constexpr uint32_t kListIntegers = AvroTypeSet({AvroType::kInt, AvroType::kLong});
constexpr uint32_t kListBytes = AvroTypeSet({AvroType::kString, AvroType::kBytes});
constexpr uint32_t kListBooleans = AvroTypeSet({AvroType::kBoolean});

std::vector<AvroWanted> WantedOfList() {
  std::vector<AvroWanted> wanted;
  for (int id :
       {kManifestLength, kPartitionSpecId, kAddedSnapshotId, kAddedFilesCount, kExistingFilesCount,
        kDeletedFilesCount, kAddedRowsCount, kExistingRowsCount, kDeletedRowsCount,
        kListSequenceNumber, kMinSequenceNumber, kManifestContent, kListFirstRowId}) {
    wanted.push_back({FieldId(id), id, kListIntegers});
  }
  for (int id : {kManifestPath, kSummaryLowerBound, kSummaryUpperBound, kListKeyMetadata}) {
    wanted.push_back({FieldId(id), id, kListBytes});
  }
  for (int id : {kContainsNull, kContainsNan}) {
    wanted.push_back({FieldId(id), id, kListBooleans});
  }
  wanted.push_back({FieldId(kPartitions), kPartitions, AvroTypeSet({AvroType::kArray})});
  return wanted;
}

class ManifestListSink : public AvroSink {
 public:
  void BeginRecord() override {
    file_ = ManifestFile();
    has_length_ = has_spec_ = has_negative_count_ = false;
    content_ = 0;
  }

  void OnLong(int slot, int64_t value) override {
    switch (slot) {
      case kManifestLength:
        file_.length_bytes = value;
        has_length_ = true;
        break;
      case kPartitionSpecId:
        file_.spec_id = SpecId(static_cast<int32_t>(value));
        has_spec_ = value == static_cast<int32_t>(value);
        break;
      case kManifestContent:
        content_ = value;
        break;
      case kListSequenceNumber:
        file_.sequence_number = SequenceNumber(value);
        break;
      case kMinSequenceNumber:
        file_.min_sequence_number = SequenceNumber(value);
        break;
      case kAddedSnapshotId:
        file_.added_snapshot_id = SnapshotId(value);
        break;
      case kListFirstRowId:
        file_.first_row_id = value;
        break;
      case kContainsNull:
        if (!file_.partitions.empty()) file_.partitions.back().contains_null = value != 0;
        break;
      case kContainsNan:
        if (!file_.partitions.empty()) file_.partitions.back().contains_nan = value != 0;
        break;
      default:
        OnCount(slot, value);
    }
  }

  void OnBytes(int slot, std::string_view value) override {
    if (slot == kManifestPath) {
      file_.path = value;
    } else if (slot == kListKeyMetadata) {
      file_.key_metadata = value;
    } else if (!file_.partitions.empty()) {
      PartitionFieldSummary& summary = file_.partitions.back();
      (slot == kSummaryLowerBound ? summary.lower_bound : summary.upper_bound) = value;
    }
  }

  void OnElement(int) override { file_.partitions.emplace_back(); }

  arrow::Status EndRecord() override {
    if (file_.path.empty()) return arrow::Status::Invalid("a row without manifest_path");
    if (!has_length_ || file_.length_bytes < 0 || !has_spec_) {
      return arrow::Status::Invalid("manifest_length or partition_spec_id is missing or wrong for ",
                                    file_.path);
    }
    if (content_ != 0 && content_ != 1) {
      return arrow::Status::Invalid("expected content 0 or 1, found ", content_, " for ",
                                    file_.path);
    }
    if (has_negative_count_) {
      return arrow::Status::Invalid("a count below zero for ", file_.path);
    }
    if (static_cast<int64_t>(files.size()) >= kManifestListRowsMax) {
      return LimitExceededError("a manifest list of more than " +
                                std::to_string(kManifestListRowsMax) + " manifests");
    }
    file_.content = static_cast<ManifestContent>(content_);
    files.push_back(std::move(file_));
    return arrow::Status::OK();
  }

  std::vector<ManifestFile> files;

 private:
  void OnCount(int slot, int64_t value) {
    has_negative_count_ = has_negative_count_ || value < 0;
    switch (slot) {
      case kAddedFilesCount:
        file_.added_files = value;
        break;
      case kExistingFilesCount:
        file_.existing_files = value;
        break;
      case kDeletedFilesCount:
        file_.deleted_files = value;
        break;
      case kAddedRowsCount:
        file_.added_rows = value;
        break;
      case kExistingRowsCount:
        file_.existing_rows = value;
        break;
      default:
        file_.deleted_rows = value;
    }
  }

  ManifestFile file_;
  bool has_length_ = false;
  bool has_spec_ = false;
  bool has_negative_count_ = false;
  int64_t content_ = 0;
};

void PutOptionalBytes(const std::optional<std::string>& value, AvroEncoder* out) {
  out->PutBranch(value ? 1 : 0);
  if (value) out->PutBytes(*value);
}

void PutSummaries(const std::vector<PartitionFieldSummary>& summaries, AvroEncoder* out) {
  AvroEncoder items;
  for (const PartitionFieldSummary& summary : summaries) {
    items.PutBoolean(summary.contains_null);
    items.PutBranch(summary.contains_nan ? 1 : 0);
    if (summary.contains_nan) items.PutBoolean(*summary.contains_nan);
    PutOptionalBytes(summary.lower_bound, &items);
    PutOptionalBytes(summary.upper_bound, &items);
  }
  out->PutBranch(1);
  out->PutBlock(static_cast<int64_t>(summaries.size()), items.bytes());
}

// Gives a manifest of this commit its sequence numbers.
arrow::Result<ManifestFile> WithSequenceNumbers(ManifestFile file, SnapshotId snapshot_id,
                                                SequenceNumber sequence_number) {
  if (file.added_snapshot_id == snapshot_id) {
    file.sequence_number = sequence_number;
    if (file.min_sequence_number == kUnassignedSequenceNumber) {
      file.min_sequence_number = sequence_number;
    }
  }
  if (file.sequence_number.value < 0 || file.min_sequence_number.value < 0) {
    return arrow::Status::Invalid("manifest ", file.path, " of snapshot ",
                                  ToString(file.added_snapshot_id), " has no sequence number");
  }
  return file;
}

arrow::Status PutManifestFile(const ManifestFile& file, int32_t format_version, AvroEncoder* out) {
  out->PutBytes(file.path);
  out->PutLong(file.length_bytes);
  out->PutLong(file.spec_id.value);
  out->PutLong(static_cast<int64_t>(file.content));
  out->PutLong(file.sequence_number.value);
  out->PutLong(file.min_sequence_number.value);
  out->PutLong(file.added_snapshot_id.value);
  for (const auto& count : {file.added_files, file.existing_files, file.deleted_files,
                            file.added_rows, file.existing_rows, file.deleted_rows}) {
    if (!count) {
      return arrow::Status::Invalid("manifest ", file.path,
                                    " has no counts, which a v2 list requires");
    }
    out->PutLong(*count);
  }
  PutSummaries(file.partitions, out);
  PutOptionalBytes(file.key_metadata, out);
  if (format_version >= 3) {
    out->PutBranch(file.first_row_id ? 1 : 0);
    if (file.first_row_id) out->PutLong(*file.first_row_id);
  }
  return arrow::Status::OK();
}

}  // namespace

arrow::Result<std::vector<ManifestFile>> ReadManifestList(std::string_view bytes,
                                                          const std::string& path) {
  if (static_cast<int64_t>(bytes.size()) > kManifestListBytesMax) {
    return LimitExceededError(path + ": manifest list over " +
                              std::to_string(kManifestListBytesMax) + " bytes");
  }
  ARROW_ASSIGN_OR_RAISE(const AvroReader reader, AvroReader::Open(bytes, path));
  const auto plan = AvroPlan::Compile(reader.schema(), WantedOfList());
  if (!plan.ok()) return CorruptFileError(path, plan.status().message());
  ManifestListSink sink;
  const arrow::Status read = reader.ReadRecords(*plan, &sink);
  if (FindDetail<LimitExceeded>(read) != nullptr) return WithContext(read, path);
  ARROW_RETURN_NOT_OK(read);
  return std::move(sink.files);
}

arrow::Result<std::string> WriteManifestList(const std::vector<ManifestFile>& manifests,
                                             int32_t format_version, SnapshotId snapshot_id,
                                             std::optional<SnapshotId> parent_id,
                                             SequenceNumber sequence_number) {
  if (format_version != 2 && format_version != 3) {
    return arrow::Status::Invalid("manifest lists are written for format version 2 or 3, not ",
                                  format_version);
  }
  AvroWriter writer(ManifestListAvroSchema(format_version),
                    {{"snapshot-id", ToString(snapshot_id)},
                     {"parent-snapshot-id", parent_id ? ToString(*parent_id) : "null"},
                     {"sequence-number", ToString(sequence_number)},
                     {"format-version", std::to_string(format_version)}});
  AvroEncoder row;
  for (const ManifestFile& manifest : manifests) {
    ARROW_ASSIGN_OR_RAISE(const ManifestFile file,
                          WithSequenceNumbers(manifest, snapshot_id, sequence_number));
    row.Clear();
    ARROW_RETURN_NOT_OK(PutManifestFile(file, format_version, &row));
    ARROW_RETURN_NOT_OK(writer.Append(row.bytes()));
  }
  return writer.Finish();
}

int64_t AssignFirstRowIds(int64_t next_row_id, std::vector<ManifestFile>* manifests) {
  for (ManifestFile& manifest : *manifests) {
    if (manifest.content != ManifestContent::kData || manifest.first_row_id) continue;
    manifest.first_row_id = next_row_id;
    for (int64_t rows : {manifest.added_rows.value_or(0), manifest.existing_rows.value_or(0)}) {
      if (__builtin_add_overflow(next_row_id, rows, &next_row_id)) {
        next_row_id = std::numeric_limits<int64_t>::max();
      }
    }
  }
  return next_row_id;
}

}  // namespace artemis

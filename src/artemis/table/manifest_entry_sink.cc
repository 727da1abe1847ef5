// Fills entries field by field and applies the rules of inheritance.
#include "artemis/table/manifest_entry_sink.h"

#include <algorithm>

#include "artemis/base/error.h"
#include "artemis/table/manifest_fields.h"

namespace artemis {

namespace {

constexpr uint32_t kEntryIntegers = AvroTypeSet({AvroType::kInt, AvroType::kLong});
constexpr uint32_t kEntryBytes = AvroTypeSet({AvroType::kString, AvroType::kBytes});

bool IsAnyLower(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) { return c >= 'a' && c <= 'z'; });
}

// "parquet", as some writers spell it, as the others do.
void SetFormat(std::string_view value, std::string* format) {
  *format = value;
  if (!IsAnyLower(value)) return;
  for (char& c : *format) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

}  // namespace

std::vector<AvroWanted> WantedOfEntries(const PartitionSpec& spec,
                                        const std::vector<AvroValueReader>& partition,
                                        const AvroKeyFilter* keys) {
  std::vector<AvroWanted> wanted;
  for (int id :
       {kStatus, kSnapshotId, kSequenceNumber, kFileSequenceNumber, kRecordCount, kFileSize,
        kFileContent, kColumnSizesValue, kValueCountsValue, kNullCountsValue, kNanCountsValue,
        kSplitOffset, kEqualityId, kSortOrderId, kFirstRowId, kContentOffset, kContentSize}) {
    wanted.push_back({FieldId(id), id, kEntryIntegers});
  }
  for (int id : {kFilePath, kFileFormat, kLowerBoundsValue, kUpperBoundsValue, kKeyMetadata,
                 kReferencedDataFile}) {
    wanted.push_back({FieldId(id), id, kEntryBytes});
  }
  for (int id : {kColumnSizesKey, kValueCountsKey, kNullCountsKey, kNanCountsKey, kLowerBoundsKey,
                 kUpperBoundsKey}) {
    wanted.push_back({FieldId(id), id, kEntryIntegers, keys});
  }
  for (size_t i = 0; i < spec.fields.size(); ++i) {
    wanted.push_back(
        {spec.fields[i].field_id, kPartitionSlots + static_cast<int>(i), partition[i].accepts()});
  }
  return wanted;
}

ManifestEntrySink::ManifestEntrySink(const ManifestFile& file, const ManifestHeader& header,
                                     const std::vector<AvroValueReader>& partition, bool live_only)
    : file_(file),
      header_(header),
      partition_(partition),
      live_only_(live_only),
      next_row_id_(file.first_row_id) {}

void ManifestEntrySink::BeginRecord() {
  entry_ = &entries.emplace_back();
  ++entries_seen_;
  entry_->file.spec_id = header_.spec.id;
  entry_->file.partition.resize(partition_.size());
  metrics_.Begin(&entry_->file.metrics);
  column_ = nullptr;
  status_ = content_ = 0;
  has_status_ = has_record_count_ = has_file_size_ = has_snapshot_id_ = has_wrong_value_ = false;
  sequence_number_.reset();
  file_sequence_number_.reset();
}

void ManifestEntrySink::OnLong(int slot, int64_t value) {
  DataFile& file = entry_->file;
  switch (slot) {
    case kStatus:
      status_ = value;
      has_status_ = true;
      break;
    case kSnapshotId:
      entry_->snapshot_id = SnapshotId(value);
      has_snapshot_id_ = true;
      break;
    case kSequenceNumber:
      sequence_number_ = value;
      break;
    case kFileSequenceNumber:
      file_sequence_number_ = value;
      break;
    case kRecordCount:
      file.record_count = value;
      has_record_count_ = true;
      break;
    case kFileSize:
      file.file_size_bytes = value;
      has_file_size_ = true;
      break;
    case kFileContent:
      content_ = value;
      break;
    case kSplitOffset:
      file.split_offsets.push_back(value);
      break;
    case kEqualityId:
      file.equality_ids.push_back(FieldId(static_cast<int32_t>(value)));
      break;
    case kSortOrderId:
      file.sort_order_id = SortOrderId(static_cast<int32_t>(value));
      break;
    case kFirstRowId:
      file.first_row_id = value;
      break;
    case kContentOffset:
      file.content_offset = value;
      break;
    case kContentSize:
      file.content_size_bytes = value;
      break;
    default:
      OnMetricLong(slot, value);
  }
}

void ManifestEntrySink::OnMetricLong(int slot, int64_t value) {
  switch (slot) {
    case kColumnSizesKey:
    case kValueCountsKey:
    case kNullCountsKey:
    case kNanCountsKey:
    case kLowerBoundsKey:
    case kUpperBoundsKey:
      column_ = metrics_.Locate(FieldId(static_cast<int32_t>(value)));
      break;
    case kColumnSizesValue:
      if (column_ != nullptr) column_->column_size_bytes = value;
      break;
    case kValueCountsValue:
      if (column_ != nullptr) column_->value_count = value;
      break;
    case kNullCountsValue:
      if (column_ != nullptr) column_->null_count = value;
      break;
    case kNanCountsValue:
      if (column_ != nullptr) column_->nan_count = value;
      break;
    default:
      if (slot >= kPartitionSlots) {
        OnPartitionValue(slot,
                         partition_[static_cast<size_t>(slot - kPartitionSlots)].FromLong(value));
      }
  }
}

void ManifestEntrySink::OnFloat(int slot, float value) {
  OnPartitionValue(slot, partition_[static_cast<size_t>(slot - kPartitionSlots)].FromFloat(value));
}

void ManifestEntrySink::OnDouble(int slot, double value) {
  OnPartitionValue(slot, partition_[static_cast<size_t>(slot - kPartitionSlots)].FromDouble(value));
}

void ManifestEntrySink::OnBytes(int slot, std::string_view value) {
  DataFile& file = entry_->file;
  switch (slot) {
    case kFilePath:
      file.path = value;
      break;
    case kFileFormat:
      SetFormat(value, &file.format);
      break;
    case kKeyMetadata:
      file.key_metadata = value;
      break;
    case kReferencedDataFile:
      file.referenced_data_file = value;
      break;
    case kLowerBoundsValue:
      if (column_ != nullptr) column_->lower_bound = value;
      break;
    case kUpperBoundsValue:
      if (column_ != nullptr) column_->upper_bound = value;
      break;
    default:
      if (slot >= kPartitionSlots) {
        OnPartitionValue(slot,
                         partition_[static_cast<size_t>(slot - kPartitionSlots)].FromBytes(value));
      }
  }
}

void ManifestEntrySink::OnPartitionValue(int slot, std::optional<LiteralValue> value) {
  has_wrong_value_ = has_wrong_value_ || !value.has_value();
  entry_->file.partition[static_cast<size_t>(slot - kPartitionSlots)] = std::move(value);
}

arrow::Status ManifestEntrySink::CheckEntry() const {
  const DataFile& file = entry_->file;
  if (!has_status_ || status_ < 0 || status_ > 2) {
    return arrow::Status::Invalid("expected status 0 to 2, found ", status_, " for ", file.path);
  }
  if (file.path.empty()) return arrow::Status::Invalid("an entry without file_path");
  if (!has_record_count_ || file.record_count < 0 || !has_file_size_ || file.file_size_bytes < 0) {
    return arrow::Status::Invalid("record_count or file_size_in_bytes is missing or wrong for ",
                                  file.path);
  }
  if (content_ < 0 || content_ > 2) {
    return arrow::Status::Invalid("expected content 0 to 2, found ", content_, " for ", file.path);
  }
  if ((content_ != 0) != (header_.content == ManifestContent::kDeletes)) {
    return arrow::Status::Invalid("content ", content_,
                                  " does not belong in this manifest: ", file.path);
  }
  if (content_ == 2 && file.equality_ids.empty()) {
    return arrow::Status::Invalid("equality deletes without equality_ids: ", file.path);
  }
  if (has_wrong_value_) {
    return arrow::Status::Invalid("a partition value of the wrong length for ", file.path);
  }
  return arrow::Status::OK();
}

// Specification, "Sequence Number Inheritance": only ADDED entries inherit, and those of v1, where all is 0.
arrow::Status ManifestEntrySink::InheritSequenceNumbers() {
  const bool inherits =
      entry_->status == EntryStatus::kAdded || file_.sequence_number == SequenceNumber(0);
  if (!sequence_number_ && !inherits && entry_->status != EntryStatus::kDeleted) {
    return arrow::Status::Invalid("an existing entry without sequence number: ", entry_->file.path);
  }
  const int64_t data = sequence_number_.value_or(file_.sequence_number.value);
  entry_->data_sequence_number = SequenceNumber(data);
  const int64_t file = inherits ? file_.sequence_number.value : data;
  entry_->file_sequence_number = SequenceNumber(file_sequence_number_.value_or(file));
  return arrow::Status::OK();
}

void ManifestEntrySink::InheritRowId() {
  if (entry_->file.content != FileContent::kData || entry_->status == EntryStatus::kDeleted) return;
  if (entry_->file.first_row_id || !next_row_id_) return;
  entry_->file.first_row_id = next_row_id_;
  int64_t next;
  if (__builtin_add_overflow(*next_row_id_, entry_->file.record_count, &next)) {
    next_row_id_.reset();
  } else {
    next_row_id_ = next;
  }
}

arrow::Status ManifestEntrySink::EndRecord() {
  metrics_.Finish();
  if (entries_seen_ > kManifestEntriesMax) {
    return LimitExceededError(file_.path + ": a manifest of more than " +
                              std::to_string(kManifestEntriesMax) + " entries");
  }
  ARROW_RETURN_NOT_OK(CheckEntry());
  entry_->status = static_cast<EntryStatus>(status_);
  const auto& key_metadata = entry_->file.key_metadata;
  if (key_metadata && !key_metadata->empty() && entry_->status != EntryStatus::kDeleted) {
    return arrow::Status::NotImplemented("file ", entry_->file.path,
                                         " is encrypted, and encrypted files are not read");
  }
  entry_->file.content = static_cast<FileContent>(content_);
  if (!has_snapshot_id_) entry_->snapshot_id = file_.added_snapshot_id;
  ARROW_RETURN_NOT_OK(InheritSequenceNumbers());
  InheritRowId();
  if (live_only_ && entry_->status == EntryStatus::kDeleted) entries.pop_back();
  return arrow::Status::OK();
}

}  // namespace artemis

// Fills entries field by field and applies the rules of inheritance.
#include "artemis/table/manifest_entry_sink.h"

#include <algorithm>

#include "artemis/base/error.h"
#include "artemis/table/manifest_fields.h"

namespace artemis {

namespace {

constexpr uint32_t kEntryIntegers = AvroTypeSet({AvroType::kInt, AvroType::kLong});
constexpr uint32_t kEntryBytes = AvroTypeSet({AvroType::kString, AvroType::kBytes});

}  // namespace

std::vector<AvroWanted> WantedOfEntries(const PartitionSpec& spec,
                                        const std::vector<AvroValueReader>& partition,
                                        const AvroKeyFilter* keys) {
  std::vector<AvroWanted> wanted = WantedFacts();
  for (int id : {kColumnSizesValue, kValueCountsValue, kNullCountsValue, kNanCountsValue,
                 kEqualityId, kContentOffset, kContentSize}) {
    wanted.push_back({FieldId(id), id, kEntryIntegers});
  }
  for (int id : {kLowerBoundsValue, kUpperBoundsValue, kReferencedDataFile}) {
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

void ManifestEntrySink::BeginRecord() {
  entry_ = &entries.emplace_back();
  entry_->file.spec_id = header_.spec.id;
  entry_->file.partition.resize(partition_.size());
  metrics_.Begin(&entry_->file.metrics);
  facts_.Clear();
  column_ = nullptr;
  has_wrong_value_ = false;
}

void ManifestEntrySink::OnLong(int slot, int64_t value) {
  if (facts_.TakeLong(slot, value)) return;
  DataFile& file = entry_->file;
  switch (slot) {
    case kEqualityId:
      file.equality_ids.push_back(FieldId(static_cast<int32_t>(value)));
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
  if (facts_.TakeBytes(slot, value)) return;
  switch (slot) {
    case kReferencedDataFile:
      entry_->file.referenced_data_file = value;
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

void ManifestEntrySink::SetFacts() {
  entry_->status = static_cast<EntryStatus>(facts_[kStatusSlot]);
  entry_->snapshot_id = SnapshotId(facts_[kSnapshotIdSlot]);
  entry_->data_sequence_number = SequenceNumber(facts_[kSequenceNumberSlot]);
  entry_->file_sequence_number = SequenceNumber(facts_[kFileSequenceNumberSlot]);
  DataFile& file = entry_->file;
  file.content = static_cast<FileContent>(facts_[kContentSlot]);
  file.path = facts_.path;
  if (!facts_.format.empty()) file.format = UpperFormat(facts_.format);
  file.record_count = facts_[kRecordCountSlot];
  file.file_size_bytes = facts_[kFileSizeSlot];
  file.key_metadata = facts_.key_metadata;
  file.split_offsets = facts_.split_offsets;
  if (facts_.has(kSortOrderIdSlot)) {
    file.sort_order_id = SortOrderId(static_cast<int32_t>(facts_[kSortOrderIdSlot]));
  }
  if (facts_.has(kFirstRowIdSlot)) file.first_row_id = facts_[kFirstRowIdSlot];
}

arrow::Status ManifestEntrySink::EndRecord() {
  metrics_.Finish();
  ARROW_RETURN_NOT_OK(rules_.Apply(&facts_, !entry_->file.equality_ids.empty()));
  if (has_wrong_value_) {
    return arrow::Status::Invalid("a partition value of the wrong length for ", facts_.path);
  }
  SetFacts();
  if (live_only_ && entry_->status == EntryStatus::kDeleted) entries.pop_back();
  return arrow::Status::OK();
}

}  // namespace artemis

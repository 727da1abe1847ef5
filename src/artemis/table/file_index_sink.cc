// Puts each record's values at the ends of the index's columns.
#include "artemis/table/file_index_sink.h"

#include <algorithm>
#include <cstring>
#include <limits>

#include "artemis/base/error.h"
#include "artemis/schema/literal.h"
#include "artemis/table/manifest_fields.h"

namespace artemis {

namespace {

constexpr uint32_t kIndexIntegers = AvroTypeSet({AvroType::kInt, AvroType::kLong});
constexpr uint32_t kIndexBytes = AvroTypeSet({AvroType::kString, AvroType::kBytes});

}  // namespace

std::vector<AvroWanted> WantedOfIndex(const AvroKeyFilter* keys) {
  std::vector<AvroWanted> wanted;
  for (int id : {kStatus, kSnapshotId, kSequenceNumber, kFileSequenceNumber, kRecordCount,
                 kFileSize, kFileContent, kValueCountsValue, kNullCountsValue, kNanCountsValue,
                 kSplitOffset, kSortOrderId, kFirstRowId}) {
    wanted.push_back({FieldId(id), id, kIndexIntegers});
  }
  for (int id : {kFilePath, kFileFormat, kLowerBoundsValue, kUpperBoundsValue, kKeyMetadata}) {
    wanted.push_back({FieldId(id), id, kIndexBytes});
  }
  for (int id :
       {kValueCountsKey, kNullCountsKey, kNanCountsKey, kLowerBoundsKey, kUpperBoundsKey}) {
    wanted.push_back({FieldId(id), id, kIndexIntegers, keys});
  }
  wanted.push_back({FieldId(kPartition), kPartition, AvroTypeSet({AvroType::kRecord})});
  return wanted;
}

FileIndexSink::FileIndexSink(const ManifestFile& file, const ManifestHeader& header,
                             const TupleDecoder& decoder, const Type& partition_type,
                             const std::vector<Field>& fields)
    : decoder_(decoder),
      partition_type_(partition_type),
      rules_(file, header),
      index_(new FileIndex()) {
  index_->header_ = header;
  for (const auto& field : fields) {
    index_->covered_.push_back(field.id);
    const auto [column, is_new] =
        index_->metrics_.columns.emplace(field.id, RangeColumn(field.type, false));
    if (!is_new || field.id.value < 0) continue;
    const auto id = static_cast<size_t>(field.id.value);
    if (scratch_of_field_.size() <= id) scratch_of_field_.resize(id + 1, -1);
    scratch_of_field_[id] = static_cast<int16_t>(columns_.size());
    columns_.push_back(&column->second);
  }
  std::sort(index_->covered_.begin(), index_->covered_.end());
  scratch_.resize(columns_.size());
  for (const auto& field : partition_type.fields) {
    if (!field.type.is_primitive() || field.type.kind == TypeKind::kUnknown) continue;
    index_->tuple_ranges_.columns.emplace(field.id, RangeColumn(field.type, true));
  }
}

FileIndexSink::Scratch* FileIndexSink::Locate(int64_t field_id) {
  if (field_id < 0 || field_id >= static_cast<int64_t>(scratch_of_field_.size())) return nullptr;
  const int16_t at = scratch_of_field_[static_cast<size_t>(field_id)];
  if (at < 0) return nullptr;
  Scratch& scratch = scratch_[static_cast<size_t>(at)];
  if (!scratch.seen) scratch = Scratch();
  scratch.seen = true;
  return &scratch;
}

void FileIndexSink::OnLong(int slot, int64_t value) {
  switch (slot) {
    case kValueCountsKey:
    case kNullCountsKey:
    case kNanCountsKey:
    case kLowerBoundsKey:
    case kUpperBoundsKey:
      current_ = Locate(value);
      break;
    case kValueCountsValue:
      if (current_ != nullptr) current_->value_count = value;
      break;
    case kNullCountsValue:
      if (current_ != nullptr) current_->null_count = value;
      break;
    case kNanCountsValue:
      if (current_ != nullptr) current_->nan_count = value;
      break;
    default:
      facts_.TakeLong(slot, value);
  }
}

void FileIndexSink::OnBytes(int slot, std::string_view value) {
  switch (slot) {
    case kPartition:
      tuple_bytes_ = value;
      break;
    case kLowerBoundsValue:
      if (current_ == nullptr) return;
      current_->lower = value;
      current_->has_lower = true;
      break;
    case kUpperBoundsValue:
      if (current_ == nullptr) return;
      current_->upper = value;
      current_->has_upper = true;
      break;
    default:
      facts_.TakeBytes(slot, value);
  }
}

arrow::Status FileIndexSink::AddTuple(PartitionTuple tuple) {
  for (size_t i = 0; i < partition_type_.fields.size() && i < tuple.size(); ++i) {
    const auto column = index_->tuple_ranges_.columns.find(partition_type_.fields[i].id);
    if (column == index_->tuple_ranges_.columns.end()) continue;
    ColumnRange range;
    range.bounds_exact = true;
    range.all_null = !tuple[i];
    range.has_null = tuple[i] ? Ternary::kNo : Ternary::kYes;
    range.all_nan = tuple[i] && IsNaN(*tuple[i]);
    range.has_nan = range.all_nan ? Ternary::kYes : Ternary::kNo;
    if (!range.all_nan) range.lower = range.upper = tuple[i];
    column->second.Append(range);
  }
  ++index_->tuple_ranges_.rows;
  index_->tuples_.push_back(std::move(tuple));
  return arrow::Status::OK();
}

arrow::Result<uint32_t> FileIndexSink::TupleNumber() {
  if (!index_->tuples_.empty() && tuple_bytes_ == last_tuple_bytes_) return last_tuple_;
  const uint32_t number = tuple_numbers_.Insert(tuple_bytes_) - 1;
  if (number == index_->tuples_.size()) {
    auto tuple = decoder_.Decode(tuple_bytes_);
    if (!tuple.ok()) return WithContext(tuple.status(), std::string(facts_.path));
    ARROW_RETURN_NOT_OK(AddTuple(std::move(*tuple)));
  }
  last_tuple_bytes_ = tuple_bytes_;
  last_tuple_ = number;
  return number;
}

void FileIndexSink::AddMetrics() {
  for (size_t i = 0; i < columns_.size(); ++i) {
    const Scratch& scratch = scratch_[i];
    if (!scratch.seen) {
      columns_[i]->AppendUnknown();
      continue;
    }
    columns_[i]->AppendMetrics(scratch.value_count, scratch.null_count, scratch.nan_count,
                               scratch.has_lower ? &scratch.lower : nullptr,
                               scratch.has_upper ? &scratch.upper : nullptr);
  }
  ++index_->metrics_.rows;
}

uint32_t FileIndexSink::FolderNumber(std::string_view folder) {
  if (folder.empty()) return 0;
  if (folder == last_folder_) return last_folder_number_;
  last_folder_ = folder;
  last_folder_number_ = index_->folders_.Insert(folder);
  return last_folder_number_;
}

arrow::Status FileIndexSink::AddFile() {
  FileIndex& index = *index_;
  const auto row = static_cast<uint32_t>(index.size());
  const std::string_view path = facts_.path;
  const auto* last = static_cast<const char*>(memrchr(path.data(), '/', path.size()));
  const size_t slash = last == nullptr ? 0 : static_cast<size_t>(last - path.data()) + 1;
  if (index.names_.size() + path.size() > std::numeric_limits<uint32_t>::max()) {
    return LimitExceededError("the paths of a manifest take more than 4 GiB");
  }
  index.folder_of_.push_back(FolderNumber(path.substr(0, slash)));
  index.names_.append(path.substr(slash));
  index.name_ends_.push_back(static_cast<uint32_t>(index.names_.size()));
  index.record_counts_.push_back(*facts_.record_count);
  index.file_sizes_.push_back(*facts_.file_size_bytes);
  index.snapshot_ids_.Append(*facts_.snapshot_id);
  index.data_sequence_numbers_.Append(*facts_.sequence_number);
  index.sort_orders_.Append(facts_.sort_order_id.value_or(-1));
  index.first_row_ids_.Append(facts_.first_row_id.value_or(-1));
  index.splits_.insert(index.splits_.end(), facts_.split_offsets.begin(),
                       facts_.split_offsets.end());
  index.split_ends_.push_back(static_cast<uint32_t>(index.splits_.size()));
  if (!facts_.format.empty() && facts_.format != "PARQUET") {
    if (auto format = UpperFormat(facts_.format); format != "PARQUET") {
      index.formats_.emplace(row, std::move(format));
    }
  }
  if (facts_.key_metadata) index.key_metadata_.emplace(row, *facts_.key_metadata);
  return arrow::Status::OK();
}

arrow::Status FileIndexSink::EndRecord() {
  ARROW_RETURN_NOT_OK(rules_.Apply(&facts_, false));
  if (*facts_.status == static_cast<int>(EntryStatus::kDeleted)) return arrow::Status::OK();
  ARROW_ASSIGN_OR_RAISE(const uint32_t tuple, TupleNumber());
  const auto row = static_cast<uint32_t>(index_->tuple_of_.size());
  if (tuple == index_->tuple_spans_.size()) index_->tuple_spans_.push_back({row, row});
  index_->tuple_spans_[tuple].end = row + 1;
  index_->tuple_of_.push_back(tuple);
  // A sum past 64 bits is no file size that anyone has; it stays at the greatest number.
  if (__builtin_add_overflow(index_->total_bytes_, *facts_.file_size_bytes,
                             &index_->total_bytes_)) {
    index_->total_bytes_ = std::numeric_limits<int64_t>::max();
  }
  ARROW_RETURN_NOT_OK(AddFile());
  AddMetrics();
  return arrow::Status::OK();
}

std::shared_ptr<const FileIndex> FileIndexSink::Finish() {
  FileIndex& index = *index_;
  index.folders_.Seal();
  index.names_.shrink_to_fit();
  index.tuple_spans_.shrink_to_fit();
  for (auto* numbers :
       {&index.folder_of_, &index.name_ends_, &index.split_ends_, &index.tuple_of_}) {
    numbers->shrink_to_fit();
  }
  for (auto* numbers : {&index.record_counts_, &index.file_sizes_, &index.splits_}) {
    numbers->shrink_to_fit();
  }
  for (auto* table : {&index.tuple_ranges_, &index.metrics_}) {
    for (auto& [id, column] : table->columns) column.Seal();
  }
  return std::move(index_);
}

}  // namespace artemis

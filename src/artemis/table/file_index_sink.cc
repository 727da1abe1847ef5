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
  using Sink = FileIndexSink;
  std::vector<AvroWanted> wanted = WantedFacts();
  int slot = Sink::kFirstCountSlot;
  for (int id : {kValueCountsValue, kNullCountsValue, kNanCountsValue}) {
    wanted.push_back({FieldId(id), slot++, kIndexIntegers});
  }
  slot = Sink::kFirstBoundSlot;
  for (int id : {kLowerBoundsValue, kUpperBoundsValue}) {
    wanted.push_back({FieldId(id), slot++, kIndexBytes});
  }
  for (int id :
       {kValueCountsKey, kNullCountsKey, kNanCountsKey, kLowerBoundsKey, kUpperBoundsKey}) {
    wanted.push_back({FieldId(id), Sink::kKeySlot, kIndexIntegers, keys});
  }
  wanted.push_back({FieldId(kPartition), Sink::kTupleSlot, AvroTypeSet({AvroType::kRecord})});
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
    RangeColumn* column = nullptr;
    if (field.type.is_primitive() && field.type.kind != TypeKind::kUnknown) {
      column = &index_->tuple_ranges_.columns.emplace(field.id, RangeColumn(field.type, true))
                    .first->second;
    }
    tuple_columns_.push_back(column);
  }
}

void FileIndexSink::Reserve(size_t entries, size_t name_bytes) {
  expected_ = entries;
  expected_name_bytes_ = name_bytes;
  for (auto* numbers :
       {&index_->folder_of_, &index_->name_ends_, &index_->split_ends_, &index_->tuple_of_}) {
    numbers->reserve(entries);
  }
  for (auto* numbers : {&index_->record_counts_, &index_->file_sizes_, &index_->splits_}) {
    numbers->reserve(entries);
  }
  for (auto& [id, column] : index_->metrics_.columns) column.Reserve(entries);
}

void FileIndexSink::AddTuple(PartitionTuple tuple) {
  for (size_t i = 0; i < tuple_columns_.size() && i < tuple.size(); ++i) {
    if (tuple_columns_[i] != nullptr) tuple_columns_[i]->AppendExact(tuple[i]);
  }
  ++index_->tuple_ranges_.rows;
  index_->tuples_.push_back(std::move(tuple));
}

arrow::Result<uint32_t> FileIndexSink::TupleNumber() {
  if (!index_->tuples_.empty() && tuple_bytes_ == last_tuple_bytes_) return last_tuple_;
  const uint32_t number = tuple_numbers_.Insert(tuple_bytes_) - 1;
  if (number == index_->tuples_.size()) {
    auto tuple = decoder_.Decode(tuple_bytes_);
    if (!tuple.ok()) return WithContext(tuple.status(), std::string(facts_.path));
    AddTuple(std::move(*tuple));
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
    const auto& [values, nulls, nans] = scratch.counts;
    columns_[i]->AppendMetrics(values, nulls, nans,
                               scratch.has_bound[0] ? &scratch.bounds[0] : nullptr,
                               scratch.has_bound[1] ? &scratch.bounds[1] : nullptr);
  }
  ++index_->metrics_.rows;
}

// Mostly the folder of the entry before.
size_t FileIndexSink::FolderBytes(std::string_view path) {
  const size_t known = path.starts_with(last_folder_) ? last_folder_.size() : 0;
  const auto* last =
      static_cast<const char*>(memrchr(path.data() + known, '/', path.size() - known));
  if (last == nullptr) return known;
  const size_t bytes = static_cast<size_t>(last - path.data()) + 1;
  last_folder_ = path.substr(0, bytes);
  last_folder_number_ = index_->folders_.Insert(last_folder_);
  return bytes;
}

arrow::Status FileIndexSink::AddFile() {
  FileIndex& index = *index_;
  const auto row = static_cast<uint32_t>(index.size());
  const std::string_view path = facts_.path;
  if (index.names_.size() + path.size() > std::numeric_limits<uint32_t>::max()) {
    return LimitExceededError("the paths of a manifest take more than 4 GiB");
  }
  const size_t slash = FolderBytes(path);
  index.folder_of_.push_back(slash > 0 ? last_folder_number_ : 0);
  if (row == 0) {
    index.names_.reserve(std::min(expected_ * (path.size() - slash + 1), expected_name_bytes_));
  }
  index.names_.append(path.substr(slash));
  index.name_ends_.push_back(static_cast<uint32_t>(index.names_.size()));
  index.record_counts_.push_back(facts_[kRecordCountSlot]);
  index.file_sizes_.push_back(facts_[kFileSizeSlot]);
  index.snapshot_ids_.Append(facts_[kSnapshotIdSlot]);
  index.data_sequence_numbers_.Append(facts_[kSequenceNumberSlot]);
  index.sort_orders_.Append(facts_.ValueOr(kSortOrderIdSlot, -1));
  index.first_row_ids_.Append(facts_.ValueOr(kFirstRowIdSlot, -1));
  for (const int64_t offset : facts_.split_offsets) index.splits_.push_back(offset);
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
  if (facts_[kStatusSlot] == static_cast<int>(EntryStatus::kDeleted)) return arrow::Status::OK();
  ARROW_ASSIGN_OR_RAISE(const uint32_t tuple, TupleNumber());
  const auto row = static_cast<uint32_t>(index_->tuple_of_.size());
  if (tuple == index_->tuple_spans_.size()) index_->tuple_spans_.push_back({row, row});
  index_->tuple_spans_[tuple].end = row + 1;
  index_->tuple_of_.push_back(tuple);
  // A sum past 64 bits is no file size that anyone has; it stays at the greatest number.
  if (__builtin_add_overflow(index_->total_bytes_, facts_[kFileSizeSlot], &index_->total_bytes_)) {
    index_->total_bytes_ = std::numeric_limits<int64_t>::max();
  }
  ARROW_RETURN_NOT_OK(AddFile());
  AddMetrics();
  return arrow::Status::OK();
}

std::shared_ptr<const FileIndex> FileIndexSink::Finish() {
  FileIndex& index = *index_;
  index.folders_.Seal();
  // A little too much is not worth another copy.
  if (index.names_.capacity() > index.names_.size() + index.names_.size() / 32) {
    index.names_.shrink_to_fit();
  }
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
  index.tuple_order_ = RangeOrder(index.tuple_ranges_);
  return std::move(index_);
}

}  // namespace artemis

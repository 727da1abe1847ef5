// Puts each record's values at the ends of the index's columns.
#include "artemis/table/file_index_sink.h"

#include <algorithm>
#include <limits>

#include "artemis/base/error.h"
#include "artemis/schema/literal.h"
#include "artemis/table/manifest_fields.h"

namespace artemis {

namespace {

const std::vector<AvroValueReader>& NoPartition() {
  static const std::vector<AvroValueReader> kNone;
  return kNone;
}

bool IsMetricSlot(int slot) {
  return slot == kColumnSizes || (slot >= kColumnSizesKey && slot <= kUpperBoundsValue) ||
         slot == kNanCountsKey || slot == kNanCountsValue;
}

template <typename Number>
void AppendRaw(Number value, std::string* out) {
  out->append(reinterpret_cast<const char*>(&value), sizeof(value));
}

}  // namespace

std::vector<AvroWanted> WantedOfIndex(const PartitionSpec& spec,
                                      const std::vector<AvroValueReader>& partition,
                                      const AvroKeyFilter* keys) {
  std::vector<AvroWanted> wanted = WantedOfEntries(spec, partition, keys);
  std::erase_if(wanted, [](const AvroWanted& w) {
    return w.slot == kColumnSizesKey || w.slot == kColumnSizesValue || w.slot == kEqualityId ||
           w.slot == kReferencedDataFile || w.slot == kContentOffset || w.slot == kContentSize;
  });
  return wanted;
}

FileIndexSink::FileIndexSink(const ManifestFile& file, const ManifestHeader& header,
                             const std::vector<AvroValueReader>& partition,
                             const Type& partition_type, const std::vector<Field>& fields)
    : ManifestEntrySink(file, header, NoPartition(), true),
      partition_(partition),
      partition_type_(partition_type),
      index_(new FileIndex()),
      tuple_(partition.size()) {
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

void FileIndexSink::BeginRecord() {
  ManifestEntrySink::BeginRecord();
  std::fill(scratch_.begin(), scratch_.end(), Scratch());
  std::fill(tuple_.begin(), tuple_.end(), RawValue());
  current_ = nullptr;
}

FileIndexSink::Scratch* FileIndexSink::Locate(int64_t field_id) {
  if (field_id < 0 || field_id >= static_cast<int64_t>(scratch_of_field_.size())) return nullptr;
  const int16_t at = scratch_of_field_[static_cast<size_t>(field_id)];
  if (at < 0) return nullptr;
  Scratch& scratch = scratch_[static_cast<size_t>(at)];
  scratch.seen = true;
  return &scratch;
}

void FileIndexSink::OnLong(int slot, int64_t value) {
  if (IsTupleSlot(slot)) {
    TupleValue(slot) = {RawValue::Kind::kLong, value, 0, {}};
    return;
  }
  if (!IsMetricSlot(slot)) return ManifestEntrySink::OnLong(slot, value);
  switch (slot) {
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
      current_ = Locate(value);
  }
}

void FileIndexSink::OnFloat(int slot, float value) {
  TupleValue(slot) = {RawValue::Kind::kFloat, 0, value, {}};
}

void FileIndexSink::OnDouble(int slot, double value) {
  TupleValue(slot) = {RawValue::Kind::kDouble, 0, value, {}};
}

void FileIndexSink::OnBytes(int slot, std::string_view value) {
  if (IsTupleSlot(slot)) {
    TupleValue(slot) = {RawValue::Kind::kBytes, 0, 0, value};
  } else if (slot == kLowerBoundsValue) {
    if (current_ == nullptr) return;
    current_->lower = value;
    current_->has_lower = true;
  } else if (slot == kUpperBoundsValue) {
    if (current_ == nullptr) return;
    current_->upper = value;
    current_->has_upper = true;
  } else {
    ManifestEntrySink::OnBytes(slot, value);
  }
}

std::optional<LiteralValue> FileIndexSink::Literal(size_t field) const {
  const RawValue& raw = tuple_[field];
  const AvroValueReader& reader = partition_[field];
  switch (raw.kind) {
    case RawValue::Kind::kLong:
      return reader.FromLong(raw.whole);
    case RawValue::Kind::kFloat:
      return reader.FromFloat(static_cast<float>(raw.floating));
    case RawValue::Kind::kDouble:
      return reader.FromDouble(raw.floating);
    default:
      return reader.FromBytes(raw.bytes);
  }
}

arrow::Status FileIndexSink::AddTuple() {
  PartitionTuple tuple(tuple_.size());
  for (size_t i = 0; i < tuple_.size(); ++i) {
    if (tuple_[i].kind == RawValue::Kind::kNull) continue;
    tuple[i] = Literal(i);
    if (!tuple[i]) {
      return arrow::Status::Invalid("a partition value of the wrong length for ",
                                    entries.back().file.path);
    }
  }
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
  tuple_key_.clear();
  for (const RawValue& raw : tuple_) {
    tuple_key_.push_back(static_cast<char>(raw.kind));
    AppendRaw(raw.whole, &tuple_key_);
    AppendRaw(raw.floating, &tuple_key_);
    AppendRaw(raw.bytes.size(), &tuple_key_);
    tuple_key_.append(raw.bytes);
  }
  if (!index_->tuples_.empty() && tuple_key_ == last_key_) return last_tuple_;
  const uint32_t number = tuple_keys_.Insert(tuple_key_) - 1;
  if (number == index_->tuples_.size()) ARROW_RETURN_NOT_OK(AddTuple());
  last_key_ = tuple_key_;
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

arrow::Status FileIndexSink::AddFile(const ManifestEntry& entry) {
  const DataFile& file = entry.file;
  FileIndex& index = *index_;
  const auto row = static_cast<uint32_t>(index.size());
  const size_t slash = file.path.rfind('/') + 1;  // 0 without one
  const std::string_view path = file.path;
  if (index.names_.size() + path.size() > std::numeric_limits<uint32_t>::max()) {
    return LimitExceededError("the paths of a manifest take more than 4 GiB");
  }
  index.folder_of_.push_back(slash == 0 ? 0 : index.folders_.Insert(path.substr(0, slash)));
  index.names_.append(path.substr(slash));
  index.name_ends_.push_back(static_cast<uint32_t>(index.names_.size()));
  index.record_counts_.push_back(file.record_count);
  index.file_sizes_.push_back(file.file_size_bytes);
  index.snapshot_ids_.Append(entry.snapshot_id.value);
  index.data_sequence_numbers_.Append(entry.data_sequence_number.value);
  index.sort_orders_.Append(file.sort_order_id ? file.sort_order_id->value : -1);
  index.first_row_ids_.Append(file.first_row_id.value_or(-1));
  index.splits_.insert(index.splits_.end(), file.split_offsets.begin(), file.split_offsets.end());
  index.split_ends_.push_back(static_cast<uint32_t>(index.splits_.size()));
  if (file.format != "PARQUET") index.formats_.emplace(row, file.format);
  if (file.key_metadata) index.key_metadata_.emplace(row, *file.key_metadata);
  return arrow::Status::OK();
}

arrow::Status FileIndexSink::EndRecord() {
  ARROW_RETURN_NOT_OK(ManifestEntrySink::EndRecord());
  if (entries.empty()) return arrow::Status::OK();  // deleted
  ARROW_ASSIGN_OR_RAISE(const uint32_t tuple, TupleNumber());
  index_->tuple_of_.push_back(tuple);
  ARROW_RETURN_NOT_OK(AddFile(entries.back()));
  AddMetrics();
  entries.clear();
  return arrow::Status::OK();
}

std::shared_ptr<const FileIndex> FileIndexSink::Finish() {
  FileIndex& index = *index_;
  index.folders_.Seal();
  index.names_.shrink_to_fit();
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

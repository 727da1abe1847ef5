// Gives files back from their columns.
#include "artemis/table/file_index.h"

#include <algorithm>

namespace artemis {

void RepeatedNumbers::AppendOther(int64_t value) {
  if (count_ == 0) first_ = value;
  if (!values_.empty()) {
    values_.push_back(value);
  } else if (value != first_) {
    values_.assign(count_, first_);
    values_.push_back(value);
  }
  ++count_;
}

std::string FileIndex::path(size_t row) const {
  const auto folder_name = folder(row), file_name = name(row);
  std::string path;
  path.reserve(folder_name.size() + file_name.size());
  return path.append(folder_name).append(file_name);
}

bool FileIndex::Covers(FieldId id) const {
  return std::binary_search(covered_.begin(), covered_.end(), id);
}

DataFile FileIndex::File(size_t row) const {
  DataFile file;
  Fill(row, &file);
  return file;
}

void FileIndex::Fill(size_t row, DataFile* file) const {
  const auto number = static_cast<uint32_t>(row);
  file->path = path(row);
  if (const auto format = formats_.find(number); format != formats_.end()) {
    file->format = format->second;
  }
  file->spec_id = header_.spec.id;
  file->partition = tuples_[tuple_of_[row]];
  file->record_count = record_counts_[row];
  file->file_size_bytes = file_sizes_[row];
  if (const auto key = key_metadata_.find(number); key != key_metadata_.end()) {
    file->key_metadata = key->second;
  }
  file->split_offsets.assign(splits_.begin() + static_cast<int64_t>(SplitBegin(row)),
                             splits_.begin() + static_cast<int64_t>(split_ends_[row]));
  if (const int64_t id = sort_orders_.At(row); id >= 0) {
    file->sort_order_id = SortOrderId(static_cast<int32_t>(id));
  }
  if (const int64_t id = first_row_ids_.At(row); id >= 0) file->first_row_id = id;
}

int64_t FileIndex::MemoryBytes() const {
  size_t bytes = sizeof(FileIndex) + names_.capacity();
  bytes += (folder_of_.capacity() + name_ends_.capacity() + split_ends_.capacity() +
            tuple_of_.capacity()) *
               sizeof(uint32_t) +
           tuple_spans_.capacity() * sizeof(RowSpan);
  bytes +=
      (record_counts_.capacity() + file_sizes_.capacity() + splits_.capacity()) * sizeof(int64_t);
  for (const auto& tuple : tuples_) {
    bytes += sizeof(tuple) + tuple.capacity() * sizeof(tuple.front());
  }
  auto total = static_cast<int64_t>(bytes) + folders_.MemoryBytes() + snapshot_ids_.MemoryBytes() +
               data_sequence_numbers_.MemoryBytes() + sort_orders_.MemoryBytes() +
               first_row_ids_.MemoryBytes() + tuple_order_.MemoryBytes();
  for (const auto* table : {&tuple_ranges_, &metrics_}) {
    for (const auto& [id, column] : table->columns) total += column.MemoryBytes();
  }
  return total;
}

}  // namespace artemis

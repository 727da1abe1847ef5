// The live data files of one manifest, column by column, so that a planner can judge all of them in a few sweeps
// (expr/range_sweep.h) and makes a DataFile only of those it keeps.
//
// A manifest is immutable, so an index is too, and may be kept for as long as there is memory.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <arrow/result.h>

#include "artemis/expr/range_order.h"
#include "artemis/expr/range_table.h"
#include "artemis/table/manifest_avro.h"

namespace artemis {

// Numbers of which a manifest mostly has one, kept once while they are all equal.
class RepeatedNumbers {
 public:
  void Append(int64_t value) {
    if (values_.empty() && count_ > 0 && value == first_) {
      ++count_;
    } else {
      AppendOther(value);
    }
  }
  int64_t At(size_t row) const { return values_.empty() ? first_ : values_[row]; }
  int64_t MemoryBytes() const { return static_cast<int64_t>(values_.capacity() * sizeof(int64_t)); }

 private:
  void AppendOther(int64_t value);

  size_t count_ = 0;
  int64_t first_ = 0;
  std::vector<int64_t> values_;
};

// Immutable once made by ReadFileIndex; threads may share it. Rows are the live entries in the manifest's order.
class FileIndex {
 public:
  const ManifestHeader& header() const { return header_; }
  size_t size() const { return record_counts_.size(); }

  // Of all files together.
  int64_t total_bytes() const { return total_bytes_; }

  int64_t record_count(size_t row) const { return record_counts_[row]; }
  int64_t file_size_bytes(size_t row) const { return file_sizes_[row]; }
  SnapshotId snapshot_id(size_t row) const { return SnapshotId(snapshot_ids_.At(row)); }
  SequenceNumber data_sequence_number(size_t row) const {
    return SequenceNumber(data_sequence_numbers_.At(row));
  }
  std::string path(size_t row) const;
  // The path in two pieces: what ends with its last slash, and what follows that. Views into the index.
  std::string_view folder(size_t row) const {
    return folder_of_[row] == 0 ? std::string_view() : folders_.At(folder_of_[row]);
  }
  std::string_view name(size_t row) const {
    const size_t begin = row == 0 ? 0 : name_ends_[row - 1];
    return std::string_view(names_).substr(begin, name_ends_[row] - begin);
  }
  // How many row groups the entry names; 0 when it does not say.
  size_t split_count(size_t row) const { return split_ends_[row] - SplitBegin(row); }

  // The partition tuples, and which one a file has. One that a writer encoded in two ways stands there twice.
  const std::vector<PartitionTuple>& tuples() const { return tuples_; }
  uint32_t tuple_of(size_t row) const { return tuple_of_[row]; }
  // All files of the tuple lie in these rows, from the first on and before the end; others may, too.
  struct RowSpan {
    uint32_t first, end;
  };
  const std::vector<RowSpan>& tuple_spans() const { return tuple_spans_; }
  // A row per tuple, a column per partition field (by its field id) whose type is known; bounds are the values themselves.
  const RangeTable& tuple_ranges() const { return tuple_ranges_; }
  // Its rows by value.
  const RangeOrder& tuple_order() const { return tuple_order_; }

  // A row per file, a column per field that was asked for.
  const RangeTable& metrics() const { return metrics_; }
  // Whether the metrics of the field were read (there may be none).
  bool Covers(FieldId id) const;

  // Everything of the entry but its metrics; Fill puts it into a file that is as a DataFile is made.
  DataFile File(size_t row) const;
  void Fill(size_t row, DataFile* file) const;

  int64_t MemoryBytes() const;

 private:
  friend class FileIndexSink;
  FileIndex() = default;
  size_t SplitBegin(size_t row) const { return row == 0 ? 0 : split_ends_[row - 1]; }

  ManifestHeader header_;
  TextDictionary folders_;
  std::vector<uint32_t> folder_of_;
  std::string names_;
  std::vector<uint32_t> name_ends_;
  std::vector<int64_t> record_counts_, file_sizes_;
  RepeatedNumbers snapshot_ids_, data_sequence_numbers_, sort_orders_, first_row_ids_;
  std::vector<uint32_t> split_ends_;
  std::vector<int64_t> splits_;
  std::vector<PartitionTuple> tuples_;
  std::vector<uint32_t> tuple_of_;
  std::vector<RowSpan> tuple_spans_;
  int64_t total_bytes_ = 0;
  RangeTable tuple_ranges_, metrics_;
  RangeOrder tuple_order_;
  std::vector<FieldId> covered_;  // sorted
  // Members that next to no file has.
  std::map<uint32_t, std::string> formats_, key_metadata_;
};

struct FileIndexOptions {
  // The fields whose metrics are wanted, with the types their bounds are read as (primitive).
  std::vector<Field> fields;
  // As in ReadManifestOptions.
  const Schema* partition_schema = nullptr;
  // More than one: a second thread decompresses while this one decodes.
  int threads = 1;
  // Every entry is decoded by the plan of its schema, none by the walk for the usual layout (entry_walk.h), which is tested against it.
  bool by_plan_only = false;
};

// Reads a data manifest; errors are those of ReadManifest. LimitExceeded: more than 2^32 - 1 bytes of names.
arrow::Result<std::shared_ptr<const FileIndex>> ReadFileIndex(std::string_view bytes,
                                                              const ManifestFile& file,
                                                              const FileIndexOptions& options);

}  // namespace artemis

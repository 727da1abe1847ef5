// Fills a FileIndex from what a decode plan finds. Part of manifest_avro_reader.cc.
#pragma once

#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "artemis/table/entry_facts.h"
#include "artemis/table/file_index.h"
#include "artemis/table/tuple_decoder.h"

namespace artemis {

// What an index needs of an entry; `keys` restricts the metrics and must outlive what is compiled.
std::vector<AvroWanted> WantedOfIndex(const AvroKeyFilter* keys);

// A partition is taken as it is encoded, and decoded once for all entries with the same bytes. Not thread-safe.
class FileIndexSink final {
 public:
  // Behind those of EntryFacts; all maps share the one of their keys.
  enum Slot : int {
    kTupleSlot = kEntrySlotsEnd,
    kKeySlot,
    kFirstCountSlot,  // values, nulls, NaNs
    kFirstBoundSlot = kFirstCountSlot + 3
  };

  // All but `fields` must outlive the sink; `partition_type` is a struct without fields where it is not known.
  FileIndexSink(const ManifestFile& file, const ManifestHeader& header, const TupleDecoder& decoder,
                const Type& partition_type, const std::vector<Field>& fields);

  // Makes room for so many entries and bytes of names; more may come.
  void Reserve(size_t entries, size_t name_bytes);

  // The calls of an AvroSink.
  void BeginRecord() {
    facts_.Clear();
    for (Scratch& scratch : scratch_) scratch.seen = false;
    tuple_bytes_ = {};
    current_ = nullptr;
  }
  [[gnu::always_inline]] void OnLong(int slot, int64_t value) {
    if (facts_.TakeLong(slot, value)) return;
    if (slot == kKeySlot) {
      current_ = Locate(value);
    } else if (current_ != nullptr) {
      current_->counts[static_cast<size_t>(slot - kFirstCountSlot)] = value;
    }
  }
  void OnFloat(int, float) {}
  void OnDouble(int, double) {}
  [[gnu::always_inline]] void OnBytes(int slot, std::string_view value) {
    if (facts_.TakeBytes(slot, value)) return;
    if (slot == kTupleSlot) {
      tuple_bytes_ = value;
    } else if (current_ != nullptr) {
      const auto side = static_cast<size_t>(slot - kFirstBoundSlot);
      current_->bounds[side] = value;
      current_->has_bound[side] = true;
    }
  }
  void OnElement(int) {}
  arrow::Status EndRecord();

  int64_t entries_seen() const { return rules_.entries_seen(); }
  // Of the entry before; empty where there is none, or none live.
  std::string_view last_tuple_bytes() const { return last_tuple_bytes_; }

  std::shared_ptr<const FileIndex> Finish();

 private:
  // What the maps say of one field in the record at hand; nothing unless it was seen.
  struct Scratch {
    bool seen = false;
    std::array<bool, 2> has_bound = {};
    std::array<int64_t, 3> counts = {-1, -1, -1};
    std::array<std::string_view, 2> bounds;
  };

  Scratch* Locate(int64_t field_id) {
    if (static_cast<uint64_t>(field_id) >= scratch_of_field_.size()) return nullptr;
    const int16_t at = scratch_of_field_[static_cast<size_t>(field_id)];
    if (at < 0) return nullptr;
    Scratch& scratch = scratch_[static_cast<size_t>(at)];
    if (!scratch.seen) {
      scratch.seen = true;
      scratch.has_bound = {};
      scratch.counts = {-1, -1, -1};
    }
    return &scratch;
  }
  arrow::Result<uint32_t> TupleNumber();
  void AddTuple(PartitionTuple tuple);
  // How much of the path is its folder.
  size_t FolderBytes(std::string_view path);
  arrow::Status AddFile();
  void AddMetrics();

  const TupleDecoder& decoder_;
  const Type& partition_type_;
  EntryRules rules_;
  std::shared_ptr<FileIndex> index_;
  std::vector<RangeColumn*> columns_;        // by position in scratch_
  std::vector<RangeColumn*> tuple_columns_;  // by partition field; null where its type says nothing
  std::vector<int16_t> scratch_of_field_;    // by field id; -1: not wanted

  // Of the record being read.
  EntryFacts facts_;
  std::vector<Scratch> scratch_;
  Scratch* current_ = nullptr;
  std::string_view tuple_bytes_;

  // Of the one before.
  std::string last_tuple_bytes_, last_folder_;
  uint32_t last_tuple_ = 0, last_folder_number_ = 0;
  size_t expected_ = 0, expected_name_bytes_ = 0;
  TextDictionary tuple_numbers_;
};

}  // namespace artemis

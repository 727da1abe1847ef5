// Fills a FileIndex from what a decode plan finds. Part of manifest_avro_reader.cc.
#pragma once

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
  // All but `fields` must outlive the sink; `partition_type` is a struct without fields where it is not known.
  FileIndexSink(const ManifestFile& file, const ManifestHeader& header, const TupleDecoder& decoder,
                const Type& partition_type, const std::vector<Field>& fields);

  // The calls of an AvroSink.
  void BeginRecord() {
    facts_.Clear();
    for (Scratch& scratch : scratch_) scratch.seen = false;
    tuple_bytes_ = {};
    current_ = nullptr;
  }
  void OnLong(int slot, int64_t value);
  void OnFloat(int, float) {}
  void OnDouble(int, double) {}
  void OnBytes(int slot, std::string_view value);
  void OnElement(int) {}
  arrow::Status EndRecord();

  int64_t entries_seen() const { return rules_.entries_seen(); }

  std::shared_ptr<const FileIndex> Finish();

 private:
  // What the maps say of one field in the record at hand.
  struct Scratch {
    bool seen = false, has_lower = false, has_upper = false;
    int64_t value_count = -1, null_count = -1, nan_count = -1;
    std::string_view lower, upper;
  };

  Scratch* Locate(int64_t field_id);
  arrow::Result<uint32_t> TupleNumber();
  arrow::Status AddTuple(PartitionTuple tuple);
  uint32_t FolderNumber(std::string_view folder);
  arrow::Status AddFile();
  void AddMetrics();

  const TupleDecoder& decoder_;
  const Type& partition_type_;
  EntryRules rules_;
  std::shared_ptr<FileIndex> index_;
  std::vector<RangeColumn*> columns_;      // by position in scratch_
  std::vector<int16_t> scratch_of_field_;  // by field id; -1: not wanted

  // Of the record being read.
  EntryFacts facts_;
  std::vector<Scratch> scratch_;
  Scratch* current_ = nullptr;
  std::string_view tuple_bytes_;

  // Of the one before.
  std::string last_tuple_bytes_, last_folder_;
  uint32_t last_tuple_ = 0, last_folder_number_ = 0;
  TextDictionary tuple_numbers_;
};

}  // namespace artemis

// Fills a FileIndex from what a decode plan finds. Part of manifest_avro_reader.cc.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "artemis/table/file_index.h"
#include "artemis/table/manifest_entry_sink.h"

namespace artemis {

// What an index needs of an entry; `keys` restricts the metrics and must outlive what is compiled.
std::vector<AvroWanted> WantedOfIndex(const PartitionSpec& spec,
                                      const std::vector<AvroValueReader>& partition,
                                      const AvroKeyFilter* keys);

// The checks and the inheritance of an entry are those of ManifestEntrySink, which sees all but metrics and tuple.
// Not thread-safe.
class FileIndexSink : public ManifestEntrySink {
 public:
  // All must outlive the sink; `partition_type` is a struct without fields where it is not known.
  FileIndexSink(const ManifestFile& file, const ManifestHeader& header,
                const std::vector<AvroValueReader>& partition, const Type& partition_type,
                const std::vector<Field>& fields);

  void BeginRecord() override;
  void OnLong(int slot, int64_t value) override;
  void OnFloat(int slot, float value) override;
  void OnDouble(int slot, double value) override;
  void OnBytes(int slot, std::string_view value) override;
  arrow::Status EndRecord() override;

  std::shared_ptr<const FileIndex> Finish();

 private:
  // What the maps say of one field in the record at hand.
  struct Scratch {
    int64_t value_count = -1, null_count = -1, nan_count = -1;
    std::string_view lower, upper;
    bool has_lower = false, has_upper = false, seen = false;
  };
  // A partition value as the file has it; bytes are seen as long as the record is.
  struct RawValue {
    enum class Kind : uint8_t { kNull, kLong, kFloat, kDouble, kBytes } kind = Kind::kNull;
    int64_t whole = 0;
    double floating = 0;
    std::string_view bytes;
  };

  Scratch* Locate(int64_t field_id);
  bool IsTupleSlot(int slot) const { return slot >= kPartitionSlots; }
  RawValue& TupleValue(int slot) { return tuple_[static_cast<size_t>(slot - kPartitionSlots)]; }
  arrow::Result<uint32_t> TupleNumber();
  arrow::Status AddTuple();
  std::optional<LiteralValue> Literal(size_t field) const;
  arrow::Status AddFile(const ManifestEntry& entry);
  void AddMetrics();

  const std::vector<AvroValueReader>& partition_;
  const Type& partition_type_;
  std::shared_ptr<FileIndex> index_;
  std::vector<RangeColumn*> columns_;      // by position in scratch_
  std::vector<int16_t> scratch_of_field_;  // by field id; -1: not wanted
  std::vector<Scratch> scratch_;
  Scratch* current_ = nullptr;
  std::vector<RawValue> tuple_;
  std::string tuple_key_, last_key_;
  uint32_t last_tuple_ = 0;
  TextDictionary tuple_keys_;
};

}  // namespace artemis

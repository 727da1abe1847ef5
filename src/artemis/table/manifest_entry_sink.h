// Makes manifest entries from what a decode plan finds. Part of manifest_avro_reader.cc.
#pragma once

#include <string_view>
#include <vector>

#include "artemis/avro/decode_plan.h"
#include "artemis/table/avro_value.h"
#include "artemis/table/manifest_avro.h"
#include "artemis/table/metrics_builder.h"

namespace artemis {

// Slots from here on are the partition's fields, in the spec's order; below, slots are field ids.
inline constexpr int kPartitionSlots = 10'000;

// Everything of an entry; `keys` (may be null: all) restricts the metrics and must outlive what is compiled.
std::vector<AvroWanted> WantedOfEntries(const PartitionSpec& spec,
                                        const std::vector<AvroValueReader>& partition,
                                        const AvroKeyFilter* keys);

// Collects entries: inherits from the manifest's row in the list, checks what the specification requires
// (Invalid). Not thread-safe.
class ManifestEntrySink : public AvroSink {
 public:
  // All must outlive the sink.
  ManifestEntrySink(const ManifestFile& file, const ManifestHeader& header,
                    const std::vector<AvroValueReader>& partition, bool live_only);

  void BeginRecord() override;
  void OnLong(int slot, int64_t value) override;
  void OnFloat(int slot, float value) override;
  void OnDouble(int slot, double value) override;
  void OnBytes(int slot, std::string_view value) override;
  arrow::Status EndRecord() override;

  std::vector<ManifestEntry> entries;
  // Entries seen, those left out by live_only among them.
  int64_t entries_seen() const { return entries_seen_; }

 private:
  void OnMetricLong(int slot, int64_t value);
  void OnPartitionValue(int slot, std::optional<LiteralValue> value);
  arrow::Status CheckEntry() const;
  arrow::Status InheritSequenceNumbers();
  void InheritRowId();

  const ManifestFile& file_;
  const ManifestHeader& header_;
  const std::vector<AvroValueReader>& partition_;
  const bool live_only_;
  int64_t entries_seen_ = 0;
  std::optional<int64_t> next_row_id_;

  // Of the record being read.
  ManifestEntry* entry_ = nullptr;
  MetricsBuilder metrics_;
  ColumnMetrics* column_ = nullptr;
  int64_t status_ = 0, content_ = 0;
  bool has_status_ = false, has_record_count_ = false, has_file_size_ = false;
  bool has_snapshot_id_ = false, has_wrong_value_ = false;
  std::optional<int64_t> sequence_number_, file_sequence_number_;
};

}  // namespace artemis

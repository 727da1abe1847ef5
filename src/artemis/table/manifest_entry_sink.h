// Makes manifest entries from what a decode plan finds. Part of manifest_avro_reader.cc.
#pragma once

#include <string_view>
#include <vector>

#include "artemis/avro/decode_plan.h"
#include "artemis/table/avro_value.h"
#include "artemis/table/entry_facts.h"
#include "artemis/table/manifest_avro.h"
#include "artemis/table/metrics_builder.h"

namespace artemis {

// Slots from here on are the partition's fields, in the spec's order; below, slots are those of EntryFacts, and field ids.
inline constexpr int kPartitionSlots = 10'000;

// Everything of an entry; `keys` (may be null: all) restricts the metrics and must outlive what is compiled.
std::vector<AvroWanted> WantedOfEntries(const PartitionSpec& spec,
                                        const std::vector<AvroValueReader>& partition,
                                        const AvroKeyFilter* keys);

// Collects entries. Not thread-safe.
class ManifestEntrySink final {
 public:
  // All must outlive the sink.
  ManifestEntrySink(const ManifestFile& file, const ManifestHeader& header,
                    const std::vector<AvroValueReader>& partition, bool live_only)
      : header_(header), partition_(partition), live_only_(live_only), rules_(file, header) {}

  // The calls of an AvroSink.
  void BeginRecord();
  void OnLong(int slot, int64_t value);
  void OnFloat(int slot, float value);
  void OnDouble(int slot, double value);
  void OnBytes(int slot, std::string_view value);
  void OnElement(int) {}
  arrow::Status EndRecord();

  std::vector<ManifestEntry> entries;
  // Entries seen, those left out by live_only among them.
  int64_t entries_seen() const { return rules_.entries_seen(); }

 private:
  void OnMetricLong(int slot, int64_t value);
  void OnPartitionValue(int slot, std::optional<LiteralValue> value);
  void SetFacts();

  const ManifestHeader& header_;
  const std::vector<AvroValueReader>& partition_;
  const bool live_only_;
  EntryRules rules_;

  // Of the record being read.
  ManifestEntry* entry_ = nullptr;
  EntryFacts facts_;
  MetricsBuilder metrics_;
  ColumnMetrics* column_ = nullptr;
  bool has_wrong_value_ = false;
};

}  // namespace artemis

// Sums over the live entries of a snapshot.
#include "artemis/cli/table_sizes.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <string>
#include <utility>

#include "artemis/cli/manifest_facts.h"
#include "artemis/io/file_system.h"
#include "artemis/scan/scan_plan.h"
#include "artemis/table/manifest_avro.h"

namespace artemis {

namespace {

constexpr char kTargetProperty[] = "write.target-file-size-bytes";
constexpr int64_t kTargetDefault = int64_t{512} << 20;

int64_t SmallBytes(const TableMetadata& metadata) {
  int64_t target = kTargetDefault;
  if (const auto found = metadata.properties.find(kTargetProperty);
      found != metadata.properties.end()) {
    const auto& text = found->second;
    int64_t value = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
    if (parsed.ec == std::errc() && value > 0) target = value;
  }
  return target / 4 * 3;
}

}  // namespace

void FileSizes::Add(const DataFile& file, int64_t small_bytes) {
  if (file.content == FileContent::kData) {
    ++data_files;
    rows += file.record_count;
    data_bytes += file.file_size_bytes;
    if (file.file_size_bytes < small_bytes) ++small_files;
    return;
  }
  ++delete_files;
  deletes += file.record_count;
  delete_bytes += file.content_size_bytes.value_or(file.file_size_bytes);
}

arrow::Result<TableSizes> MeasureTable(const TableView& view, FileSystem& files) {
  const TableMetadata& metadata = *view.metadata;
  TableSizes sizes;
  sizes.small_bytes = SmallBytes(metadata);
  std::map<std::pair<SpecId, std::string>, PartitionSizes> partitions;
  ReadManifestOptions read;
  read.live_only = true;
  read.metrics_for = std::vector<FieldId>();
  read.partition_schema = view.schema.get();
  ARROW_ASSIGN_OR_RAISE(const auto manifests, ListManifests(view, files));
  for (const auto& listed : manifests) {
    ARROW_ASSIGN_OR_RAISE(const auto bytes, files.ReadAll(listed.path, kManifestBytesMax));
    ARROW_ASSIGN_OR_RAISE(const auto manifest, ReadManifest(bytes, listed, read));
    for (const auto& entry : manifest.entries) {
      sizes.all.Add(entry.file, sizes.small_bytes);
      const PartitionSpec* spec = metadata.FindSpec(entry.file.spec_id);
      const std::string text =
          spec == nullptr
              ? ""
              : PartitionFact(*spec, metadata.CurrentSchema(), entry.file.partition).text();
      auto& partition = partitions[{entry.file.spec_id, text}];
      partition.spec_id = entry.file.spec_id;
      partition.partition = entry.file.partition;
      partition.sizes.Add(entry.file, sizes.small_bytes);
      if (const Snapshot* added = metadata.FindSnapshot(entry.snapshot_id); added != nullptr) {
        partition.last_added =
            std::max(partition.last_added.value_or(added->timestamp), added->timestamp);
      }
    }
  }
  for (auto& [key, partition] : partitions) sizes.partitions.push_back(std::move(partition));
  return sizes;
}

}  // namespace artemis

// Makes entries partition by partition, and manifests of them.
#include "artemis/synth/metadata_table.h"

#include <algorithm>
#include <map>
#include <numeric>

#include "artemis/base/calendar.h"
#include "artemis/base/error.h"
#include "artemis/base/parallel_for.h"
#include "artemis/base/uuid.h"
#include "artemis/io/file_system.h"
#include "artemis/schema/arrow_schema.h"
#include "artemis/schema/literal.h"
#include "artemis/synth/channels.h"
#include "artemis/synth/missions.h"
#include "artemis/synth/random.h"
#include "artemis/synth/telemetry.h"
#include "artemis/table/manifest_avro.h"
#include "artemis/table/update.h"

namespace artemis {

namespace {

constexpr int64_t kRowsPerFile = 1'000'000;
constexpr SnapshotId kOnlySnapshot{1'000'000'001};

// The place of the channel at a fraction of the way through the payloads.
size_t ChannelAt(double fraction) { return static_cast<size_t>(fraction * (kChannelCount - 1)); }

// The first and the last kind, by their bytes, of the channels from one place to another.
std::pair<std::string_view, std::string_view> KindsBetween(size_t first, size_t last) {
  const auto channels = TelemetryChannels().subspan(first, last - first + 1);
  const auto kinds = std::minmax_element(
      channels.begin(), channels.end(),
      [](const auto& a, const auto& b) { return a.sensor_kind < b.sensor_kind; });
  return {kinds.first->sensor_kind, kinds.second->sensor_kind};
}

// The bounds of one file, as fractions of what its partition spans.
struct Span {
  double begin;
  double end;
};

class EntryMaker {
 public:
  EntryMaker(const TableMetadata& metadata, const MetadataTableOptions& options)
      : metadata_(metadata), options_(options) {}

  int64_t partitions() const { return int64_t{options_.missions} * options_.days; }

  // The number of the file in its partition and the partition's own decide everything.
  ManifestEntry Make(int64_t file_number) const {
    const int64_t partition = file_number % partitions();
    const int64_t part = file_number / partitions();
    const int64_t parts = (options_.files - partition + partitions() - 1) / partitions();
    const std::string mission = MissionName(static_cast<int32_t>(partition / options_.days));
    const auto day = static_cast<int32_t>(options_.first_day.time_since_epoch().count() +
                                          partition % options_.days);
    ManifestEntry entry;
    entry.status = EntryStatus::kAdded;
    entry.snapshot_id = kOnlySnapshot;
    DataFile& file = entry.file;
    file.spec_id = metadata_.default_spec_id;
    file.partition = {LiteralValue(mission), LiteralValue(day)};
    file.path = PathOf(file.partition, file_number);
    SynthRandom random(SynthHash(options_.seed, static_cast<uint64_t>(file_number)));
    file.record_count = kRowsPerFile + random.Between(-1000, 1000);
    file.file_size_bytes = file.record_count * 11 + random.Between(0, 1'000'000);
    file.split_offsets = {4};
    file.metrics = MetricsOf(mission, day, PartOf(part, parts, random), file.record_count, random);
    return entry;
  }

 private:
  Span PartOf(int64_t part, int64_t parts, SynthRandom& random) const {
    if (!options_.clustered_files) {
      return {static_cast<double>(random.Between(0, 20)) / 1000,
              1 - static_cast<double>(random.Between(0, 20)) / 1000};
    }
    const auto count = static_cast<double>(parts);
    return {static_cast<double>(part) / count, static_cast<double>(part + 1) / count};
  }

  std::string PathOf(const PartitionTuple& tuple, int64_t file_number) const {
    const auto name = std::to_string(file_number);
    return metadata_.location + "/data/mission_id=" + std::get<std::string>(*tuple[0]) +
           "/day=" + std::to_string(std::get<int32_t>(*tuple[1])) + "/" +
           std::string(8 - std::min<size_t>(8, name.size()), '0') + name + "-" +
           std::to_string(SynthHash(options_.seed, static_cast<uint64_t>(file_number), 7)) +
           ".parquet";
  }

  static ColumnMetrics Column(const Field& field, int64_t rows, const LiteralValue& lower,
                              const LiteralValue& upper) {
    ColumnMetrics column;
    column.field_id = field.id;
    column.column_size_bytes = rows;
    column.value_count = rows;
    column.null_count = 0;
    if (field.type.kind == TypeKind::kDouble) column.nan_count = 0;
    column.lower_bound = ToBytes(field.type, lower);
    column.upper_bound = ToBytes(field.type, upper);
    return column;
  }

  // A range of `span` of [low, high], moved a little.
  static std::pair<double, double> Range(Span span, double low, double high, SynthRandom& random) {
    const double step = (high - low) / 1000;
    const auto jitter = [&] { return static_cast<double>(random.Between(0, 5)) * step; };
    return {low + (high - low) * span.begin + jitter(), low + (high - low) * span.end - jitter()};
  }

  FileMetrics MetricsOf(const std::string& mission, int32_t day, Span part, int64_t rows,
                        SynthRandom& random) const {
    const auto& fields = metadata_.CurrentSchema().fields;
    const Span all{0, 1};
    const int64_t midnight = int64_t{day} * kMicrosPerDay;
    const auto at = [&](double fraction) {
      return midnight + static_cast<int64_t>(fraction * (kMicrosPerDay - 1));
    };
    const size_t first_channel = ChannelAt(part.begin), last_channel = ChannelAt(part.end);
    const auto kinds = KindsBetween(first_channel, last_channel);
    FileMetrics metrics;
    for (const auto& field : fields) {
      if (field.name == "sample_timestamp_ns") {
        // Payloads are what files are clustered by; each holds the whole day.
        metrics.push_back(Column(field, rows, at(0.0001), at(0.9999)));
      } else if (field.name == "mission_id") {
        metrics.push_back(Column(field, rows, mission, mission));
      } else if (field.name == "payload_id") {
        metrics.push_back(Column(field, rows,
                                 int64_t{TelemetryChannels()[first_channel].payload_id},
                                 int64_t{TelemetryChannels()[last_channel].payload_id}));
      } else if (field.name == "sensor_kind") {
        metrics.push_back(Column(field, rows, std::string(kinds.first), std::string(kinds.second)));
      } else if (field.type.kind == TypeKind::kDouble) {
        const auto [low, high] = Range(all, -40, 120, random);
        metrics.push_back(Column(field, rows, low, high));
      } else if (field.type.kind == TypeKind::kLong) {
        const int64_t first = random.Between(0, 1 << 23);
        metrics.push_back(Column(field, rows, first, first + rows));
      } else if (field.type.kind == TypeKind::kInt) {
        metrics.push_back(Column(field, rows, int32_t{0}, int32_t{3}));
      } else {
        const std::string text = field.name.substr(0, 8) + std::to_string(random.Between(0, 999));
        metrics.push_back(Column(field, rows, text + "a", text + "z"));
      }
    }
    return metrics;
  }

  const TableMetadata& metadata_;
  const MetadataTableOptions& options_;
};

// Which files, in which order: neighbours together, or as they came.
std::vector<int64_t> FileOrder(const MetadataTableOptions& options, int64_t partitions) {
  std::vector<int64_t> order(static_cast<size_t>(options.files));
  std::iota(order.begin(), order.end(), 0);
  if (options.clustered_manifests) {
    std::stable_sort(order.begin(), order.end(),
                     [&](int64_t a, int64_t b) { return a % partitions < b % partitions; });
    return order;
  }
  std::sort(order.begin(), order.end(), [&](int64_t a, int64_t b) {
    return std::pair(SynthHash(options.seed, static_cast<uint64_t>(a)), a) <
           std::pair(SynthHash(options.seed, static_cast<uint64_t>(b)), b);
  });
  return order;
}

arrow::Result<TableMetadata> EmptyTable(Catalog& catalog, const TableName& name) {
  NewTable table;
  table.location = catalog.DefaultLocation(name);
  ARROW_ASSIGN_OR_RAISE(auto schema, SchemaFromArrow(*CanonicalTelemetrySchema()));
  table.schema = AssignFreshIds(std::move(schema));
  ARROW_ASSIGN_OR_RAISE(
      table.spec, ParsePartitionSpec("mission_id, day(sample_timestamp_ns) as day", table.schema));
  return MakeTableMetadata(table, catalog.clock().Now());
}

arrow::Result<std::vector<ManifestFile>> WriteManifests(const TableMetadata& metadata,
                                                        const MetadataTableOptions& options,
                                                        FileSystem& files) {
  const EntryMaker maker(metadata, options);
  const auto order = FileOrder(options, maker.partitions());
  const auto per_manifest = static_cast<size_t>(options.files_per_manifest);
  std::vector<ManifestFile> manifests((order.size() + per_manifest - 1) / per_manifest);
  const std::string uuid = RandomUuid();
  WriteManifestOptions write;
  write.snapshot_id = kOnlySnapshot;
  write.codec = options.codec;
  write.codec_level = options.codec_level;
  ARROW_RETURN_NOT_OK(ParallelFor(manifests.size(), 2, [&](size_t i) -> arrow::Status {
    std::vector<ManifestEntry> entries;
    const size_t end = std::min(order.size(), (i + 1) * per_manifest);
    ARROW_RETURN_NOT_OK(options.stop.Poll());
    for (size_t at = i * per_manifest; at < end; ++at) entries.push_back(maker.Make(order[at]));
    const std::string path =
        metadata.location + "/metadata/" + uuid + "-m" + std::to_string(i) + ".avro";
    ARROW_ASSIGN_OR_RAISE(auto written, WriteManifest(path, metadata.CurrentSchema(),
                                                      metadata.DefaultSpec(), entries, write));
    ARROW_RETURN_NOT_OK(files.WriteNew(path, written.bytes));
    manifests[i] = std::move(written.file);
    return arrow::Status::OK();
  }));
  return manifests;
}

std::map<std::string, std::string> SummaryOf(const std::vector<ManifestFile>& manifests,
                                             const MetadataTableOptions& options) {
  const std::string files = std::to_string(options.files);
  const std::string rows =
      std::to_string(std::accumulate(manifests.begin(), manifests.end(), int64_t{0},
                                     [](int64_t sum, const ManifestFile& manifest) {
                                       return sum + manifest.added_rows.value_or(0);
                                     }));
  return {{"operation", "append"},      {"added-data-files", files}, {"added-records", rows},
          {"total-data-files", files},  {"total-records", rows},     {"total-delete-files", "0"},
          {"artemis.synthetic", "true"}};
}

arrow::Status CheckNameIsFree(Catalog& catalog, const TableName& name) {
  ARROW_RETURN_NOT_OK(CheckTableName(name));
  ARROW_ASSIGN_OR_RAISE(const auto taken, catalog.ListTables(name.Namespace()));
  if (std::find(taken.begin(), taken.end(), name) == taken.end()) return arrow::Status::OK();
  return arrow::Status::AlreadyExists("table ", name.ToString(), " exists");
}

}  // namespace

arrow::Status CheckMetadataTableOptions(const MetadataTableOptions& options) {
  const auto check = [](const char* name, int64_t value, int64_t least, int64_t most) {
    if (value >= least && value <= most) return arrow::Status::OK();
    return arrow::Status::Invalid(name, " must be ", least, " to ", most, ", found ", value);
  };
  ARROW_RETURN_NOT_OK(check("files", options.files, 1, 100'000'000));
  ARROW_RETURN_NOT_OK(check("missions", options.missions, 1, 1000));
  ARROW_RETURN_NOT_OK(check("days", options.days, 1, 3650));
  ARROW_RETURN_NOT_OK(check("files per manifest", options.files_per_manifest, 1, 1'000'000));
  constexpr std::chrono::sys_days kEnd{std::chrono::year{2262} / 1 / 1};
  return check("first day, in days since 1970-01-01,", options.first_day.time_since_epoch().count(),
               0, kEnd.time_since_epoch().count() - options.days);
}

arrow::Result<LoadedTable> MakeMetadataTable(Catalog& catalog, const TableName& name,
                                             const MetadataTableOptions& options) {
  ARROW_RETURN_NOT_OK(CheckMetadataTableOptions(options));
  ARROW_RETURN_NOT_OK(CheckNameIsFree(catalog, name));
  ARROW_ASSIGN_OR_RAISE(auto metadata, EmptyTable(catalog, name));
  FileSystem& files = catalog.files();
  ARROW_RETURN_NOT_OK(files.CreateFolders(metadata.location + "/metadata"));
  ARROW_ASSIGN_OR_RAISE(const auto manifests, WriteManifests(metadata, options, files));
  ARROW_ASSIGN_OR_RAISE(const auto list,
                        WriteManifestList(manifests, 2, kOnlySnapshot, {}, SequenceNumber(1)));
  Snapshot snapshot;
  snapshot.id = kOnlySnapshot;
  snapshot.sequence_number = SequenceNumber(1);
  snapshot.timestamp = NextSnapshotTime(metadata, catalog.clock().Now());
  snapshot.manifest_list = metadata.location + "/metadata/snap-" + ToString(kOnlySnapshot) + "-1-" +
                           RandomUuid() + ".avro";
  snapshot.schema_id = metadata.current_schema_id;
  snapshot.summary = SummaryOf(manifests, options);
  ARROW_RETURN_NOT_OK(files.WriteNew(snapshot.manifest_list, list));
  ARROW_RETURN_NOT_OK(files.SyncFolder(metadata.location + "/metadata"));
  ARROW_ASSIGN_OR_RAISE(metadata, AddSnapshot(std::move(metadata), std::move(snapshot)));
  return catalog.Create(name, std::move(metadata), {"create", options.author});
}

}  // namespace artemis

// Reads table metadata: gunzip, one simdjson tree, then each member into its place.
#include <algorithm>
#include <memory>

#include <libdeflate.h>

#include "artemis/base/error.h"
#include "artemis/base/parallel_for.h"
#include "artemis/schema/schema_json.h"
#include "artemis/table/dom_members.h"
#include "artemis/table/format_version.h"
#include "artemis/table/metadata_json.h"

namespace artemis {

namespace {

constexpr size_t kMetadataTextMax = kMetadataTextBytesMax;
constexpr size_t kSnapshotsPerCall = 1000;
constexpr const char* kCarriedMembers[] = {"statistics", "partition-statistics", "encryption-keys"};

bool IsGzip(std::string_view bytes) { return bytes.starts_with("\x1f\x8b"); }

// The last four bytes of a gzip file are its raw size modulo 2^32: a first guess. Deflate makes at most 1,032 bytes of one, so that
// a short file cannot claim a gigabyte.
size_t GzipSizeHint(std::string_view bytes) {
  const size_t size_max = std::min(bytes.size() * 1'032, kMetadataTextMax);
  size_t size = 0;
  for (size_t i = 1; bytes.size() >= 18 && i <= 4; ++i) {
    size = size << 8 | static_cast<uint8_t>(bytes[bytes.size() - i]);
  }
  return std::clamp(size, std::min(bytes.size(), size_max), size_max);
}

arrow::Result<std::string> Gunzip(std::string_view bytes) {
  const std::unique_ptr<libdeflate_decompressor, void (*)(libdeflate_decompressor*)> inflater(
      libdeflate_alloc_decompressor(), libdeflate_free_decompressor);
  if (inflater == nullptr) return arrow::Status::OutOfMemory("gunzip");
  std::string text(GzipSizeHint(bytes), '\0');
  while (true) {
    size_t size = 0;
    const auto result = libdeflate_gzip_decompress(inflater.get(), bytes.data(), bytes.size(),
                                                   text.data(), text.size(), &size);
    if (result == LIBDEFLATE_SUCCESS) {
      text.resize(size);
      return text;
    }
    if (result != LIBDEFLATE_INSUFFICIENT_SPACE) return arrow::Status::Invalid("broken gzip");
    if (text.size() >= kMetadataTextMax) return LimitExceededError("over 1 GiB of text");
    text.resize(std::min(std::max<size_t>(text.size() * 2, 4096), kMetadataTextMax));
  }
}

arrow::Result<Snapshot> ReadSnapshot(JsonElement json, int32_t format_version) {
  Snapshot snapshot;
  ARROW_ASSIGN_OR_RAISE(const int64_t id, RequireInt64(json, "snapshot-id"));
  snapshot.id = SnapshotId(id);
  ARROW_ASSIGN_OR_RAISE(const auto parent, OptionalInt64(json, "parent-snapshot-id"));
  if (parent && *parent != -1) snapshot.parent_id = SnapshotId(*parent);
  ARROW_ASSIGN_OR_RAISE(const auto sequence, OptionalInt64(json, "sequence-number"));
  if (format_version > 1) snapshot.sequence_number = SequenceNumber(sequence.value_or(0));
  ARROW_ASSIGN_OR_RAISE(const int64_t time, RequireInt64(json, "timestamp-ms"));
  snapshot.timestamp = TimestampMs(time);
  ARROW_ASSIGN_OR_RAISE(auto list, OptionalString(json, "manifest-list"));
  snapshot.manifest_list = std::move(list).value_or("");
  ARROW_ASSIGN_OR_RAISE(const auto manifests, OptionalArray(json, "manifests"));
  for (JsonElement manifest : manifests.value_or(std::vector<JsonElement>())) {
    std::string_view path;
    if (manifest.get(path) != simdjson::SUCCESS) {
      return arrow::Status::Invalid("expected 'manifests' of snapshot ", id, " to hold strings");
    }
    snapshot.embedded_manifests.emplace_back(path);
  }
  ARROW_ASSIGN_OR_RAISE(snapshot.summary, OptionalStringMap(json, "summary"));
  ARROW_ASSIGN_OR_RAISE(const auto schema_id, OptionalInt32(json, "schema-id"));
  if (schema_id) snapshot.schema_id = SchemaId(*schema_id);
  ARROW_ASSIGN_OR_RAISE(snapshot.first_row_id, OptionalInt64(json, "first-row-id"));
  ARROW_ASSIGN_OR_RAISE(snapshot.added_rows, OptionalInt64(json, "added-rows"));
  ARROW_ASSIGN_OR_RAISE(snapshot.key_id, OptionalString(json, "key-id"));
  return snapshot;
}

arrow::Result<SnapshotRef> ReadRef(JsonElement json) {
  SnapshotRef ref;
  ARROW_ASSIGN_OR_RAISE(const int64_t id, RequireInt64(json, "snapshot-id"));
  ref.snapshot_id = SnapshotId(id);
  ARROW_ASSIGN_OR_RAISE(const std::string kind, RequireString(json, "type"));
  if (kind != "branch" && kind != "tag") {
    return arrow::Status::Invalid("expected a ref of type branch or tag, found '", kind, "'");
  }
  ref.kind = kind == "tag" ? SnapshotRef::Kind::kTag : SnapshotRef::Kind::kBranch;
  ARROW_ASSIGN_OR_RAISE(ref.min_snapshots_to_keep, OptionalInt32(json, "min-snapshots-to-keep"));
  ARROW_ASSIGN_OR_RAISE(ref.max_snapshot_age_ms, OptionalInt64(json, "max-snapshot-age-ms"));
  ARROW_ASSIGN_OR_RAISE(ref.max_ref_age_ms, OptionalInt64(json, "max-ref-age-ms"));
  return ref;
}

// The elements of a list that the reader may keep.
arrow::Result<std::optional<std::vector<JsonElement>>> LimitedArray(JsonElement object,
                                                                    const char* key) {
  const auto member = FindJson(object, key);
  simdjson::dom::array array;
  const bool is_array = member && member->get(array) == simdjson::SUCCESS;
  if (is_array && array.begin() != array.end()) {
    // simdjson counts up to 0xFFFFFF, which is over the limit.
    if (static_cast<int64_t>(array.size()) > kMetadataItemsMax) {
      return LimitExceededError("member '" + std::string(key) + "' holds more than " +
                                std::to_string(kMetadataItemsMax) + " items");
    }
  }
  return OptionalArray(object, key);
}

class MetadataReader {
 public:
  explicit MetadataReader(JsonElement root) : root_(root) {}

  arrow::Result<TableMetadata> Read() {
    ARROW_ASSIGN_OR_RAISE(metadata_.format_version, RequireInt32(root_, "format-version"));
    if (metadata_.format_version > kFormatVersionMax) {
      return arrow::Status::NotImplemented("format-version ", metadata_.format_version,
                                           " is newer than ", kFormatVersionMax);
    }
    ARROW_RETURN_NOT_OK(ReadIdentity());
    ARROW_RETURN_NOT_OK(ReadSchemas());
    ARROW_RETURN_NOT_OK(ReadSpecs());
    ARROW_RETURN_NOT_OK(ReadSortOrders());
    ARROW_RETURN_NOT_OK(ReadSnapshots());
    ARROW_RETURN_NOT_OK(ReadRefs());
    ARROW_RETURN_NOT_OK(ReadLogs());
    ReadCarried();
    ARROW_RETURN_NOT_OK(Validate(metadata_));
    return std::move(metadata_);
  }

 private:
  bool is_v1() const { return metadata_.format_version <= 1; }

  arrow::Status ReadIdentity() {
    ARROW_ASSIGN_OR_RAISE(auto uuid, OptionalString(root_, "table-uuid"));
    if (!uuid && !is_v1()) return RequireString(root_, "table-uuid").status();
    metadata_.table_uuid = std::move(uuid).value_or("");
    ARROW_ASSIGN_OR_RAISE(metadata_.location, RequireString(root_, "location"));
    while (metadata_.location.size() > 1 && metadata_.location.ends_with('/')) {
      metadata_.location.pop_back();
    }
    if (!is_v1()) {
      ARROW_ASSIGN_OR_RAISE(const int64_t sequence, RequireInt64(root_, "last-sequence-number"));
      metadata_.last_sequence_number = SequenceNumber(sequence);
    }
    ARROW_ASSIGN_OR_RAISE(const int64_t updated, RequireInt64(root_, "last-updated-ms"));
    metadata_.last_updated = TimestampMs(updated);
    ARROW_ASSIGN_OR_RAISE(const int32_t last_column, RequireInt32(root_, "last-column-id"));
    metadata_.last_column_id = FieldId(last_column);
    ARROW_ASSIGN_OR_RAISE(const auto next_row, OptionalInt64(root_, "next-row-id"));
    metadata_.next_row_id = next_row.value_or(0);
    ARROW_ASSIGN_OR_RAISE(metadata_.properties, OptionalStringMap(root_, "properties"));
    return arrow::Status::OK();
  }

  arrow::Status ReadSchemas() {
    ARROW_ASSIGN_OR_RAISE(const auto schemas, LimitedArray(root_, "schemas"));
    if (schemas) {
      for (JsonElement json : *schemas) {
        ARROW_ASSIGN_OR_RAISE(Schema schema, SchemaFromJson(JsonTextOf(json)));
        metadata_.schemas.push_back(std::move(schema));
      }
      ARROW_ASSIGN_OR_RAISE(const int32_t id, RequireInt32(root_, "current-schema-id"));
      metadata_.current_schema_id = SchemaId(id);
      return arrow::Status::OK();
    }
    if (!is_v1()) return RequireJson(root_, "schemas").status();
    ARROW_ASSIGN_OR_RAISE(const JsonElement json, RequireJson(root_, "schema"));
    ARROW_ASSIGN_OR_RAISE(Schema schema, SchemaFromJson(JsonTextOf(json)));
    metadata_.current_schema_id = schema.id;
    metadata_.schemas.push_back(std::move(schema));
    return arrow::Status::OK();
  }

  arrow::Status ReadSpecs() {
    ARROW_ASSIGN_OR_RAISE(const auto specs, LimitedArray(root_, "partition-specs"));
    FieldId highest(999);
    if (specs) {
      for (JsonElement json : *specs) {
        ARROW_ASSIGN_OR_RAISE(PartitionSpec spec, PartitionSpecFromJson(JsonTextOf(json)));
        metadata_.partition_specs.push_back(std::move(spec));
      }
      ARROW_ASSIGN_OR_RAISE(const int32_t id, RequireInt32(root_, "default-spec-id"));
      metadata_.default_spec_id = SpecId(id);
    } else {
      if (!is_v1()) return RequireJson(root_, "partition-specs").status();
      ARROW_ASSIGN_OR_RAISE(const JsonElement json, RequireJson(root_, "partition-spec"));
      PartitionSpec spec;
      ARROW_ASSIGN_OR_RAISE(spec.fields, PartitionFieldsFromJson(JsonTextOf(json)));
      metadata_.partition_specs.push_back(std::move(spec));
    }
    for (const PartitionSpec& spec : metadata_.partition_specs) {
      highest = std::max(highest, spec.HighestFieldId());
    }
    ARROW_ASSIGN_OR_RAISE(const auto last, OptionalInt32(root_, "last-partition-id"));
    metadata_.last_partition_id = FieldId(last.value_or(highest.value));
    return arrow::Status::OK();
  }

  arrow::Status ReadSortOrders() {
    ARROW_ASSIGN_OR_RAISE(const auto orders, LimitedArray(root_, "sort-orders"));
    for (JsonElement json : orders.value_or(std::vector<JsonElement>())) {
      ARROW_ASSIGN_OR_RAISE(SortOrder order, SortOrderFromJson(JsonTextOf(json)));
      metadata_.sort_orders.push_back(std::move(order));
    }
    if (metadata_.sort_orders.empty()) metadata_.sort_orders.emplace_back();
    ARROW_ASSIGN_OR_RAISE(const auto id, OptionalInt32(root_, "default-sort-order-id"));
    metadata_.default_sort_order_id = SortOrderId(id.value_or(0));
    return arrow::Status::OK();
  }

  arrow::Status ReadSnapshots() {
    ARROW_ASSIGN_OR_RAISE(const auto snapshots, LimitedArray(root_, "snapshots"));
    if (snapshots) ARROW_RETURN_NOT_OK(ReadSnapshotItems(*snapshots));
    ARROW_ASSIGN_OR_RAISE(const auto current, OptionalInt64(root_, "current-snapshot-id"));
    if (current && *current != -1) metadata_.current_snapshot_id = SnapshotId(*current);
    return arrow::Status::OK();
  }

  // A long history is most of a large file.
  arrow::Status ReadSnapshotItems(const std::vector<JsonElement>& items) {
    metadata_.snapshots.resize(items.size());
    const size_t parts = (items.size() + kSnapshotsPerCall - 1) / kSnapshotsPerCall;
    return ParallelFor(parts, 0, [&](size_t part) {
      const size_t end = std::min(items.size(), (part + 1) * kSnapshotsPerCall);
      for (size_t i = part * kSnapshotsPerCall; i < end; ++i) {
        ARROW_ASSIGN_OR_RAISE(metadata_.snapshots[i],
                              ReadSnapshot(items[i], metadata_.format_version));
      }
      return arrow::Status::OK();
    });
  }

  arrow::Status ReadRefs() {
    if (const auto refs = FindJson(root_, "refs")) {
      simdjson::dom::object entries;
      if (refs->get(entries) != simdjson::SUCCESS) {
        return arrow::Status::Invalid("expected member 'refs' to be an object");
      }
      for (const auto entry : entries) {
        ARROW_ASSIGN_OR_RAISE(SnapshotRef ref, ReadRef(entry.value));
        metadata_.refs.insert_or_assign(std::string(entry.key), std::move(ref));
      }
    }
    if (metadata_.current_snapshot_id) {
      SnapshotRef main;
      main.snapshot_id = *metadata_.current_snapshot_id;
      metadata_.refs.emplace("main", main);
    }
    return arrow::Status::OK();
  }

  arrow::Status ReadLogs() {
    ARROW_ASSIGN_OR_RAISE(const auto log, LimitedArray(root_, "snapshot-log"));
    metadata_.has_snapshot_log = log.has_value();
    metadata_.snapshot_log.reserve(log ? log->size() : 0);
    for (JsonElement json : log.value_or(std::vector<JsonElement>())) {
      ARROW_ASSIGN_OR_RAISE(const int64_t time, RequireInt64(json, "timestamp-ms"));
      ARROW_ASSIGN_OR_RAISE(const int64_t id, RequireInt64(json, "snapshot-id"));
      metadata_.snapshot_log.push_back({TimestampMs(time), SnapshotId(id)});
    }
    ARROW_ASSIGN_OR_RAISE(const auto files, LimitedArray(root_, "metadata-log"));
    for (JsonElement json : files.value_or(std::vector<JsonElement>())) {
      ARROW_ASSIGN_OR_RAISE(const int64_t time, RequireInt64(json, "timestamp-ms"));
      ARROW_ASSIGN_OR_RAISE(std::string file, RequireString(json, "metadata-file"));
      metadata_.metadata_log.push_back({TimestampMs(time), std::move(file)});
    }
    return arrow::Status::OK();
  }

  void ReadCarried() {
    for (const char* key : kCarriedMembers) {
      if (const auto json = FindJson(root_, key)) {
        metadata_.carried_json.emplace(key, JsonTextOf(*json));
      }
    }
  }

  JsonElement root_;
  TableMetadata metadata_;
};

arrow::Result<TableMetadata> ReadMetadataText(std::string_view json) {
  std::string text;
  if (IsGzip(json)) {
    ARROW_ASSIGN_OR_RAISE(text, Gunzip(json));
    json = text;
  }
  if (json.size() > kMetadataTextMax) return LimitExceededError("over 1 GiB of text");
  simdjson::dom::parser parser;
  const size_t capacity = std::max(json.size(), simdjson::dom::MINIMAL_DOCUMENT_CAPACITY);
  if (parser.allocate(capacity, kMetadataDepthMax) != simdjson::SUCCESS) {
    return arrow::Status::OutOfMemory("table metadata");
  }
  JsonElement root;
  if (const auto error = parser.parse(json.data(), json.size()).get(root)) {
    if (error == simdjson::DEPTH_ERROR) {
      return LimitExceededError("JSON nests deeper than " + std::to_string(kMetadataDepthMax));
    }
    return arrow::Status::Invalid("no JSON: ", simdjson::error_message(error));
  }
  return MetadataReader(root).Read();
}

}  // namespace

arrow::Result<TableMetadata> TableMetadataFromJson(std::string_view json, const std::string& path) {
  auto metadata = ReadMetadataText(json);
  const arrow::Status status = metadata.status();
  if (status.IsInvalid() && status.detail() == nullptr) {
    return CorruptFileError(path, status.message());
  }
  if (!status.ok()) return WithContext(status, path);
  return metadata;
}

}  // namespace artemis

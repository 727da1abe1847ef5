// Writes table metadata as text, without a tree: long histories make large files.
#include "artemis/base/error.h"
#include "artemis/base/json_text.h"
#include "artemis/schema/schema_json.h"
#include "artemis/table/metadata_json.h"

namespace artemis {

namespace {

// Appends one JSON object member by member; closed by its destructor.
class ObjectText {
 public:
  explicit ObjectText(std::string* out) : out_(out) { *out_ += '{'; }
  ~ObjectText() { *out_ += '}'; }
  ObjectText(const ObjectText&) = delete;
  ObjectText& operator=(const ObjectText&) = delete;

  // Writes the key; the caller appends the value.
  std::string* Key(std::string_view key) {
    if (!first_) *out_ += ',';
    first_ = false;
    AppendJsonString(key, out_);
    *out_ += ':';
    return out_;
  }
  void Raw(std::string_view key, std::string_view json) { *Key(key) += json; }
  void Number(std::string_view key, int64_t value) { Raw(key, std::to_string(value)); }
  void Text(std::string_view key, std::string_view value) { AppendJsonString(value, Key(key)); }
  template <typename T>
  void NumberIfSet(std::string_view key, const std::optional<T>& value) {
    if (value) Number(key, *value);
  }

 private:
  std::string* out_;
  bool first_ = true;
};

template <typename T, typename Append>
void AppendArray(const std::vector<T>& items, std::string* out, const Append& append) {
  *out += '[';
  for (size_t i = 0; i < items.size(); ++i) {
    if (i > 0) *out += ',';
    append(items[i], out);
  }
  *out += ']';
}

void AppendStringMap(const std::map<std::string, std::string>& map, std::string* out) {
  ObjectText object(out);
  for (const auto& [key, value] : map) object.Text(key, value);
}

void AppendSnapshot(const Snapshot& snapshot, int32_t format_version, std::string* out) {
  ObjectText object(out);
  if (format_version > 1) object.Number("sequence-number", snapshot.sequence_number.value);
  object.Number("snapshot-id", snapshot.id.value);
  if (snapshot.parent_id) object.Number("parent-snapshot-id", snapshot.parent_id->value);
  object.Number("timestamp-ms", snapshot.timestamp.value);
  if (!snapshot.summary.empty()) AppendStringMap(snapshot.summary, object.Key("summary"));
  if (snapshot.manifest_list.empty()) {
    AppendArray(snapshot.embedded_manifests, object.Key("manifests"),
                [](const std::string& path, std::string* text) { AppendJsonString(path, text); });
  } else {
    object.Text("manifest-list", snapshot.manifest_list);
  }
  if (snapshot.schema_id) object.Number("schema-id", snapshot.schema_id->value);
  object.NumberIfSet("first-row-id", snapshot.first_row_id);
  object.NumberIfSet("added-rows", snapshot.added_rows);
  if (snapshot.key_id) object.Text("key-id", *snapshot.key_id);
}

void AppendRef(const SnapshotRef& ref, std::string* out) {
  ObjectText object(out);
  object.Number("snapshot-id", ref.snapshot_id.value);
  object.Text("type", ref.kind == SnapshotRef::Kind::kTag ? "tag" : "branch");
  object.NumberIfSet("min-snapshots-to-keep", ref.min_snapshots_to_keep);
  object.NumberIfSet("max-snapshot-age-ms", ref.max_snapshot_age_ms);
  object.NumberIfSet("max-ref-age-ms", ref.max_ref_age_ms);
}

void AppendRefs(const std::map<std::string, SnapshotRef>& refs, std::string* out) {
  ObjectText object(out);
  for (const auto& [name, ref] : refs) AppendRef(ref, object.Key(name));
}

// The members only v1 readers look at.
void WriteV1Members(const TableMetadata& metadata, ObjectText* object) {
  object->Raw("schema", SchemaToJson(metadata.CurrentSchema()));
  object->Raw("partition-spec", PartitionFieldsToJson(metadata.DefaultSpec().fields));
}

void WriteStructure(const TableMetadata& metadata, ObjectText* object) {
  object->Number("last-column-id", metadata.last_column_id.value);
  if (metadata.format_version == 1) WriteV1Members(metadata, object);
  object->Number("current-schema-id", metadata.current_schema_id.value);
  AppendArray(metadata.schemas, object->Key("schemas"),
              [](const Schema& schema, std::string* text) { *text += SchemaToJson(schema); });
  object->Number("default-spec-id", metadata.default_spec_id.value);
  AppendArray(
      metadata.partition_specs, object->Key("partition-specs"),
      [](const PartitionSpec& spec, std::string* text) { *text += PartitionSpecToJson(spec); });
  object->Number("last-partition-id", metadata.last_partition_id.value);
  object->Number("default-sort-order-id", metadata.default_sort_order_id.value);
  AppendArray(metadata.sort_orders, object->Key("sort-orders"),
              [](const SortOrder& order, std::string* text) { *text += SortOrderToJson(order); });
  AppendStringMap(metadata.properties, object->Key("properties"));
}

// Java writes -1 for "none" before v3; later versions leave the member out.
void WriteCurrentSnapshot(const TableMetadata& metadata, ObjectText* object) {
  if (metadata.current_snapshot_id) {
    object->Number("current-snapshot-id", metadata.current_snapshot_id->value);
  } else if (metadata.format_version < 3) {
    object->Number("current-snapshot-id", -1);
  }
}

void WriteHistory(const TableMetadata& metadata, ObjectText* object) {
  WriteCurrentSnapshot(metadata, object);
  AppendRefs(metadata.refs, object->Key("refs"));
  const int32_t version = metadata.format_version;
  AppendArray(metadata.snapshots, object->Key("snapshots"),
              [version](const Snapshot& snapshot, std::string* text) {
                AppendSnapshot(snapshot, version, text);
              });
  for (const auto& [key, json] : metadata.carried_json) object->Raw(key, json);
  if (metadata.has_snapshot_log) {
    AppendArray(metadata.snapshot_log, object->Key("snapshot-log"),
                [](const SnapshotLogEntry& entry, std::string* text) {
                  ObjectText member(text);
                  member.Number("timestamp-ms", entry.timestamp.value);
                  member.Number("snapshot-id", entry.snapshot_id.value);
                });
  }
  AppendArray(metadata.metadata_log, object->Key("metadata-log"),
              [](const MetadataLogEntry& entry, std::string* text) {
                ObjectText member(text);
                member.Number("timestamp-ms", entry.timestamp.value);
                member.Text("metadata-file", entry.metadata_file);
              });
}

}  // namespace

std::string TableMetadataToJson(const TableMetadata& metadata) {
  constexpr size_t kBytesPerSnapshot = 1024;  // a guess that spares most of the copying
  std::string text;
  text.reserve(kBytesPerSnapshot * (metadata.snapshots.size() + 4));
  {
    ObjectText object(&text);
    object.Number("format-version", metadata.format_version);
    if (!metadata.table_uuid.empty()) object.Text("table-uuid", metadata.table_uuid);
    object.Text("location", metadata.location);
    if (metadata.format_version > 1) {
      object.Number("last-sequence-number", metadata.last_sequence_number.value);
    }
    object.Number("last-updated-ms", metadata.last_updated.value);
    WriteStructure(metadata, &object);
    WriteHistory(metadata, &object);
    if (metadata.format_version >= 3) object.Number("next-row-id", metadata.next_row_id);
  }
  return text;
}

}  // namespace artemis

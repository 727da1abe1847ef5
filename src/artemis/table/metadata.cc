// Lookups in table metadata, its checks, and the metadata of a new table.
#include "artemis/table/metadata.h"

#include <algorithm>
#include <unordered_set>

#include "artemis/base/error.h"
#include "artemis/base/uuid.h"
#include "artemis/schema/metadata_columns.h"
#include "artemis/table/format_version.h"

namespace artemis {

namespace {

template <typename T, typename Id>
const T* FindById(const std::vector<T>& items, Id id) {
  for (const T& item : items) {
    if (item.id == id) return &item;
  }
  return nullptr;
}

arrow::Status MetadataError(const std::string& what) {
  return arrow::Status::Invalid("table metadata: ", what);
}

template <typename T>
arrow::Status CheckUniqueIds(const std::vector<T>& items, const std::string& what) {
  std::unordered_set<int64_t> seen;
  for (const T& item : items) {
    if (!seen.insert(item.id.value).second) {
      return MetadataError("two " + what + "s with id " + ToString(item.id));
    }
  }
  return arrow::Status::OK();
}

arrow::Status CheckDefaults(const TableMetadata& metadata) {
  ARROW_RETURN_NOT_OK(CheckUniqueIds(metadata.schemas, "schema"));
  ARROW_RETURN_NOT_OK(CheckUniqueIds(metadata.partition_specs, "partition spec"));
  ARROW_RETURN_NOT_OK(CheckUniqueIds(metadata.sort_orders, "sort order"));
  if (metadata.FindSchema(metadata.current_schema_id) == nullptr) {
    return MetadataError("current-schema-id " + ToString(metadata.current_schema_id) +
                         " is no schema");
  }
  if (metadata.FindSpec(metadata.default_spec_id) == nullptr) {
    return MetadataError("default-spec-id " + ToString(metadata.default_spec_id) +
                         " is no partition spec");
  }
  if (metadata.FindSortOrder(metadata.default_sort_order_id) == nullptr) {
    return MetadataError("default-sort-order-id " + ToString(metadata.default_sort_order_id) +
                         " is no sort order");
  }
  return arrow::Status::OK();
}

arrow::Status CheckRefs(const TableMetadata& metadata) {
  for (const auto& [name, ref] : metadata.refs) {
    if (metadata.FindSnapshot(ref.snapshot_id) == nullptr) {
      return MetadataError("ref '" + name + "' names snapshot " + ToString(ref.snapshot_id) +
                           ", which is not in the table");
    }
  }
  const auto main = metadata.refs.find("main");
  if (main == metadata.refs.end()) {
    if (!metadata.current_snapshot_id) return arrow::Status::OK();
    return MetadataError("there is a current snapshot but no ref 'main'");
  }
  if (main->second.kind != SnapshotRef::Kind::kBranch) {
    return MetadataError("ref 'main' is no branch");
  }
  if (metadata.current_snapshot_id != main->second.snapshot_id) {
    return MetadataError("ref 'main' and current-snapshot-id differ");
  }
  return arrow::Status::OK();
}

arrow::Status CheckSnapshots(const TableMetadata& metadata) {
  ARROW_RETURN_NOT_OK(CheckUniqueIds(metadata.snapshots, "snapshot"));
  for (const Snapshot& snapshot : metadata.snapshots) {
    if (snapshot.sequence_number > metadata.last_sequence_number) {
      return MetadataError("snapshot " + ToString(snapshot.id) + " has sequence number " +
                           ToString(snapshot.sequence_number) + " over last-sequence-number " +
                           ToString(metadata.last_sequence_number));
    }
  }
  if (metadata.current_snapshot_id && metadata.CurrentSnapshot() == nullptr) {
    return MetadataError("current-snapshot-id " + ToString(*metadata.current_snapshot_id) +
                         " is no snapshot");
  }
  return arrow::Status::OK();
}

}  // namespace

const Schema* TableMetadata::FindSchema(SchemaId id) const { return FindById(schemas, id); }
const PartitionSpec* TableMetadata::FindSpec(SpecId id) const {
  return FindById(partition_specs, id);
}
const SortOrder* TableMetadata::FindSortOrder(SortOrderId id) const {
  return FindById(sort_orders, id);
}
const Snapshot* TableMetadata::FindSnapshot(SnapshotId id) const { return FindById(snapshots, id); }
const Snapshot* TableMetadata::CurrentSnapshot() const {
  return current_snapshot_id ? FindSnapshot(*current_snapshot_id) : nullptr;
}

const Schema& TableMetadata::CurrentSchema() const {
  const Schema* schema = FindSchema(current_schema_id);
  ARTEMIS_CHECK(schema != nullptr);
  return *schema;
}
const PartitionSpec& TableMetadata::DefaultSpec() const {
  const PartitionSpec* spec = FindSpec(default_spec_id);
  ARTEMIS_CHECK(spec != nullptr);
  return *spec;
}
const SortOrder& TableMetadata::DefaultSortOrder() const {
  const SortOrder* order = FindSortOrder(default_sort_order_id);
  ARTEMIS_CHECK(order != nullptr);
  return *order;
}

arrow::Status Validate(const TableMetadata& metadata) {
  if (metadata.format_version < 1 || metadata.format_version > kFormatVersionMax) {
    return MetadataError("format-version " + std::to_string(metadata.format_version) +
                         " is not in 1 to " + std::to_string(kFormatVersionMax));
  }
  if (metadata.location.empty()) return MetadataError("no location");
  if (metadata.format_version >= 2 && metadata.table_uuid.empty()) {
    return MetadataError("no table-uuid");
  }
  ARROW_RETURN_NOT_OK(CheckDefaults(metadata));
  ARROW_RETURN_NOT_OK(CheckSnapshots(metadata));
  return CheckRefs(metadata);
}

arrow::Result<TableMetadata> MakeTableMetadata(const NewTable& table, TimestampMs now) {
  TableMetadata metadata;
  metadata.format_version = table.format_version;
  metadata.table_uuid = RandomUuid();
  metadata.location = table.location;
  while (metadata.location.ends_with('/')) metadata.location.pop_back();
  metadata.last_updated = now;
  metadata.last_column_id = table.schema.HighestFieldId();
  metadata.schemas = {table.schema};
  metadata.current_schema_id = table.schema.id;
  metadata.partition_specs = {table.spec};
  metadata.default_spec_id = table.spec.id;
  metadata.last_partition_id = std::max(FieldId(999), table.spec.HighestFieldId());
  metadata.sort_orders = {table.sort_order};
  metadata.default_sort_order_id = table.sort_order.id;
  metadata.properties = table.properties;
  ARROW_RETURN_NOT_OK(Validate(metadata));
  for (const Field& field : table.schema.fields) {
    ARROW_RETURN_NOT_OK(RefuseUnsupported(field, "written"));
  }
  if (table.spec.has_unknown_transform()) {
    return arrow::Status::NotImplemented("a partition spec with a transform that is not known");
  }
  if (table.schema.HighestFieldId() > kFieldIdMax) {
    return MetadataError("field id " + ToString(table.schema.HighestFieldId()) + " is reserved");
  }
  ARROW_RETURN_NOT_OK(CheckSchemaFitsFormat(table.schema, metadata.format_version));
  ARROW_RETURN_NOT_OK(PartitionType(table.spec, table.schema).status());
  return metadata;
}

}  // namespace artemis

// Table metadata, versions 1 to 3, as a plain value (specification, "Table Metadata Fields").
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include <arrow/result.h>

#include "artemis/schema/partition_spec.h"
#include "artemis/schema/schema.h"
#include "artemis/schema/sort_order.h"
#include "artemis/table/snapshot.h"

namespace artemis {

struct TableMetadata {
  int32_t format_version = 2;
  std::string table_uuid;
  std::string location;  // without a trailing slash
  SequenceNumber last_sequence_number;
  TimestampMs last_updated;
  FieldId last_column_id;
  std::vector<Schema> schemas;
  SchemaId current_schema_id;
  std::vector<PartitionSpec> partition_specs;
  SpecId default_spec_id;
  FieldId last_partition_id{999};
  std::vector<SortOrder> sort_orders;
  SortOrderId default_sort_order_id;
  std::map<std::string, std::string> properties;
  std::optional<SnapshotId> current_snapshot_id;
  std::vector<Snapshot> snapshots;
  // Whether the file had the (optional) snapshot-log at all.
  bool has_snapshot_log = true;
  std::vector<SnapshotLogEntry> snapshot_log;
  std::vector<MetadataLogEntry> metadata_log;
  std::map<std::string, SnapshotRef> refs;
  // v3.
  int64_t next_row_id = 0;
  // Members we only carry along (statistics, partition-statistics, encryption-keys), as JSON text by key.
  std::map<std::string, std::string> carried_json;

  bool operator==(const TableMetadata&) const = default;

  // Null when absent.
  const Schema* FindSchema(SchemaId id) const;
  const PartitionSpec* FindSpec(SpecId id) const;
  const SortOrder* FindSortOrder(SortOrderId id) const;
  const Snapshot* FindSnapshot(SnapshotId id) const;
  const Snapshot* CurrentSnapshot() const;

  // The reader and Validate() guarantee that these exist.
  const Schema& CurrentSchema() const;
  const PartitionSpec& DefaultSpec() const;
  const SortOrder& DefaultSortOrder() const;
};

// Checks what every consumer relies on: current ids resolve, ids are unique, refs and current snapshot exist, the format version
// is 1..3. Invalid names what does not hold.
arrow::Status Validate(const TableMetadata& metadata);

// A new, empty table at `location` (ids of schema, spec and sort order as given; last ids computed). Invalid: what Validate finds, types and
// defaults that the format version does not have, reserved field ids; NotImplemented: unsupported types, transforms that are not known.
struct NewTable {
  std::string location;
  Schema schema;
  PartitionSpec spec;
  SortOrder sort_order;
  std::map<std::string, std::string> properties;
  int32_t format_version = 2;
};
arrow::Result<TableMetadata> MakeTableMetadata(const NewTable& table, TimestampMs now);

}  // namespace artemis

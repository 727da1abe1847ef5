// A small table for the tests of this folder: telemetry with three columns, partitioned by mission and day.
#pragma once

#include <string>
#include <vector>

#include "artemis/table/manifest.h"
#include "artemis/table/metadata.h"

namespace artemis {

inline Field SampleField(int32_t id, const std::string& name, Type type, bool required = false) {
  Field field;
  field.id = FieldId(id);
  field.name = name;
  field.required = required;
  field.type = std::move(type);
  return field;
}

// 1 mission_id string, 2 ts timestamptz, 3 volts double.
inline Schema SampleSchema() {
  Schema schema;
  schema.fields = {SampleField(1, "mission_id", Type::Of(TypeKind::kString), true),
                   SampleField(2, "ts", Type::Of(TypeKind::kTimestamptz), true),
                   SampleField(3, "volts", Type::Of(TypeKind::kDouble))};
  return schema;
}

// 1000 mission_id, 1001 day(ts) as ts_day.
inline PartitionSpec SampleSpec() {
  PartitionSpec spec;
  Transform day;
  day.kind = TransformKind::kDay;
  spec.fields = {{FieldId(1), FieldId(1000), "mission_id", Transform()},
                 {FieldId(2), FieldId(1001), "ts_day", day}};
  return spec;
}

inline TableMetadata SampleMetadata(int32_t format_version = 2) {
  NewTable table;
  table.location = "file:///w/lab/telemetry";
  table.schema = SampleSchema();
  table.spec = SampleSpec();
  table.properties = {{"owner", "ops"}};
  table.format_version = format_version;
  return MakeTableMetadata(table, TimestampMs(1000)).ValueOrDie();
}

inline Snapshot SampleSnapshot(int64_t id, int64_t sequence_number, int64_t time_ms) {
  Snapshot snapshot;
  snapshot.id = SnapshotId(id);
  snapshot.sequence_number = SequenceNumber(sequence_number);
  snapshot.timestamp = TimestampMs(time_ms);
  snapshot.manifest_list = "file:///w/lab/telemetry/metadata/snap-" + std::to_string(id) + ".avro";
  snapshot.summary = {{"operation", "append"}, {"added-records", "10"}};
  snapshot.schema_id = SchemaId(0);
  return snapshot;
}

inline DataFile SampleFile(const std::string& path, const std::string& mission, int32_t day) {
  DataFile file;
  file.path = path;
  file.partition = {LiteralValue(mission), LiteralValue(day)};
  file.record_count = 100;
  file.file_size_bytes = 4096;
  file.split_offsets = {4, 2048};
  file.sort_order_id = SortOrderId(0);
  ColumnMetrics mission_metrics;
  mission_metrics.field_id = FieldId(1);
  mission_metrics.column_size_bytes = 64;
  mission_metrics.value_count = 100;
  mission_metrics.null_count = 0;
  mission_metrics.lower_bound = mission;
  mission_metrics.upper_bound = mission;
  ColumnMetrics volts;
  volts.field_id = FieldId(3);
  volts.value_count = 100;
  volts.null_count = 7;
  volts.nan_count = 2;
  file.metrics = {mission_metrics, volts};
  return file;
}

inline ManifestEntry SampleEntry(EntryStatus status, const DataFile& file,
                                 int64_t sequence_number = 0) {
  ManifestEntry entry;
  entry.status = status;
  entry.snapshot_id = SnapshotId(77);
  entry.data_sequence_number = SequenceNumber(sequence_number);
  entry.file_sequence_number = SequenceNumber(sequence_number);
  entry.file = file;
  return entry;
}

}  // namespace artemis

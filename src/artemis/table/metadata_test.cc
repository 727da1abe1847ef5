// What valid metadata is, and the metadata of a new table.
#include "artemis/table/metadata.h"

#include <functional>

#include <gtest/gtest.h>

#include "artemis/table/sample_table.h"

namespace artemis {
namespace {

TableMetadata WithOneSnapshot() {
  TableMetadata metadata = SampleMetadata();
  metadata.snapshots = {SampleSnapshot(5, 1, 2000)};
  metadata.last_sequence_number = SequenceNumber(1);
  metadata.current_snapshot_id = SnapshotId(5);
  metadata.refs["main"].snapshot_id = SnapshotId(5);
  return metadata;
}

TEST(MakeTableMetadata, ComputesTheLastIds) {
  const TableMetadata metadata = SampleMetadata();
  EXPECT_EQ(metadata.last_column_id, FieldId(3));
  EXPECT_EQ(metadata.last_partition_id, FieldId(1001));
  EXPECT_EQ(metadata.last_sequence_number, SequenceNumber(0));
  EXPECT_EQ(metadata.last_updated, TimestampMs(1000));
  EXPECT_EQ(metadata.table_uuid.size(), 36u);
  EXPECT_FALSE(metadata.current_snapshot_id.has_value());
  EXPECT_EQ(metadata.CurrentSchema(), SampleSchema());
  EXPECT_EQ(metadata.DefaultSpec(), SampleSpec());
}

TEST(MakeTableMetadata, CountsPartitionFieldsFrom1000) {
  NewTable table;
  table.location = "file:///w/t//";
  table.schema = SampleSchema();
  const TableMetadata metadata = MakeTableMetadata(table, TimestampMs(1)).ValueOrDie();
  EXPECT_EQ(metadata.last_partition_id, FieldId(999));
  EXPECT_EQ(metadata.location, "file:///w/t");
}

TEST(MakeTableMetadata, RefusesNanosecondsBeforeVersion3) {
  NewTable table;
  table.location = "file:///w/t";
  table.schema = SampleSchema();
  table.schema.fields[1].type = Type::Of(TypeKind::kTimestamptzNs);
  const arrow::Status status = MakeTableMetadata(table, TimestampMs(1)).status();
  EXPECT_TRUE(status.IsInvalid());
  EXPECT_NE(status.message().find("'ts'"), std::string::npos) << status;
  table.format_version = 3;
  EXPECT_TRUE(MakeTableMetadata(table, TimestampMs(1)).ok());
}

TEST(MakeTableMetadata, RefusesASpecThatDoesNotFitTheSchema) {
  NewTable table;
  table.location = "file:///w/t";
  table.schema = SampleSchema();
  table.spec = SampleSpec();
  table.spec.fields[1].source_id = FieldId(3);  // the day of a double
  EXPECT_TRUE(MakeTableMetadata(table, TimestampMs(1)).status().IsInvalid());
}

TEST(TableMetadata, FindsWhatItHolds) {
  const TableMetadata metadata = WithOneSnapshot();
  EXPECT_EQ(metadata.CurrentSnapshot()->id, SnapshotId(5));
  EXPECT_EQ(metadata.CurrentSnapshot()->operation(), "append");
  EXPECT_EQ(metadata.FindSnapshot(SnapshotId(6)), nullptr);
  EXPECT_EQ(metadata.FindSchema(SchemaId(1)), nullptr);
  EXPECT_EQ(metadata.FindSpec(SpecId(1)), nullptr);
  EXPECT_EQ(metadata.FindSortOrder(SortOrderId(1)), nullptr);
  EXPECT_EQ(SampleMetadata().CurrentSnapshot(), nullptr);
}

struct BrokenCase {
  const char* names;  // part of the message
  std::function<void(TableMetadata&)> breaks;
};

TEST(Validate, NamesWhatDoesNotHold) {
  ASSERT_TRUE(Validate(WithOneSnapshot()).ok());
  const BrokenCase cases[] = {
      {"format-version", [](TableMetadata& m) { m.format_version = 4; }},
      {"format-version", [](TableMetadata& m) { m.format_version = 0; }},
      {"location", [](TableMetadata& m) { m.location.clear(); }},
      {"table-uuid", [](TableMetadata& m) { m.table_uuid.clear(); }},
      {"current-schema-id", [](TableMetadata& m) { m.current_schema_id = SchemaId(9); }},
      {"default-spec-id", [](TableMetadata& m) { m.default_spec_id = SpecId(9); }},
      {"default-sort-order-id", [](TableMetadata& m) { m.default_sort_order_id = SortOrderId(9); }},
      {"two schemas", [](TableMetadata& m) { m.schemas.push_back(m.schemas[0]); }},
      {"two partition specs",
       [](TableMetadata& m) { m.partition_specs.push_back(m.partition_specs[0]); }},
      {"two snapshots", [](TableMetadata& m) { m.snapshots.push_back(m.snapshots[0]); }},
      {"current-snapshot-id", [](TableMetadata& m) { m.current_snapshot_id = SnapshotId(6); }},
      {"ref 'main'", [](TableMetadata& m) { m.refs.erase("main"); }},
      {"ref 'main'", [](TableMetadata& m) { m.current_snapshot_id.reset(); }},
      {"ref 'old'", [](TableMetadata& m) { m.refs["old"].snapshot_id = SnapshotId(6); }},
      {"sequence number", [](TableMetadata& m) { m.last_sequence_number = SequenceNumber(0); }},
  };
  for (const BrokenCase& c : cases) {
    TableMetadata metadata = WithOneSnapshot();
    c.breaks(metadata);
    const arrow::Status status = Validate(metadata);
    EXPECT_TRUE(status.IsInvalid()) << c.names;
    EXPECT_NE(status.message().find(c.names), std::string::npos) << c.names << ": " << status;
  }
}

TEST(MakeTableMetadata, RefusesWhatNoWriterOfOursCanFill) {
  NewTable table;
  table.location = "file:///w/t";
  table.format_version = 3;
  table.schema = SampleSchema();
  table.schema.fields.push_back(SampleField(4, "v", Type::Unsupported("variant")));
  arrow::Status status = MakeTableMetadata(table, TimestampMs(1)).status();
  EXPECT_TRUE(status.IsNotImplemented());
  EXPECT_NE(status.message().find("'v'"), std::string::npos) << status;
  table.schema = SampleSchema();
  table.spec = SampleSpec();
  table.spec.fields[0].transform = *ParseTransform("zorder");
  EXPECT_TRUE(MakeTableMetadata(table, TimestampMs(1)).status().IsNotImplemented());
  table.spec = SampleSpec();
  table.schema.fields.push_back(SampleField(2147483448, "r", Type::Of(TypeKind::kInt)));
  EXPECT_TRUE(MakeTableMetadata(table, TimestampMs(1)).status().IsInvalid());
}

}  // namespace
}  // namespace artemis

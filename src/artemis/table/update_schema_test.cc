// Changes of schemas, specs, sort orders, properties and the format version.
#include <gtest/gtest.h>

#include "artemis/table/sample_table.h"
#include "artemis/table/update.h"

namespace artemis {
namespace {

Schema WithColumn(Schema schema, int32_t id, const std::string& name) {
  schema.fields.push_back(SampleField(id, name, Type::Of(TypeKind::kInt)));
  return schema;
}

PartitionSpec SpecOf(std::vector<PartitionField> fields) {
  PartitionSpec spec;
  spec.id = SpecId(55);
  spec.fields = std::move(fields);
  return spec;
}

PartitionField FieldOf(int32_t source, const std::string& name, const std::string& transform) {
  return {FieldId(source), FieldId(0), name, ParseTransform(transform).ValueOrDie()};
}

TEST(SetCurrentSchema, GivesANewSchemaTheNextId) {
  const TableMetadata metadata =
      SetCurrentSchema(SampleMetadata(), WithColumn(SampleSchema(), 4, "amps"), FieldId(4))
          .ValueOrDie();
  EXPECT_EQ(metadata.current_schema_id, SchemaId(1));
  EXPECT_EQ(metadata.schemas.size(), 2u);
  EXPECT_EQ(metadata.CurrentSchema().fields.back().name, "amps");
  EXPECT_EQ(metadata.last_column_id, FieldId(4));
}

TEST(SetCurrentSchema, UsesAnEqualSchemaAgainAndKeepsTheLastColumnId) {
  TableMetadata metadata =
      SetCurrentSchema(SampleMetadata(), WithColumn(SampleSchema(), 4, "amps"), FieldId(7))
          .ValueOrDie();
  Schema back = SampleSchema();
  back.id = SchemaId(99);
  metadata = SetCurrentSchema(metadata, back, FieldId(3)).ValueOrDie();
  EXPECT_EQ(metadata.current_schema_id, SchemaId(0));
  EXPECT_EQ(metadata.schemas.size(), 2u);
  EXPECT_EQ(metadata.last_column_id, FieldId(7));
}

TEST(SetCurrentSchema, KeepsTheSourcesOfPartitionAndSortOrder) {
  Schema without_ts = SampleSchema();
  without_ts.fields.erase(without_ts.fields.begin() + 1);
  const arrow::Status status = SetCurrentSchema(SampleMetadata(), without_ts, FieldId(3)).status();
  EXPECT_TRUE(status.IsInvalid());
  EXPECT_NE(status.message().find("'ts'"), std::string::npos) << status;

  SortOrder order;
  order.fields = {{FieldId(3), Transform(), SortDirection::kAscending, NullOrder::kNullsFirst}};
  const TableMetadata sorted = SetDefaultSortOrder(SampleMetadata(), order).ValueOrDie();
  Schema without_volts = SampleSchema();
  without_volts.fields.pop_back();
  EXPECT_TRUE(SetCurrentSchema(sorted, without_volts, FieldId(3)).status().IsInvalid());
  EXPECT_TRUE(SetCurrentSchema(SampleMetadata(), without_volts, FieldId(3)).ok());
}

TEST(SetCurrentSchema, RefusesV3TypesInAV2Table) {
  Schema schema = SampleSchema();
  schema.fields.push_back(SampleField(4, "at", Type::Of(TypeKind::kTimestampNs)));
  EXPECT_TRUE(SetCurrentSchema(SampleMetadata(2), schema, FieldId(4)).status().IsInvalid());
  EXPECT_TRUE(SetCurrentSchema(SampleMetadata(3), schema, FieldId(4)).ok());
}

TEST(SetDefaultSpec, KeepsTheFieldIdOfAKnownSourceAndTransform) {
  const TableMetadata metadata =
      SetDefaultSpec(SampleMetadata(),
                     SpecOf({FieldOf(2, "ts_day", "day"), FieldOf(2, "ts_month", "month")}))
          .ValueOrDie();
  EXPECT_EQ(metadata.default_spec_id, SpecId(1));
  EXPECT_EQ(metadata.DefaultSpec().fields[0].field_id, FieldId(1001));
  EXPECT_EQ(metadata.DefaultSpec().fields[1].field_id, FieldId(1002));
  EXPECT_EQ(metadata.last_partition_id, FieldId(1002));
}

TEST(SetDefaultSpec, UsesAnEqualSpecAgain) {
  TableMetadata metadata =
      SetDefaultSpec(SampleMetadata(), SpecOf({FieldOf(2, "ts_month", "month")})).ValueOrDie();
  metadata =
      SetDefaultSpec(metadata,
                     SpecOf({FieldOf(1, "mission_id", "identity"), FieldOf(2, "ts_day", "day")}))
          .ValueOrDie();
  EXPECT_EQ(metadata.default_spec_id, SpecId(0));
  EXPECT_EQ(metadata.partition_specs.size(), 2u);
}

TEST(SetDefaultSpec, NeverGivesAnIdOfADroppedFieldToAnotherOne) {
  TableMetadata metadata =
      SetDefaultSpec(SampleMetadata(), SpecOf({FieldOf(2, "ts_month", "month")})).ValueOrDie();
  metadata = SetDefaultSpec(metadata, SpecOf({FieldOf(3, "v", "identity")})).ValueOrDie();
  EXPECT_EQ(metadata.DefaultSpec().fields[0].field_id, FieldId(1003));
  EXPECT_EQ(metadata.default_spec_id, SpecId(2));
}

TEST(SetDefaultSpec, RefusesATransformThatDoesNotTakeTheColumn) {
  EXPECT_TRUE(
      SetDefaultSpec(SampleMetadata(), SpecOf({FieldOf(3, "d", "day")})).status().IsInvalid());
}

TEST(SetDefaultSortOrder, GivesIdsFromOneAndZeroToTheEmptyOrder) {
  SortOrder by_ts;
  by_ts.fields = {{FieldId(2), Transform(), SortDirection::kDescending, NullOrder::kNullsLast}};
  TableMetadata metadata = SetDefaultSortOrder(SampleMetadata(), by_ts).ValueOrDie();
  EXPECT_EQ(metadata.default_sort_order_id, SortOrderId(1));
  metadata = SetDefaultSortOrder(metadata, SortOrder()).ValueOrDie();
  EXPECT_EQ(metadata.default_sort_order_id, SortOrderId(0));
  metadata = SetDefaultSortOrder(metadata, by_ts).ValueOrDie();
  EXPECT_EQ(metadata.default_sort_order_id, SortOrderId(1));
  EXPECT_EQ(metadata.sort_orders.size(), 2u);
}

TEST(SetDefaultSortOrder, RefusesAnUnknownColumn) {
  SortOrder order;
  order.fields = {{FieldId(9), Transform(), SortDirection::kAscending, NullOrder::kNullsFirst}};
  EXPECT_TRUE(SetDefaultSortOrder(SampleMetadata(), order).status().IsInvalid());
}

TEST(SetProperties, ReplacesAndRemoves) {
  TableMetadata metadata = SetProperties(SampleMetadata(), {{"owner", "lab"}, {"a", "1"}});
  EXPECT_EQ(metadata.properties,
            (std::map<std::string, std::string>{{"owner", "lab"}, {"a", "1"}}));
  metadata = RemoveProperties(metadata, {"owner", "absent"});
  EXPECT_EQ(metadata.properties, (std::map<std::string, std::string>{{"a", "1"}}));
}

TEST(UpgradeFormat, OnlyRaisesTheVersion) {
  EXPECT_EQ(UpgradeFormat(SampleMetadata(2), 3)->format_version, 3);
  EXPECT_EQ(UpgradeFormat(SampleMetadata(2), 2)->format_version, 2);
  EXPECT_TRUE(UpgradeFormat(SampleMetadata(3), 2).status().IsInvalid());
  EXPECT_TRUE(UpgradeFormat(SampleMetadata(3), 4).status().IsInvalid());
}

TEST(UpgradeFormat, GivesAV1TableAUuidUnlessItEmbedsManifests) {
  TableMetadata metadata = SampleMetadata(1);
  metadata.table_uuid.clear();
  EXPECT_EQ(UpgradeFormat(metadata, 2)->table_uuid.size(), 36u);
  Snapshot snapshot = SampleSnapshot(1, 0, 2000);
  snapshot.manifest_list.clear();
  snapshot.embedded_manifests = {"m.avro"};
  metadata = AddSnapshot(metadata, snapshot).ValueOrDie();
  EXPECT_TRUE(UpgradeFormat(metadata, 2).status().IsInvalid());
}

TEST(SetCurrentSchema, KeepsColumnsWhoseWideningWouldMovePartitions) {
  NewTable table;
  table.location = "file:///w/t";
  table.format_version = 3;
  table.schema = SampleSchema();
  table.schema.fields[1].type = Type::Of(TypeKind::kDate);
  table.spec = SampleSpec();
  const TableMetadata by_day = MakeTableMetadata(table, TimestampMs(1)).ValueOrDie();
  Schema widened = table.schema;
  widened.fields[1].type = Type::Of(TypeKind::kTimestamp);
  EXPECT_TRUE(SetCurrentSchema(by_day, widened, FieldId(3)).ok());

  // A spec that is no longer the default still names the partitions of old files.
  table.spec.fields[1].transform = Transform();
  TableMetadata by_date = MakeTableMetadata(table, TimestampMs(1)).ValueOrDie();
  by_date = SetDefaultSpec(by_date, PartitionSpec()).ValueOrDie();
  const arrow::Status status = SetCurrentSchema(by_date, widened, FieldId(3)).status();
  EXPECT_TRUE(status.IsInvalid());
  EXPECT_NE(status.message().find("'ts'"), std::string::npos) << status;
}

TEST(SetCurrentSchema, RefusesReservedFieldIds) {
  EXPECT_TRUE(
      SetCurrentSchema(SampleMetadata(3), WithColumn(SampleSchema(), 2147483540, "r"), FieldId(3))
          .status()
          .IsInvalid());
}

TEST(SetDefaultSpec, OnlyVoidsAndAddsFieldsInV1) {
  TableMetadata metadata =
      SetDefaultSpec(SampleMetadata(1),
                     SpecOf({FieldOf(2, "ts_day", "day"), FieldOf(3, "volts", "identity")}))
          .ValueOrDie();
  const auto& fields = metadata.DefaultSpec().fields;
  ASSERT_EQ(fields.size(), 3u);
  EXPECT_EQ(fields[0].transform.kind, TransformKind::kVoid);
  EXPECT_EQ(fields[0].name, "mission_id");
  EXPECT_EQ(fields[0].field_id, FieldId(1000));
  EXPECT_EQ(fields[1].name, "ts_day");
  EXPECT_EQ(fields[1].field_id, FieldId(1001));
  EXPECT_EQ(fields[2].name, "volts");
  EXPECT_EQ(fields[2].field_id, FieldId(1002));

  // What was dropped comes back behind, under its name.
  metadata =
      SetDefaultSpec(metadata,
                     SpecOf({FieldOf(1, "mission_id", "identity"), FieldOf(2, "ts_day", "day")}))
          .ValueOrDie();
  const auto& again = metadata.DefaultSpec().fields;
  ASSERT_EQ(again.size(), 4u);
  EXPECT_EQ(again[0].name, "mission_id_1000");
  EXPECT_EQ(again[2].transform.kind, TransformKind::kVoid);
  EXPECT_EQ(again[3].name, "mission_id");
  EXPECT_EQ(again[3].transform.kind, TransformKind::kIdentity);
  EXPECT_EQ(again[3].field_id, FieldId(1003));
}

TEST(SetDefaultSpec, RefusesUnknownTransforms) {
  EXPECT_TRUE(SetDefaultSpec(SampleMetadata(), SpecOf({FieldOf(1, "z", "zorder")}))
                  .status()
                  .IsNotImplemented());
}

TEST(UpgradeFormat, StartsRowIdsAtZero) {
  TableMetadata metadata = AddSnapshot(SampleMetadata(2), SampleSnapshot(1, 1, 2000)).ValueOrDie();
  metadata = UpgradeFormat(metadata, 3).ValueOrDie();
  EXPECT_EQ(metadata.next_row_id, 0);
  EXPECT_FALSE(metadata.CurrentSnapshot()->first_row_id.has_value());
  Snapshot snapshot = SampleSnapshot(2, 2, 3000);
  EXPECT_TRUE(AddSnapshot(metadata, snapshot).status().IsInvalid());
  snapshot.first_row_id = 0;
  snapshot.added_rows = 225;
  metadata = AddSnapshot(metadata, snapshot).ValueOrDie();
  EXPECT_EQ(metadata.next_row_id, 225);
  // The next one starts no lower; a rebased one may start higher.
  Snapshot behind = SampleSnapshot(3, 3, 4000);
  behind.first_row_id = 224;
  behind.added_rows = 1;
  EXPECT_TRUE(AddSnapshot(metadata, behind).status().IsInvalid());
  behind.first_row_id = 225;
  behind.added_rows = 0;
  EXPECT_EQ(AddSnapshot(metadata, behind)->next_row_id, 225);
}

}  // namespace
}  // namespace artemis

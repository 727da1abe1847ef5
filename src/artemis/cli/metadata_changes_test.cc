// Facts of what is told of two states of a table's metadata.
#include "artemis/cli/metadata_changes.h"

#include <gtest/gtest.h>

#include "artemis/schema/evolution.h"
#include "artemis/table/update.h"
#include "artemis/write/row_order.h"

namespace artemis {
namespace {

using Strings = std::vector<std::string>;

TableMetadata Readings() {
  NewTable table;
  table.location = "file:///t";
  table.schema.fields = {
      Field{FieldId(1), "id", true, Type::Of(TypeKind::kInt), {}, {}, {}},
      Field{FieldId(2), "volts", false, Type::Of(TypeKind::kFloat), {}, {}, {}},
      Field{
          FieldId(3),
          "place",
          false,
          Type::Struct({Field{FieldId(4), "lat", false, Type::Of(TypeKind::kDouble), {}, {}, {}},
                        Field{FieldId(5), "lon", false, Type::Of(TypeKind::kDouble), {}, {}, {}}}),
          {},
          {},
          {}}};
  return MakeTableMetadata(table, TimestampMs(1)).ValueOrDie();
}

Strings ChangesTo(const arrow::Result<Schema>& schema) {
  EXPECT_TRUE(schema.ok()) << schema.status();
  return SchemaChanges(Readings().CurrentSchema(), *schema);
}

TEST(SchemaChanges, AreEmptyForTheSameSchema) {
  const auto schema = Readings().CurrentSchema();
  EXPECT_EQ(SchemaChanges(schema, schema), Strings());
}

TEST(SchemaChanges, UseTheWordsOfTheCommand) {
  const auto schema = Readings().CurrentSchema();
  const auto added = AddColumn(schema, FieldId(5), "flux", Type::Of(TypeKind::kDouble));
  EXPECT_EQ(ChangesTo(added->schema), Strings{"add-column flux double"});
  EXPECT_EQ(ChangesTo(RenameColumn(schema, "volts", "bus_volts")),
            Strings{"rename-column volts bus_volts"});
  EXPECT_EQ(ChangesTo(DropColumn(schema, "volts")), Strings{"drop-column volts"});
  EXPECT_EQ(ChangesTo(WidenColumn(schema, "id", Type::Of(TypeKind::kLong))),
            Strings{"widen-column id int to long"});
  EXPECT_EQ(ChangesTo(MakeColumnOptional(schema, "id")), Strings{"make-optional id"});
  EXPECT_EQ(ChangesTo(SetIdentifierColumns(schema, {"id"})), Strings{"set-identifier id"});
}

TEST(SchemaChanges, NameNestedColumnsInFull) {
  const auto schema = Readings().CurrentSchema();
  const auto added = AddColumn(schema, FieldId(5), "place.alt", Type::Of(TypeKind::kDouble));
  EXPECT_EQ(ChangesTo(added->schema), Strings{"add-column place.alt double"});
  EXPECT_EQ(ChangesTo(DropColumn(schema, "place.lon")), Strings{"drop-column place.lon"});
  EXPECT_EQ(ChangesTo(RenameColumn(schema, "place.lat", "latitude")),
            Strings{"rename-column place.lat latitude"});
}

TEST(SchemaChanges, TellADroppedStructOnce) {
  EXPECT_EQ(ChangesTo(DropColumn(Readings().CurrentSchema(), "place")),
            Strings{"drop-column place"});
}

TEST(SchemaChanges, TellOneMovedColumnApartFromANewOrder) {
  const auto schema = Readings().CurrentSchema();
  EXPECT_EQ(ChangesTo(MoveColumnFirst(schema, "place")), Strings{"move-column place --first"});
  EXPECT_EQ(ChangesTo(MoveColumnAfter(schema, "place", "id")),
            Strings{"move-column place --after id"});
  EXPECT_EQ(ChangesTo(MoveColumnFirst(schema, "place.lon")),
            Strings{"move-column place.lon --first"});
}

TEST(SchemaChanges, DoNotTakeAnAddedColumnForAMove) {
  const auto schema = Readings().CurrentSchema();
  const auto added = AddColumn(schema, FieldId(5), "flux", Type::Of(TypeKind::kDouble));
  EXPECT_EQ(ChangesTo(MoveColumnFirst(added->schema, "flux")), Strings{"add-column flux double"});
}

TEST(MetadataChanges, TellLayoutPropertiesRefsAndVersion) {
  const auto before = Readings();
  auto after = SetDefaultSpec(
                   before, ParsePartitionSpec("bucket(4, id)", before.CurrentSchema()).ValueOrDie())
                   .ValueOrDie();
  after =
      SetDefaultSortOrder(after, ParseSortOrder("volts desc", after.CurrentSchema()).ValueOrDie())
          .ValueOrDie();
  after = SetProperties(after, {{"owner", "esoc"}});
  EXPECT_EQ(MetadataChanges(before, after),
            (Strings{"set-partition bucket(4, id)", "set-sort volts desc nulls last",
                     "set-property owner=esoc"}));
  EXPECT_EQ(MetadataChanges(after, before),
            (Strings{"set-partition ''", "set-sort ''", "unset-property owner"}));
  EXPECT_EQ(MetadataChanges(before, UpgradeFormat(before, 3).ValueOrDie()), Strings{"upgrade 3"});

  auto tagged = before;
  tagged.refs["audit"] = SnapshotRef{SnapshotId(7), SnapshotRef::Kind::kTag, {}, {}, {}};
  EXPECT_EQ(MetadataChanges(before, tagged), Strings{"tag create audit at snapshot 7"});
  EXPECT_EQ(MetadataChanges(tagged, before), Strings{"tag delete audit"});
  auto kept = tagged;
  kept.refs["audit"].max_ref_age_ms = 1;
  EXPECT_EQ(MetadataChanges(tagged, kept), Strings{"tag replace audit"});
}

TEST(MetadataChanges, TellAClusteringAsASort) {
  const auto before = Readings();
  const auto after = WithRowOrder(before, "zorder(volts, id)").ValueOrDie();
  EXPECT_EQ(MetadataChanges(before, after), Strings{"set-sort zorder(volts, id)"});
  EXPECT_EQ(MetadataChanges(after, before), Strings{"set-sort ''"});
  const auto sorted = WithRowOrder(after, "id desc").ValueOrDie();
  EXPECT_EQ(MetadataChanges(after, sorted), Strings{"set-sort id desc nulls last"});
  EXPECT_FALSE(sorted.properties.contains(kClusteringProperty));
}

TEST(DescribeCreation, SaysColumnsPartitionsAndOrder) {
  EXPECT_EQ(DescribeCreation(Readings()), "3 columns");
  EXPECT_EQ(DescribeCreation(WithRowOrder(Readings(), "hilbert(volts)").ValueOrDie()),
            "3 columns; clustered by hilbert(volts)");
}

}  // namespace
}  // namespace artemis

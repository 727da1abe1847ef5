// Making and opening tables: by name and by path, and what is said where the columns differ.
#include <arrow/util/key_value_metadata.h>

#include "artemis/base/error.h"
#include "artemis/schema/arrow_schema.h"
#include "artemis/timetravel/timetravel_fixture.h"

namespace artemis {
namespace {

class CreateTableTest : public TimeTravelTest {
 protected:
  // What the table of MissionAndVolts says to another schema.
  SchemaMismatch Mismatch(const Schema& schema) {
    MakeTable();
    const auto status = CreateTable("lab.readings", schema, Options()).status();
    EXPECT_TRUE(status.IsAlreadyExists()) << status;
    const auto* detail = FindDetail<SchemaMismatch>(status);
    EXPECT_NE(detail, nullptr) << status;
    return detail != nullptr ? *detail : SchemaMismatch("", "", "");
  }
  std::string Path(const std::string& below) const { return (folder_ / below).string(); }
};

TEST_F(CreateTableTest, MakesATableThatIsThereAfterwards) {
  const Table table = MakeTable();
  EXPECT_EQ(table.name().ToString(), "lab.readings");
  EXPECT_EQ(table.Load().ValueOrDie().metadata->format_version, 2);
  EXPECT_EQ(OpenTable("lab.readings", Options()).ValueOrDie().CurrentSchema().ValueOrDie().fields,
            MissionAndVolts().fields);
}

TEST_F(CreateTableTest, OpensTheTableThatIsThere) {
  AppendAt(MakeTable(), Noon(kMinuteMs), R"({"mission": "apollo-7", "volts": 28.1})");
  Schema turned = MissionAndVolts();
  std::swap(turned.fields[0], turned.fields[1]);
  const auto again = CreateTable("lab.readings", turned, Options());
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(RowsAt(*again), Rows{"apollo-7|28.1"});
}

TEST_F(CreateTableTest, KeepsTheIdsOfTheCaller) {
  Schema schema;
  schema.fields = {OptionalField(17, "mission", "string"), OptionalField(4, "volts", "double")};
  const Table table = CreateTable("lab.ids", schema, Options()).ValueOrDie();
  EXPECT_EQ(table.CurrentSchema().ValueOrDie().fields, schema.fields);
  ASSERT_TRUE(table.AddColumn("site", "string").ok());
  EXPECT_EQ(table.CurrentSchema().ValueOrDie().FindField("site")->id, FieldId(18));
}

TEST_F(CreateTableTest, KeepsTheIdsOfArrowFields) {
  const auto id = [](const std::string& value) {
    return arrow::key_value_metadata({kParquetFieldIdKey}, {value});
  };
  const auto schema = arrow::schema({arrow::field("mission", arrow::utf8(), false, id("9")),
                                     arrow::field("volts", arrow::float64(), true, id("3"))});
  const Table table = CreateTable("lab.ids", *schema, Options()).ValueOrDie();
  const auto made = table.CurrentSchema().ValueOrDie();
  EXPECT_EQ(made.FindField("mission")->id, FieldId(9));
  EXPECT_TRUE(made.FindField("mission")->required);
  EXPECT_EQ(made.FindField("volts")->id, FieldId(3));
  EXPECT_TRUE(CreateTable("lab.ids", *schema, Options()).ok());
}

TEST_F(CreateTableTest, WithoutIdsNamesAreCompared) {
  const auto schema = arrow::schema(
      {arrow::field("mission", arrow::utf8()), arrow::field("volts", arrow::float64())});
  const Table table = CreateTable("lab.arrow", *schema, Options()).ValueOrDie();
  EXPECT_EQ(table.CurrentSchema().ValueOrDie().FindField("volts")->id, FieldId(2));
  // After a change that leaves the same columns with other ids.
  ASSERT_TRUE(table.DropColumn("mission").ok());
  ASSERT_TRUE(table.AddColumn("mission", "string").ok());
  EXPECT_TRUE(CreateTable("lab.arrow", *schema, Options()).ok());
}

TEST_F(CreateTableTest, SaysWhichColumnHasAnotherType) {
  Schema schema = MissionAndVolts();
  schema.fields[1].type = Type::Of(TypeKind::kFloat);
  const auto mismatch = Mismatch(schema);
  EXPECT_EQ(mismatch.field, "volts");
  EXPECT_EQ(mismatch.expected, "optional float");
  EXPECT_EQ(mismatch.found, "optional double");
}

TEST_F(CreateTableTest, SaysWhichColumnIsMissing) {
  Schema schema = MissionAndVolts();
  schema.fields.push_back(OptionalField(3, "site", "string"));
  auto mismatch = Mismatch(schema);
  EXPECT_EQ(mismatch.field, "site");
  EXPECT_EQ(mismatch.expected, "optional string");
  EXPECT_EQ(mismatch.found, "no such column");
  schema.fields = {schema.fields[0]};
  mismatch = Mismatch(schema);
  EXPECT_EQ(mismatch.field, "volts");
  EXPECT_EQ(mismatch.expected, "no such column");
}

TEST_F(CreateTableTest, SaysWhichColumnMayBeNullOrHasAnotherId) {
  Schema schema = MissionAndVolts();
  schema.fields[0].required = true;
  EXPECT_EQ(Mismatch(schema).expected, "required string");
  schema = MissionAndVolts();
  schema.fields[1].id = FieldId(7);
  const auto mismatch = Mismatch(schema);
  EXPECT_EQ(mismatch.field, "volts");
  EXPECT_EQ(mismatch.expected, "field id 7");
  EXPECT_EQ(mismatch.found, "field id 2");
}

TEST_F(CreateTableTest, LooksIntoStructs) {
  Schema schema;
  Field position;
  position.id = FieldId(1);
  position.name = "position";
  position.type = Type::Struct({OptionalField(2, "lat", "double")});
  schema.fields = {position};
  ASSERT_TRUE(CreateTable("lab.nested", schema, Options()).ok());
  EXPECT_TRUE(CreateTable("lab.nested", schema, Options()).ok());
  schema.fields[0].type.fields[0].type = Type::Of(TypeKind::kFloat);
  const auto status = CreateTable("lab.nested", schema, Options()).status();
  ASSERT_NE(FindDetail<SchemaMismatch>(status), nullptr) << status;
  EXPECT_EQ(FindDetail<SchemaMismatch>(status)->field, "position.lat");
}

TEST_F(CreateTableTest, AMismatchChangesNothing) {
  const Table table = MakeTable();
  const auto before = table.Load().ValueOrDie().metadata_location;
  Mismatch(Schema());
  EXPECT_EQ(table.Load().ValueOrDie().metadata_location, before);
}

TEST_F(CreateTableTest, AFolderIsATableOfItsOwn) {
  const Table table = CreateTable(Path("lab/readings"), MissionAndVolts(), Options()).ValueOrDie();
  const auto first = AppendAt(table, Noon(kMinuteMs), R"({"mission": "apollo-7", "volts": 28.1})");
  EXPECT_TRUE(std::filesystem::exists(folder_ / "lab/readings/metadata/version-hint.text"));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "catalog.db"));
  const Table same = OpenTable("file://" + Path("lab/readings/"), Options()).ValueOrDie();
  EXPECT_EQ(RowsAt(same, first), Rows{"apollo-7|28.1"});
  EXPECT_TRUE(CreateTable(Path("lab/readings"), MissionAndVolts(), Options()).ok());
}

TEST_F(CreateTableTest, AFolderKeepsItsHistoryByItself) {
  const Table table = CreateTable(Path("lab/readings"), MissionAndVolts(), Options()).ValueOrDie();
  const auto a = AppendAt(table, Noon(kMinuteMs), R"({"mission": "a"})");
  const auto b = AppendAt(table, Noon(2 * kMinuteMs), R"({"mission": "b"})");
  clock_.Set(Noon(3 * kMinuteMs));
  ASSERT_TRUE(table.RollbackTo(a).ok());
  const std::vector<CurrentInterval> expected = {
      {a, Noon(kMinuteMs), Noon(2 * kMinuteMs), false, false},
      {b, Noon(2 * kMinuteMs), Noon(3 * kMinuteMs), false, false},
      {a, Noon(3 * kMinuteMs), std::nullopt, true, false}};
  EXPECT_EQ(table.History().ValueOrDie(), expected);
}

TEST_F(CreateTableTest, WhatIsNoPlaceIsRefused) {
  for (const std::string where : {"readings", "", "/readings", "/", "a..b"}) {
    const auto status = CreateTable(where, MissionAndVolts(), Options()).status();
    EXPECT_TRUE(status.IsInvalid()) << where << ": " << status;
  }
  EXPECT_TRUE(
      CreateTable(Path("lab.x/readings"), MissionAndVolts(), Options()).status().IsInvalid());
}

TEST_F(CreateTableTest, OpeningDoesNotMake) {
  MakeTable();
  const auto status = OpenTable("lab.other", Options()).status();
  EXPECT_NE(FindDetail<NoSuchTable>(status), nullptr) << status;
}

TEST_F(CreateTableTest, PartitionsPropertiesAndTheFormatVersionItNeeds) {
  TableOptions options = Options();
  options.partition = "mission";
  options.properties = {{"owner", "flight"}};
  const auto metadata = CreateTable("lab.parted", MissionAndVolts(), options)
                            .ValueOrDie()
                            .Load()
                            .ValueOrDie()
                            .metadata;
  EXPECT_EQ(metadata->DefaultSpec().fields.size(), 1u);
  EXPECT_EQ(metadata->properties.at("owner"), "flight");
  Schema nanos;
  nanos.fields = {OptionalField(1, "at", "timestamp_ns")};
  EXPECT_EQ(CreateTable("lab.nanos", nanos, Options())
                .ValueOrDie()
                .Load()
                .ValueOrDie()
                .metadata->format_version,
            3);
}

}  // namespace
}  // namespace artemis

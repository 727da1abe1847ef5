// Facts of which files fit a table.
#include "artemis/rewrite/adopt_schema.h"

#include <arrow/extension/uuid.h>
#include <arrow/type.h>
#include <gtest/gtest.h>

#include "artemis/io/test_folder.h"
#include "artemis/rewrite/adopt_fixture.h"
#include "artemis/rewrite/adopt_name_mapping.h"
#include "artemis/scan/parquet_fixture.h"
#include "artemis/schema/arrow_schema.h"
#include "artemis/table/update.h"

namespace artemis {
namespace {

class AdoptSchema : public ::testing::Test {
 protected:
  void Table(std::vector<Field> fields) {
    NewTable table;
    table.location = "file:///nowhere";
    table.schema.fields = std::move(fields);
    table.format_version = 3;
    metadata_ = MakeTableMetadata(table, TimestampMs(1)).ValueOrDie();
  }
  void SetFields(std::vector<Field> fields) {
    Schema schema;
    schema.fields = std::move(fields);
    metadata_ = SetCurrentSchema(metadata_, schema, FieldId(100)).ValueOrDie();
  }
  arrow::Result<MatchedColumns> Match(const arrow::FieldVector& fields,
                                      const OtherFileOptions& options = {}) {
    const auto path =
        WriteOther(folder_.File("f" + std::to_string(next_++)),
                   *arrow::RecordBatch::MakeEmpty(arrow::schema(fields)).ValueOrDie(), options);
    return MatchColumns(*FooterOf(path), metadata_,
                        MappingWithSchema(mapping_, metadata_.CurrentSchema()));
  }
  std::string Refusal(const arrow::FieldVector& fields, const OtherFileOptions& options = {}) {
    const auto matched = Match(fields, options);
    EXPECT_TRUE(matched.status().IsInvalid()) << matched.status();
    return matched.status().message();
  }
  // Whether a column of the file's type fits one of the table's.
  bool Fits(const Type& type, const std::shared_ptr<arrow::DataType>& stored) {
    Table({MakeField(1, "c", type)});
    return Match({arrow::field("c", stored)}).ok();
  }

  TestFolder folder_;
  TableMetadata metadata_;
  std::optional<NameMapping> mapping_;
  int next_ = 0;
};

TEST_F(AdoptSchema, TakesTheTypesOfTheTableAndNarrowerOnes) {
  const auto us = arrow::timestamp(arrow::TimeUnit::MICRO);
  const auto ms = arrow::timestamp(arrow::TimeUnit::MILLI);
  const auto utc_us = arrow::timestamp(arrow::TimeUnit::MICRO, "UTC");
  const auto berlin = arrow::timestamp(arrow::TimeUnit::MICRO, "Europe/Berlin");
  const auto ns = arrow::timestamp(arrow::TimeUnit::NANO);
  const auto utc_ns = arrow::timestamp(arrow::TimeUnit::NANO, "UTC");
  const struct {
    Type type;
    std::vector<std::shared_ptr<arrow::DataType>> fitting, others;
  } cases[] = {
      {Type::Of(TypeKind::kInt),
       {arrow::int8(), arrow::int16(), arrow::int32()},
       {arrow::int64(), arrow::uint8(), arrow::uint32(), arrow::date32(), arrow::float32()}},
      {Type::Of(TypeKind::kLong),
       {arrow::int32(), arrow::int64()},
       {arrow::uint32(), arrow::uint64(), us, arrow::float64(), arrow::utf8()}},
      {Type::Of(TypeKind::kFloat), {arrow::float32()}, {arrow::float64(), arrow::float16()}},
      {Type::Of(TypeKind::kDouble), {arrow::float32(), arrow::float64()}, {arrow::int32()}},
      {Type::Of(TypeKind::kBoolean), {arrow::boolean()}, {arrow::int8()}},
      {Type::Decimal(9, 2),
       {arrow::decimal128(9, 2), arrow::decimal128(4, 2)},
       {arrow::decimal128(10, 2), arrow::decimal128(9, 3), arrow::float64()}},
      {Type::Of(TypeKind::kDate), {arrow::date32()}, {arrow::int32(), us}},
      {Type::Of(TypeKind::kTime),
       {arrow::time64(arrow::TimeUnit::MICRO)},
       {arrow::time32(arrow::TimeUnit::MILLI), arrow::time64(arrow::TimeUnit::NANO),
        arrow::int64()}},
      {Type::Of(TypeKind::kTimestamp), {us, ms}, {utc_us, ns, arrow::int64()}},
      {Type::Of(TypeKind::kTimestamptz), {utc_us}, {us, utc_ns, berlin}},
      {Type::Of(TypeKind::kTimestampNs), {ns}, {us, utc_ns}},
      {Type::Of(TypeKind::kTimestamptzNs), {utc_ns}, {ns, utc_us}},
      {Type::Of(TypeKind::kString),
       {arrow::utf8(), arrow::large_utf8(), arrow::dictionary(arrow::int32(), arrow::utf8())},
       {arrow::binary()}},
      {Type::Of(TypeKind::kBinary),
       {arrow::binary(), arrow::large_binary()},
       {arrow::utf8(), arrow::fixed_size_binary(4)}},
      {Type::Fixed(4),
       {arrow::fixed_size_binary(4)},
       {arrow::fixed_size_binary(5), arrow::binary()}},
      {Type::Of(TypeKind::kUuid), {arrow::extension::uuid()}, {arrow::fixed_size_binary(16)}},
      {Type::Fixed(16), {arrow::fixed_size_binary(16)}, {arrow::extension::uuid()}},
  };
  for (const auto& each : cases) {
    for (const auto& stored : each.fitting) {
      EXPECT_TRUE(Fits(each.type, stored)) << each.type.ToString() << " of " << stored->ToString();
    }
    for (const auto& stored : each.others) {
      EXPECT_FALSE(Fits(each.type, stored)) << each.type.ToString() << " of " << stored->ToString();
    }
  }
}

TEST_F(AdoptSchema, NamesAppendForWhatItWouldConvert) {
  Table({MakeField(1, "n", TypeKind::kLong), MakeField(2, "ts", TypeKind::kTimestamp),
         MakeField(3, "t", TypeKind::kTime)});
  EXPECT_EQ(Refusal({arrow::field("n", arrow::uint64())}),
            "column n is uint64 in the file: expected long; other engines cannot read unsigned "
            "columns of a table: artemis-table append converts the rows");
  for (const auto& field : {arrow::field("ts", arrow::timestamp(arrow::TimeUnit::NANO)),
                            arrow::field("t", arrow::time64(arrow::TimeUnit::NANO))}) {
    const std::string refusal = Refusal({field});
    EXPECT_NE(refusal.find("nanoseconds as microseconds: artemis-table append"), std::string::npos)
        << refusal;
  }
  OtherFileOptions int96;
  int96.int96 = true;
  EXPECT_NE(Refusal({arrow::field("ts", arrow::timestamp(arrow::TimeUnit::MICRO))}, int96)
                .find("INT96 timestamps count nanoseconds: artemis-table append"),
            std::string::npos);
  EXPECT_EQ(Refusal({arrow::field("n", arrow::utf8())}),
            "column n is string in the file: expected long");
}

TEST_F(AdoptSchema, FindsColumnsByNameInAnyOrderAndTellsWhichAreMissing) {
  Table({MakeField(1, "a", TypeKind::kLong, true), MakeField(2, "b", TypeKind::kString),
         MakeField(3, "c", TypeKind::kDouble, true)});
  const auto matched = Match({arrow::field("b", arrow::utf8()), arrow::field("a", arrow::int64())});
  ASSERT_TRUE(matched.ok()) << matched.status();
  EXPECT_TRUE(matched->lacks_ids);
  EXPECT_EQ(FieldIdOf(*matched->schema->field(0)), FieldId(2));
  EXPECT_EQ(FieldIdOf(*matched->schema->field(1)), FieldId(1));
  EXPECT_EQ(matched->missing, std::vector<Field>{metadata_.CurrentSchema().fields[2]});
}

TEST_F(AdoptSchema, RefusesUnknownColumnsWithANearMatch) {
  Table({MakeField(1, "mission_id", TypeKind::kString)});
  EXPECT_EQ(Refusal({arrow::field("misson_id", arrow::utf8())}),
            "column misson_id is not in the table (did you mean 'mission_id'?)");
  EXPECT_EQ(Refusal({arrow::field("Mission_ID", arrow::utf8())}),
            "column Mission_ID is not in the table (did you mean 'mission_id'?)");
  EXPECT_EQ(Refusal({arrow::field("mission_id", arrow::utf8()), arrow::field("x", arrow::int8())}),
            "column x is not in the table");
  EXPECT_EQ(Refusal({arrow::field("mission_id", arrow::utf8()),
                     arrow::field("mission_id", arrow::utf8())}),
            "column mission_id is in the file twice");
}

TEST_F(AdoptSchema, FindsColumnsByIdAndByNameAtEveryDepth) {
  Table({MakeField(1, "p",
                   Type::Struct({MakeField(2, "lat", TypeKind::kDouble, true),
                                 MakeField(3, "lon", TypeKind::kDouble)})),
         MakeField(4, "tags", Type::List(FieldId(5), Type::Of(TypeKind::kString), false)),
         MakeField(6, "m",
                   Type::Map(FieldId(7), Type::Of(TypeKind::kString), FieldId(8),
                             Type::Of(TypeKind::kLong), false))});
  const auto position = [](int32_t a, int32_t b, int32_t c) {
    return ArrowField(a, "p",
                      arrow::struct_({ArrowField(b, "lat", arrow::float64()),
                                      ArrowField(c, "lon", arrow::float64())}));
  };
  const auto tags = arrow::field("tags", arrow::list(arrow::utf8()));
  const auto map = arrow::field("m", arrow::map(arrow::utf8(), arrow::int32()));
  EXPECT_TRUE(Match({position(0, 0, 0), tags, map}).ok());
  EXPECT_TRUE(Match({position(1, 2, 3)}).ok());
  EXPECT_NE(Refusal({arrow::field("p", arrow::struct_({arrow::field("lon", arrow::float64())}))})
                .find("the required field p.lat is missing"),
            std::string::npos);
  EXPECT_NE(Refusal({arrow::field("p", arrow::struct_({arrow::field("lat", arrow::float64()),
                                                       arrow::field("alt", arrow::float64())}))})
                .find("column p.alt is not in the table"),
            std::string::npos);
  EXPECT_EQ(Refusal({arrow::field("tags", arrow::list(arrow::int32()))}),
            "column tags.element is int32 in the file: expected string");
  EXPECT_NE(Refusal({arrow::field("tags", arrow::utf8())}).find("expected list"),
            std::string::npos);
  EXPECT_NE(Refusal({position(1, 0, 3)}).find("column p.lat has no field id"), std::string::npos);
}

TEST_F(AdoptSchema, TakesIdsOnlyUnderANameThatTheColumnHasOrHad) {
  Table({MakeField(1, "volts", TypeKind::kDouble), MakeField(2, "amps", TypeKind::kDouble)});
  SetFields(
      {MakeField(1, "panel_volts", TypeKind::kDouble), MakeField(3, "watts", TypeKind::kDouble)});
  EXPECT_TRUE(Match({ArrowField(1, "volts", arrow::float64())}).ok());
  EXPECT_TRUE(Match({ArrowField(1, "panel_volts", arrow::float64())}).ok());
  EXPECT_EQ(Refusal({ArrowField(1, "watts", arrow::float64())}),
            "column watts has field id 1, which is panel_volts in the table: artemis-table append "
            "finds columns by their names");
  EXPECT_NE(Refusal({ArrowField(2, "amps", arrow::float64())}).find("the table has dropped"),
            std::string::npos);
  EXPECT_NE(Refusal({ArrowField(9, "x", arrow::float64())}).find("the table does not have"),
            std::string::npos);
  EXPECT_NE(
      Refusal({ArrowField(1, "volts", arrow::float64()), ArrowField(0, "watts", arrow::float64())})
          .find("column watts has no field id, and other columns do"),
      std::string::npos);
}

TEST_F(AdoptSchema, ReadsFilesWithoutIdsByTheTablesMapping) {
  Table({MakeField(1, "volts", TypeKind::kDouble), MakeField(2, "amps", TypeKind::kDouble)});
  mapping_ = DefaultNameMapping(metadata_.CurrentSchema());
  SetFields({MakeField(1, "panel_volts", TypeKind::kDouble),
             MakeField(3, "volts", TypeKind::kDouble), MakeField(4, "amps", TypeKind::kDouble)});
  EXPECT_TRUE(Match({arrow::field("panel_volts", arrow::float64())}).ok());
  EXPECT_EQ(Refusal({arrow::field("volts", arrow::float64())}),
            "column volts: the table's name mapping reads it as panel_volts: artemis-table append "
            "finds columns by their names");
  EXPECT_NE(Refusal({arrow::field("amps", arrow::float64())}).find("the table has dropped"),
            std::string::npos);
}

}  // namespace
}  // namespace artemis

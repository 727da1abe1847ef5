// The parts of manifests: names and types in Avro, partition values and summaries, metrics put together.
#include <cmath>

#include <gtest/gtest.h>

#include "artemis/avro/avro_schema.h"
#include "artemis/table/avro_value.h"
#include "artemis/table/manifest_schema.h"
#include "artemis/table/metrics_builder.h"
#include "artemis/table/partition_summary.h"
#include "artemis/table/sample_table.h"

namespace artemis {
namespace {

TEST(AvroName, EscapesWhatAvroDoesNotAllow) {
  const std::pair<const char*, const char*> cases[] = {
      {"ts_day", "ts_day"},
      {"9lives", "_9lives"},
      {"a b", "a_x20b"},
      {"a.b-c", "a_x2Eb_x2Dc"},
      {"☃", "_x2603"},
      {"h\xc3\xb6he", "h_xF6he"},
      {"\xf0\x9f\x9a\x80", "_xD83D_xDE80"},  // U+1F680 is two UTF-16 units
  };
  for (const auto& [name, expected] : cases) EXPECT_EQ(AvroName(name), expected);
}

TEST(ManifestAvroSchema, IsASchemaWithUniqueNames) {
  Type partition = Type::Struct({SampleField(1000, "a b", Type::Decimal(9, 2)),
                                 SampleField(1001, "a_x20b", Type::Decimal(9, 2)),
                                 SampleField(1002, "u", Type::Of(TypeKind::kUuid)),
                                 SampleField(1003, "v", Type::Of(TypeKind::kUuid))});
  for (int32_t version : {2, 3}) {
    const std::string json = ManifestAvroSchema(partition, version);
    const auto schema = ParseAvroSchema(json);
    ASSERT_TRUE(schema.ok()) << schema.status() << json;
    const AvroSchema* decimal = FindAvroField(*schema, FieldId(1000));
    ASSERT_NE(decimal, nullptr);
    EXPECT_EQ(decimal->size_bytes, 4);
    EXPECT_EQ(decimal->scale, 2);
    EXPECT_NE(decimal->name, FindAvroField(*schema, FieldId(1001))->name);
    EXPECT_EQ(FindAvroField(*schema, FieldId(1003))->logical_type, "uuid");
    EXPECT_NE(json.find(R"("iceberg-field-name":"a b")"), std::string::npos);
    EXPECT_NE(json.find(R"("name":"a_x20b_1001")"), std::string::npos);
    EXPECT_EQ(FindAvroField(*schema, FieldId(144)) != nullptr, version == 3);
  }
}

TEST(ManifestListAvroSchema, HasTheSpecificationsIds) {
  const AvroSchema schema = ParseAvroSchema(ManifestListAvroSchema(3)).ValueOrDie();
  for (int32_t id :
       {500, 501, 502, 517, 515, 516, 503, 504, 505, 506, 512, 513, 514, 507, 519, 520}) {
    EXPECT_NE(FindAvroField(schema, FieldId(id)), nullptr) << id;
  }
  EXPECT_EQ(FindAvroField(schema, FieldId(507))->element_id, FieldId(508));
}

TEST(DecimalBytes, IsTheFewestThatHoldThePrecision) {
  // n bytes hold numbers up to 2^(8n-1) - 1.
  const std::pair<int32_t, int32_t> cases[] = {{1, 1},   {2, 1},   {3, 2},  {4, 2},  {5, 3},
                                               {9, 4},   {10, 5},  {18, 8}, {19, 9}, {28, 12},
                                               {35, 15}, {36, 16}, {38, 16}};
  for (const auto& [precision, bytes] : cases) EXPECT_EQ(DecimalBytes(precision), bytes);
}

TEST(PutAvroValue, WritesDecimalsBigEndian) {
  AvroEncoder out;
  ASSERT_TRUE(PutAvroValue(Type::Decimal(9, 2), arrow::Decimal128(-2), &out).ok());
  EXPECT_EQ(out.bytes(), "\xff\xff\xff\xfe");
  out.Clear();
  ASSERT_TRUE(PutAvroValue(Type::Decimal(4, 0), arrow::Decimal128(1420), &out).ok());
  EXPECT_EQ(out.bytes(), "\x05\x8c");
}

TEST(PutAvroValue, RefusesValuesThatDoNotFitTheType) {
  AvroEncoder out;
  EXPECT_FALSE(PutAvroValue(Type::Decimal(4, 0), arrow::Decimal128(32768), &out).ok());
  EXPECT_FALSE(PutAvroValue(Type::Decimal(4, 0), arrow::Decimal128(-32769), &out).ok());
  EXPECT_FALSE(PutAvroValue(Type::Of(TypeKind::kUuid), std::string("short"), &out).ok());
  EXPECT_FALSE(PutAvroValue(Type::Fixed(3), std::string("four"), &out).ok());
  EXPECT_FALSE(PutAvroValue(Type::Of(TypeKind::kInt), int64_t{1}, &out).ok());
  EXPECT_FALSE(PutAvroValue(Type::Of(TypeKind::kString), 1.5, &out).ok());
  EXPECT_EQ(out.bytes(), "");
}

TEST(AvroValueReader, ReadsTheTypesOfTheFile) {
  AvroSchema writer;
  writer.type = AvroType::kBytes;
  writer.logical_type = "decimal";
  const std::string raw("\x05\x8c");
  EXPECT_EQ(AvroValueReader::For(writer).FromBytes(raw), LiteralValue(arrow::Decimal128(1420)));
  writer.logical_type.clear();
  EXPECT_EQ(AvroValueReader::For(writer).FromBytes(raw), LiteralValue(raw));
  EXPECT_FALSE(AvroValueReader::For(Type::Decimal(38, 0)).FromBytes(std::string(17, 'x')));
  EXPECT_FALSE(AvroValueReader::For(Type::Of(TypeKind::kUuid)).FromBytes("short"));
  EXPECT_EQ(AvroValueReader::For(Type::Of(TypeKind::kDouble)).FromFloat(0.5f), LiteralValue(0.5));
}

TEST(PartitionSummaryBuilder, KeepsNullsAndNansOutOfTheBounds) {
  const Type partition = Type::Struct({SampleField(1000, "d", Type::Of(TypeKind::kDouble))});
  PartitionSummaryBuilder builder(partition);
  for (double value : {2.0, std::nan(""), -1.0}) builder.Add({LiteralValue(value)});
  builder.Add({std::nullopt});
  const auto summaries = builder.Finish();
  ASSERT_EQ(summaries.size(), 1u);
  EXPECT_TRUE(summaries[0].contains_null);
  EXPECT_EQ(summaries[0].contains_nan, true);
  EXPECT_EQ(summaries[0].lower_bound, std::string("\x00\x00\x00\x00\x00\x00\xf0\xbf", 8));
  EXPECT_EQ(summaries[0].upper_bound, std::string("\x00\x00\x00\x00\x00\x00\x00\x40", 8));
}

TEST(PartitionSummaryBuilder, HasNoBoundsWithoutValues) {
  PartitionSummaryBuilder builder(
      Type::Struct({SampleField(1000, "d", Type::Of(TypeKind::kDate))}));
  builder.Add({std::nullopt});
  const auto summaries = builder.Finish();
  EXPECT_TRUE(summaries[0].contains_null);
  EXPECT_EQ(summaries[0].contains_nan, false);
  EXPECT_FALSE(summaries[0].lower_bound.has_value());
}

TEST(MetricsBuilder, PutsMapsInAnyOrderTogether) {
  const std::vector<std::vector<int32_t>> orders = {
      {1, 2, 3, 4}, {4, 3, 2, 1}, {2, 4, 1, 3}, {3}, {}};
  for (const auto& first : orders) {
    for (const auto& second : orders) {
      FileMetrics metrics;
      MetricsBuilder builder;
      builder.Begin(&metrics);
      for (int32_t id : first) builder.Locate(FieldId(id))->value_count = id * 10;
      for (int32_t id : second) builder.Locate(FieldId(id))->null_count = id * 100;
      builder.Finish();
      for (size_t i = 1; i < metrics.size(); ++i) {
        EXPECT_LT(metrics[i - 1].field_id, metrics[i].field_id);
      }
      for (int32_t id = 1; id <= 4; ++id) {
        const bool in_first = std::count(first.begin(), first.end(), id) > 0;
        const bool in_second = std::count(second.begin(), second.end(), id) > 0;
        const ColumnMetrics* found = FindMetrics(metrics, FieldId(id));
        ASSERT_EQ(found != nullptr, in_first || in_second);
        if (found == nullptr) continue;
        EXPECT_EQ(found->value_count, in_first ? std::optional<int64_t>(id * 10) : std::nullopt);
        EXPECT_EQ(found->null_count, in_second ? std::optional<int64_t>(id * 100) : std::nullopt);
      }
    }
  }
}

}  // namespace
}  // namespace artemis

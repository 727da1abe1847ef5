// Tests of schema/partition_spec.h.
#include "artemis/schema/partition_spec.h"

#include <gtest/gtest.h>

#include "artemis/schema/literal.h"

namespace artemis {
namespace {

Field Column(int32_t id, std::string name, Type type) {
  return {FieldId(id), std::move(name), false, std::move(type), {}, {}, {}};
}

Schema TelemetrySchema() {
  Schema schema;
  schema.fields = {
      Column(1, "mission_id", Type::Of(TypeKind::kString)),
      Column(2, "ts", Type::Of(TypeKind::kTimestamptz)),
      Column(3, "id", Type::Of(TypeKind::kLong)),
      Column(4, "position", Type::Struct({Column(6, "lat", Type::Of(TypeKind::kDouble))})),
      Column(5, "tags", Type::List(FieldId(7), Type::Of(TypeKind::kString), false)),
  };
  return schema;
}

TEST(ParsePartitionSpec, ReadsColumnsTransformsAndNames) {
  const auto spec = ParsePartitionSpec(
      "mission_id, day(ts) as day, bucket(16, id), truncate(4, mission_id) as short",
      TelemetrySchema(), SpecId(3));
  ASSERT_TRUE(spec.ok()) << spec.status();
  const std::vector<PartitionField> expected = {
      {FieldId(1), FieldId(1000), "mission_id", {TransformKind::kIdentity, 0, {}}},
      {FieldId(2), FieldId(1001), "day", {TransformKind::kDay, 0, {}}},
      {FieldId(3), FieldId(1002), "id_bucket", {TransformKind::kBucket, 16, {}}},
      {FieldId(1), FieldId(1003), "short", {TransformKind::kTruncate, 4, {}}},
  };
  EXPECT_EQ(spec->id, SpecId(3));
  EXPECT_EQ(spec->fields, expected);
  EXPECT_EQ(spec->HighestFieldId(), FieldId(1003));
}

TEST(ParsePartitionSpec, GivesJavasDefaultNames) {
  const std::pair<const char*, const char*> cases[] = {{"year(ts)", "ts_year"},
                                                       {"months(ts)", "ts_month"},
                                                       {"DAY(ts)", "ts_day"},
                                                       {"hour(ts)", "ts_hour"},
                                                       {"bucket(id, 8)", "id_bucket"},
                                                       {"truncate(2, id)", "id_trunc"},
                                                       {"position.lat", "position.lat"},
                                                       {"\"mission_id\"", "mission_id"}};
  for (const auto& [text, name] : cases) {
    const auto spec = ParsePartitionSpec(text, TelemetrySchema());
    ASSERT_TRUE(spec.ok()) << spec.status();
    EXPECT_EQ(spec->fields[0].name, name);
  }
}

TEST(ParsePartitionSpec, EmptyTextIsUnpartitioned) {
  const auto spec = ParsePartitionSpec("  ", TelemetrySchema());
  ASSERT_TRUE(spec.ok());
  EXPECT_TRUE(spec->is_unpartitioned());
  EXPECT_EQ(spec->HighestFieldId(), FieldId(999));
}

TEST(ParsePartitionSpec, RefusesWhatCannotBeASpec) {
  const std::pair<const char*, const char*> cases[] = {
      {"misson_id", "did you mean 'mission_id'"},
      {"dya(ts)", "no such transform: dya (did you mean 'day'?)"},
      {"day(mission_id)", "does not take type string"},
      {"position", "does not take type"},
      {"tags.element", "list or map"},
      {"bucket(id)", "expected a number and a column"},
      {"bucket(0, id)", "greater than 0"},
      {"day(ts) as id", "name of a column"},
      {"day(ts) as a, hour(ts) as a", "two partition fields"},
      {"day(ts) as a, day(ts) as b", "the same"},
      {"day(ts) named d", "as NAME"},
      {"day(ts", "')'"},
      {"id,", "a name"},
      {"id;", "',' or the end"},
      {"\"id", "closing quote"},
  };
  for (const auto& [text, part] : cases) {
    const auto spec = ParsePartitionSpec(text, TelemetrySchema());
    ASSERT_TRUE(spec.status().IsInvalid()) << text;
    EXPECT_NE(spec.status().message().find(part), std::string::npos) << spec.status();
  }
}

TEST(FormatPartitionSpec, ReadsBack) {
  const Schema schema = TelemetrySchema();
  for (const char* text : {"mission_id, day(ts) as day, bucket(16, id), truncate(4, mission_id)",
                           "position.lat", "hour(ts) as \"the hour\"", ""}) {
    const auto spec = ParsePartitionSpec(text, schema);
    ASSERT_TRUE(spec.ok()) << spec.status();
    EXPECT_EQ(FormatPartitionSpec(*spec, schema), text);
  }
}

TEST(PartitionType, HasAnOptionalFieldPerPartitionField) {
  const Schema schema = TelemetrySchema();
  const auto spec = *ParsePartitionSpec("mission_id, day(ts), bucket(4, id)", schema);
  const auto type = PartitionType(spec, schema);
  ASSERT_TRUE(type.ok());
  EXPECT_EQ(type->ToString(),
            "struct<1000: mission_id: optional string, 1001: ts_day: optional date, "
            "1002: id_bucket: optional int>");
}

TEST(PartitionType, KnowsTransformsOfDroppedColumnsThatNeedNoSource) {
  const Schema schema = TelemetrySchema();
  const auto spec = *ParsePartitionSpec("day(ts), bucket(4, id)", schema);
  EXPECT_EQ(PartitionType(spec, Schema())->ToString(),
            "struct<1000: ts_day: optional date, 1001: id_bucket: optional int>");
  const auto identity = *ParsePartitionSpec("mission_id", schema);
  EXPECT_TRUE(PartitionType(identity, Schema()).status().IsInvalid());
}

TEST(PartitionSpec, VoidFieldsAloneAreUnpartitioned) {
  PartitionSpec spec;
  spec.fields = {{FieldId(1), FieldId(1000), "gone", {TransformKind::kVoid, 0, {}}}};
  EXPECT_TRUE(spec.is_unpartitioned());
  spec.fields.push_back({FieldId(2), FieldId(1001), "day", {TransformKind::kDay, 0, {}}});
  EXPECT_FALSE(spec.is_unpartitioned());
}

TEST(PartitionPath, EncodesNamesAndValuesAsJavaDoes) {
  const Schema schema = TelemetrySchema();
  const auto spec = *ParsePartitionSpec("mission_id, day(ts) as \"the day\"", schema);
  const auto path = [&](std::optional<LiteralValue> mission, std::optional<LiteralValue> day) {
    return *PartitionPath(spec, schema, {std::move(mission), std::move(day)});
  };
  EXPECT_EQ(path(std::string("apollo-7"), int32_t{19'797}),
            "mission_id=apollo-7/the+day=2024-03-15");
  EXPECT_EQ(path(std::string("a/b c&ü~*"), std::nullopt),
            "mission_id=a%2Fb+c%26%C3%BC%7E*/the+day=null");
  EXPECT_EQ(path(std::string(""), int32_t{-1}), "mission_id=/the+day=1969-12-31");
  EXPECT_TRUE(PartitionPath(spec, schema, {}).status().IsInvalid());
  EXPECT_EQ(*PartitionPath(PartitionSpec(), schema, {}), "");
}

TEST(FormatPartitionValue, IsJavasHumanString) {
  const Type ts = Type::Of(TypeKind::kTimestamp);
  const auto format = [](TransformKind kind, const Type& type, LiteralValue value) {
    return FormatPartitionValue({kind, 4, {}}, type, value);
  };
  EXPECT_EQ(format(TransformKind::kYear, ts, int32_t{47}), "2017");
  EXPECT_EQ(format(TransformKind::kYear, ts, int32_t{-1}), "1969");
  EXPECT_EQ(format(TransformKind::kMonth, ts, int32_t{574}), "2017-11");
  EXPECT_EQ(format(TransformKind::kMonth, ts, int32_t{-1}), "1969-12");
  EXPECT_EQ(format(TransformKind::kDay, ts, int32_t{17'486}), "2017-11-16");
  EXPECT_EQ(format(TransformKind::kHour, ts, int32_t{419'686}), "2017-11-16-22");
  EXPECT_EQ(format(TransformKind::kHour, ts, int32_t{-1}), "1969-12-31-23");
  EXPECT_EQ(format(TransformKind::kBucket, ts, int32_t{3}), "3");
  EXPECT_EQ(format(TransformKind::kIdentity, ts, int64_t{1'510'871'468'000'000}),
            "2017-11-16T22:31:08");
  EXPECT_EQ(format(TransformKind::kIdentity, Type::Of(TypeKind::kTimestamptz),
                   int64_t{1'512'123'175'038'194}),
            "2017-12-01T10:12:55.038194Z");
  EXPECT_EQ(format(TransformKind::kIdentity, Type::Of(TypeKind::kTime), int64_t{36'775'038'194}),
            "10:12:55.038194");
  EXPECT_EQ(format(TransformKind::kIdentity, Type::Of(TypeKind::kTime), int64_t{0}), "00:00");
  EXPECT_EQ(
      format(TransformKind::kIdentity, Type::Of(TypeKind::kBinary), std::string("\x01\x02\x03")),
      "AQID");
  EXPECT_EQ(format(TransformKind::kTruncate, Type::Of(TypeKind::kString), std::string("ab")), "ab");
}

TEST(FormatPartitionValue, ShowsResultsOfUnknownTransformsAsTheyAre) {
  const Transform unknown = *ParseTransform("zorder(a, b)");
  const Type source = Type::Of(TypeKind::kTimestamp);
  EXPECT_EQ(FormatPartitionValue(unknown, source, LiteralValue(int32_t{5})), "5");
  EXPECT_EQ(FormatPartitionValue(unknown, source, LiteralValue(std::string("x"))), "x");
  EXPECT_EQ(FormatPartitionValue(unknown, source, std::nullopt), "null");
  PartitionSpec spec;
  spec.fields = {{FieldId(9), FieldId(1000), "z", unknown}};
  EXPECT_EQ(PartitionType(spec, Schema())->fields[0].type, Type::Of(TypeKind::kUnknown));
}

}  // namespace
}  // namespace artemis

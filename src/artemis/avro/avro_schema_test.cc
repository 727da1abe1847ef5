// Parsing writers' schemas.
#include "artemis/avro/avro_schema.h"

#include <gtest/gtest.h>

namespace artemis {
namespace {

TEST(ParseAvroSchema, KeepsIcebergsIds) {
  const auto schema = ParseAvroSchema(R"({"type":"record","name":"r","fields":[
      {"name":"a","type":["null","long"],"default":null,"field-id":7},
      {"name":"l","type":{"type":"array","items":"int","element-id":9},"field-id":8},
      {"name":"m","type":{"type":"map","values":"bytes","key-id":11,"value-id":12},"field-id":10}]})");
  ASSERT_TRUE(schema.ok()) << schema.status();
  ASSERT_EQ(schema->fields.size(), 3u);
  EXPECT_EQ(schema->fields[0].field_id, FieldId(7));
  EXPECT_EQ(schema->fields[0].type.children[1].type, AvroType::kLong);
  EXPECT_EQ(schema->fields[1].type.element_id, FieldId(9));
  EXPECT_EQ(schema->fields[2].type.key_id, FieldId(11));
  EXPECT_EQ(schema->fields[2].type.value_id, FieldId(12));
  EXPECT_EQ(FindAvroField(*schema, FieldId(7))->type, AvroType::kLong);
  EXPECT_EQ(FindAvroField(*schema, FieldId(99)), nullptr);
}

TEST(ParseAvroSchema, ReadsLogicalTypes) {
  const auto schema = ParseAvroSchema(R"({"type":"record","name":"r","fields":[
      {"name":"d","type":{"type":"int","logicalType":"date"},"field-id":1},
      {"name":"n","type":{"type":"fixed","name":"f","size":4,"logicalType":"decimal","precision":9,"scale":2},
       "field-id":2}]})");
  ASSERT_TRUE(schema.ok()) << schema.status();
  EXPECT_EQ(schema->fields[0].type.logical_type, "date");
  const AvroSchema& decimal = schema->fields[1].type;
  EXPECT_EQ(decimal.type, AvroType::kFixed);
  EXPECT_EQ(decimal.size_bytes, 4);
  EXPECT_EQ(decimal.precision, 9);
  EXPECT_EQ(decimal.scale, 2);
}

TEST(ParseAvroSchema, ResolvesNamesInTheEnclosingNamespace) {
  const auto schema = ParseAvroSchema(R"({"type":"record","name":"r","namespace":"a.b","fields":[
      {"name":"x","type":{"type":"fixed","name":"id","size":16}},
      {"name":"y","type":"id"},
      {"name":"z","type":"a.b.id"}]})");
  ASSERT_TRUE(schema.ok()) << schema.status();
  EXPECT_EQ(schema->fields[1].type.size_bytes, 16);
  EXPECT_EQ(schema->fields[2].type.size_bytes, 16);
}

TEST(ParseAvroSchema, RefusesWhatIsNoSchema) {
  const char* cases[] = {
      "",
      "{",
      "7",
      "[]",
      R"({"name":"x"})",
      R"({"type":"strange"})",
      R"({"type":"record","name":"r"})",
      R"({"type":"record","fields":[]})",
      R"({"type":"record","name":"r","fields":[{"name":"a"}]})",
      R"({"type":"record","name":"r","fields":[7]})",
      R"({"type":"record","name":"r","fields":[{"name":"next","type":["null","r"]}]})",
      R"({"type":"record","name":"r","fields":[{"name":"a","type":"int","field-id":-1}]})",
      R"({"type":"array"})",
      R"({"type":"map"})",
      R"({"type":"fixed","name":"f"})",
      R"({"type":"fixed","name":"f","size":-1})",
      R"({"type":"bytes","logicalType":"decimal","precision":39})",
  };
  for (const char* json : cases) {
    EXPECT_TRUE(ParseAvroSchema(json).status().IsInvalid()) << json;
  }
}

TEST(ParseAvroSchema, RefusesDeepNesting) {
  std::string json = "\"int\"";
  for (int i = 0; i < kAvroDepthMax + 1; ++i) json = R"({"type":"array","items":)" + json + "}";
  EXPECT_TRUE(ParseAvroSchema(json).status().IsInvalid());
}

TEST(ParseAvroSchema, RefusesNamesThatGrowWithoutBound) {
  std::string fields = R"({"name":"f0","type":{"type":"record","name":"r0","fields":[
      {"name":"a","type":"int"},{"name":"b","type":"int"}]}})";
  for (int i = 1; i < 40; ++i) {
    const std::string before = "\"r" + std::to_string(i - 1) + "\"";
    fields += R"(,{"name":"f","type":{"type":"record","name":"r)" + std::to_string(i) +
              R"(","fields":[{"name":"a","type":)" + before + R"(},{"name":"b","type":)" + before +
              "}]}}";
  }
  const auto schema =
      ParseAvroSchema(R"({"type":"record","name":"root","fields":[)" + fields + "]}");
  EXPECT_TRUE(schema.status().IsInvalid()) << schema.status();
}

TEST(MinEncodedBytes, AddsUpRecords) {
  const auto schema = ParseAvroSchema(R"({"type":"record","name":"r","fields":[
      {"name":"a","type":"null"},{"name":"b","type":"double"},{"name":"c","type":["null","double"]},
      {"name":"d","type":{"type":"fixed","name":"f","size":16}}]})");
  ASSERT_TRUE(schema.ok());
  EXPECT_EQ(MinEncodedBytes(*schema), 0 + 8 + 1 + 16);
}

}  // namespace
}  // namespace artemis

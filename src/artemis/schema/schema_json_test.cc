// Tests of schema/schema_json.h; shapes from the specification, Appendix C.
#include "artemis/schema/schema_json.h"

#include <gtest/gtest.h>

#include "artemis/base/error.h"

namespace artemis {
namespace {

constexpr char kNestedJson[] =
    R"j({"type":"struct","schema-id":3,"identifier-field-ids":[1],"fields":[)j"
    R"j({"id":1,"name":"id","required":true,"type":"uuid","doc":"row \"key\""},)j"
    R"j({"id":2,"name":"tags","required":false,"type":{"type":"list","element-id":3,)j"
    R"j("element":"string","element-required":true}},)j"
    R"j({"id":4,"name":"attributes","required":false,"type":{"type":"map","key-id":5,"key":"string",)j"
    R"j("value-id":6,"value":"double","value-required":false}},)j"
    R"j({"id":7,"name":"position","required":false,"type":{"type":"struct","fields":[)j"
    R"j({"id":8,"name":"lat","required":false,"type":"decimal(9, 2)",)j"
    R"j("initial-default":"14.20","write-default":"0.00"}]}}]})j";

TEST(SchemaFromJson, ReadsNestedTypesDocsAndDefaults) {
  const auto schema = SchemaFromJson(kNestedJson);
  ASSERT_TRUE(schema.ok()) << schema.status();
  EXPECT_EQ(schema->id, SchemaId(3));
  EXPECT_EQ(schema->identifier_field_ids, std::vector<FieldId>{FieldId(1)});
  EXPECT_EQ(schema->fields[0].doc, "row \"key\"");
  EXPECT_TRUE(schema->fields[0].required);
  EXPECT_EQ(schema->fields[1].type, Type::List(FieldId(3), Type::Of(TypeKind::kString), true));
  EXPECT_EQ(schema->fields[2].type, Type::Map(FieldId(5), Type::Of(TypeKind::kString), FieldId(6),
                                              Type::Of(TypeKind::kDouble), false));
  const Field* lat = schema->FindField("position.lat");
  ASSERT_NE(lat, nullptr);
  EXPECT_EQ(lat->type, Type::Decimal(9, 2));
  EXPECT_EQ(lat->initial_default, LiteralValue(arrow::Decimal128(1420)));
  EXPECT_EQ(lat->write_default, LiteralValue(arrow::Decimal128(0)));
}

TEST(SchemaToJson, WritesWhatWasRead) {
  EXPECT_EQ(SchemaToJson(*SchemaFromJson(kNestedJson)), kNestedJson);
}

TEST(SchemaFromJson, AMissingSchemaIdIsZero) {
  const auto schema = SchemaFromJson(R"({"type":"struct","fields":[]})");
  ASSERT_TRUE(schema.ok()) << schema.status();
  EXPECT_EQ(schema->id, SchemaId(0));
  EXPECT_TRUE(schema->fields.empty());
}

TEST(SchemaFromJson, NamesTypeAndFieldOfWhatItRefuses) {
  const std::pair<const char*, const char*> cases[] = {
      {R"({"fields":[{"id":1,"name":"v","required":false,"type":"tensor"}]})",
       "field 'v': unknown type 'tensor'"},
      {R"({"fields":[{"id":1,"name":"v","required":false,"type":{"type":"set"}}]})",
       "field 'v': unknown type 'set'"},
      {R"({"fields":[{"id":1,"name":"v","type":"int"}]})", "expected member 'required'"},
      {R"({"fields":[{"id":"1","name":"v","required":true,"type":"int"}]})",
       "member 'id': expected a whole number, found string"},
      {R"({"fields":[{"id":5000000000,"name":"v","required":true,"type":"int"}]})", "out of range"},
      {R"({"fields":7})", "expected an array"},
      {R"({})", "expected member 'fields'"},
      {R"([])", "expected an object"},
      {R"({"fields":[)", "parse error"},
      {R"({"fields":[{"id":1,"name":"a","required":true,"type":"int"},)"
       R"({"id":1,"name":"b","required":true,"type":"int"}]})",
       "used twice ('b')"},
      {R"({"fields":[{"id":1,"name":"v","required":true,"type":"int","initial-default":"x"}]})",
       "initial-default"},
      {R"({"fields":[],"identifier-field-ids":["a"]})", "identifier-field-ids"},
  };
  for (const auto& [json, part] : cases) {
    const auto schema = SchemaFromJson(json);
    ASSERT_TRUE(schema.status().IsInvalid()) << json;
    EXPECT_NE(schema.status().message().find(part), std::string::npos) << schema.status();
  }
}

TEST(SchemaFromJson, LimitsNesting) {
  std::string json = R"({"fields":[{"id":1,"name":"v","required":false,"type":)";
  for (int i = 0; i < 70; ++i) json += R"({"type":"list","element-id":2,"element":)";
  const auto schema = SchemaFromJson(json);
  EXPECT_NE(FindDetail<LimitExceeded>(schema.status()), nullptr);
}

TEST(PartitionSpecJson, ReadsBack) {
  const std::string json =
      R"({"spec-id":4,"fields":[{"name":"ts_day","transform":"day","source-id":2,"field-id":1000},)"
      R"({"name":"b","transform":"bucket[16]","source-id":3,"field-id":1001}]})";
  const auto spec = PartitionSpecFromJson(json);
  ASSERT_TRUE(spec.ok()) << spec.status();
  EXPECT_EQ(spec->id, SpecId(4));
  EXPECT_EQ(spec->fields[1].transform, (Transform{TransformKind::kBucket, 16, {}}));
  EXPECT_EQ(PartitionSpecToJson(*spec), json);
  EXPECT_EQ(PartitionFieldsToJson(spec->fields), json.substr(22, json.size() - 23));
}

TEST(PartitionFieldsFromJson, NumbersTheFieldsOfVersionOne) {
  const auto fields =
      PartitionFieldsFromJson(R"([{"name":"a","transform":"identity","source-id":1},)"
                              R"({"name":"b","transform":"future[3]","source-id":2}])");
  ASSERT_TRUE(fields.ok()) << fields.status();
  EXPECT_EQ((*fields)[0].field_id, FieldId(1000));
  EXPECT_EQ((*fields)[1].field_id, FieldId(1001));
  EXPECT_EQ((*fields)[1].transform.kind, TransformKind::kUnknown);
  EXPECT_EQ((*fields)[1].transform.ToString(), "future[3]");
}

TEST(PartitionSpecFromJson, ReadsASingleSourceFromSourceIds) {
  const auto one = PartitionFieldsFromJson(
      R"([{"name":"a","transform":"identity","source-ids":[7],"field-id":1000}])");
  ASSERT_TRUE(one.ok()) << one.status();
  EXPECT_EQ((*one)[0].source_id, FieldId(7));
}

TEST(PartitionSpecJson, KeepsTransformsOfSeveralArgumentsAsUnknown) {
  const std::string json =
      R"([{"name":"a","transform":"bucket[4]","source-ids":[7,8],"field-id":1000}])";
  const auto fields = PartitionFieldsFromJson(json);
  ASSERT_TRUE(fields.ok()) << fields.status();
  EXPECT_EQ((*fields)[0].transform.kind, TransformKind::kUnknown);
  EXPECT_EQ((*fields)[0].source_id, FieldId(7));
  EXPECT_EQ((*fields)[0].further_source_ids, std::vector<FieldId>{FieldId(8)});
  EXPECT_EQ(PartitionFieldsToJson(*fields), json);
  PartitionSpec spec;
  EXPECT_FALSE(spec.has_unknown_transform());
  spec.fields = *fields;
  EXPECT_TRUE(spec.has_unknown_transform());
  const std::string order =
      R"({"order-id":3,"fields":[{"transform":"zorder","source-ids":[1,2],"direction":"asc",)"
      R"("null-order":"nulls-first"}]})";
  EXPECT_EQ(SortOrderToJson(*SortOrderFromJson(order)), order);
}

TEST(SchemaJson, KeepsTypesThatAreNotSupported) {
  for (const char* name :
       {"variant", "geometry", "geometry(OGC:CRS84)", "geography(srid:4326, spherical)"}) {
    const std::string json =
        R"({"type":"struct","schema-id":0,"fields":[{"id":1,"name":"v","required":false,"type":")" +
        std::string(name) + "\"}]}";
    const auto schema = SchemaFromJson(json);
    ASSERT_TRUE(schema.ok()) << schema.status();
    EXPECT_EQ(SchemaToJson(*schema), json);
    const arrow::Status refused = RefuseUnsupported(schema->fields[0], "read");
    EXPECT_TRUE(refused.IsNotImplemented());
    EXPECT_NE(refused.message().find("column 'v'"), std::string::npos) << refused;
    EXPECT_NE(refused.message().find(name), std::string::npos) << refused;
  }
}

TEST(SchemaJson, KeepsDefaultsOfStructs) {
  const std::string json =
      R"({"type":"struct","schema-id":0,"fields":[{"id":1,"name":"p","required":false,"type":)"
      R"({"type":"struct","fields":[{"id":2,"name":"x","required":false,"type":"int",)"
      R"("initial-default":0,"write-default":1}]},"initial-default":{},"write-default":{}}]})";
  const auto schema = SchemaFromJson(json);
  ASSERT_TRUE(schema.ok()) << schema.status();
  EXPECT_TRUE(schema->fields[0].initial_default_struct);
  EXPECT_EQ(schema->fields[0].type.fields[0].initial_default, LiteralValue(int32_t{0}));
  EXPECT_EQ(SchemaToJson(*schema), json);
  const auto with_values =
      SchemaFromJson(R"({"type":"struct","fields":[{"id":1,"name":"p","required":false,"type":)"
                     R"({"type":"struct","fields":[]},"initial-default":{"2":0}}]})");
  EXPECT_TRUE(with_values.status().IsInvalid()) << with_values.status();
}

TEST(SortOrderJson, ReadsBack) {
  const std::string json =
      R"({"order-id":1,"fields":[{"transform":"identity","source-id":2,"direction":"asc",)"
      R"("null-order":"nulls-first"},{"transform":"bucket[4]","source-id":3,"direction":"desc",)"
      R"("null-order":"nulls-last"}]})";
  const auto order = SortOrderFromJson(json);
  ASSERT_TRUE(order.ok()) << order.status();
  EXPECT_EQ(order->fields[1].direction, SortDirection::kDescending);
  EXPECT_EQ(order->fields[1].null_order, NullOrder::kNullsLast);
  EXPECT_EQ(SortOrderToJson(*order), json);
  EXPECT_EQ(SortOrderToJson(SortOrder()), R"({"order-id":0,"fields":[]})");
}

TEST(SortOrderFromJson, RefusesOtherDirections) {
  EXPECT_TRUE(SortOrderFromJson(R"({"order-id":1,"fields":[{"transform":"identity","source-id":2,)"
                                R"("direction":"up","null-order":"nulls-first"}]})")
                  .status()
                  .IsInvalid());
}

}  // namespace
}  // namespace artemis

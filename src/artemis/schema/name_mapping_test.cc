// Tests of schema/name_mapping.h and its JSON form.
#include "artemis/schema/name_mapping.h"

#include <arrow/type.h>
#include <arrow/util/key_value_metadata.h>
#include <gtest/gtest.h>

#include "artemis/schema/arrow_schema.h"
#include "artemis/schema/name_mapping_json.h"

namespace artemis {
namespace {

// The example of the specification, Appendix C.
constexpr char kSpecificationExample[] =
    R"([{"field-id":1,"names":["id","record_id"]},{"field-id":2,"names":["data"]},)"
    R"({"field-id":3,"names":["location"],"fields":[)"
    R"({"field-id":4,"names":["latitude","lat"]},{"field-id":5,"names":["longitude","long"]}]}])";

std::string IdOf(const arrow::Field& field) {
  const auto& metadata = field.metadata();
  if (metadata == nullptr) return "";
  const int index = metadata->FindKey(kParquetFieldIdKey);
  return index < 0 ? "" : metadata->value(index);
}

TEST(NameMappingJson, ReadsTheSpecificationsExample) {
  const auto mapping = NameMappingFromJson(kSpecificationExample);
  ASSERT_TRUE(mapping.ok()) << mapping.status();
  EXPECT_EQ(FindMapped(mapping->fields, "record_id")->field_id, FieldId(1));
  EXPECT_EQ(FindMapped(FindMapped(mapping->fields, "location")->fields, "lat")->field_id,
            FieldId(4));
  EXPECT_EQ(FindMapped(mapping->fields, "lat"), nullptr);
  EXPECT_EQ(NameMappingToJson(*mapping), kSpecificationExample);
}

TEST(NameMappingJson, RefusesOtherShapes) {
  for (const char* json : {"{}", "[1]", R"([{"field-id":1}])", R"([{"names":[1]}])",
                           R"([{"names":["a"],"field-id":"1"}])", R"([{"names":["a","a"]}])",
                           R"([{"names":["a"]},{"names":["a"]}])", "["}) {
    EXPECT_TRUE(NameMappingFromJson(json).status().IsInvalid()) << json;
  }
}

TEST(DefaultNameMapping, HoldsEveryNestedName) {
  Schema schema;
  schema.fields = {{FieldId(1),
                    "tags",
                    false,
                    Type::List(FieldId(2), Type::Of(TypeKind::kString), false),
                    {},
                    {},
                    {}}};
  EXPECT_EQ(NameMappingToJson(DefaultNameMapping(schema)),
            R"([{"field-id":1,"names":["tags"],"fields":[{"field-id":2,"names":["element"]}]}])");
}

TEST(ApplyNameMapping, GivesIdsByNameAtEveryDepth) {
  const auto mapping = *NameMappingFromJson(
      R"([{"field-id":7,"names":["a","old_a"]},)"
      R"({"field-id":8,"names":["l"],"fields":[{"field-id":9,"names":["element"]}]},)"
      R"({"field-id":10,"names":["m"],"fields":[{"field-id":11,"names":["key"]},)"
      R"({"field-id":12,"names":["value"]}]},)"
      R"({"field-id":13,"names":["s"],"fields":[{"field-id":14,"names":["x"]}]}])");
  const auto file = arrow::schema(
      {arrow::field("old_a", arrow::int32()), arrow::field("l", arrow::list(arrow::int32())),
       arrow::field("m", arrow::map(arrow::utf8(), arrow::int32())),
       arrow::field("s", arrow::struct_({arrow::field("x", arrow::int32()),
                                         arrow::field("y", arrow::int32())})),
       arrow::field("unknown", arrow::int32(), true,
                    arrow::key_value_metadata({kParquetFieldIdKey}, {"99"}))});
  EXPECT_TRUE(HasFieldIds(*file));
  const auto mapped = ApplyNameMapping(*file, mapping);
  EXPECT_EQ(IdOf(*mapped->field(0)), "7");
  EXPECT_EQ(mapped->field(0)->name(), "old_a");
  EXPECT_EQ(IdOf(*mapped->field(1)), "8");
  EXPECT_EQ(IdOf(*mapped->field(1)->type()->field(0)), "9");
  const auto& map = static_cast<const arrow::MapType&>(*mapped->field(2)->type());
  EXPECT_EQ(IdOf(*map.key_field()), "11");
  EXPECT_EQ(IdOf(*map.item_field()), "12");
  EXPECT_EQ(IdOf(*mapped->field(3)->type()->field(0)), "14");
  EXPECT_EQ(IdOf(*mapped->field(3)->type()->field(1)), "");
  EXPECT_EQ(IdOf(*mapped->field(4)), "");
  EXPECT_TRUE(mapped->Equals(*file, /*check_metadata=*/false));
}

TEST(HasFieldIds, LooksIntoNestedFields) {
  const auto id = arrow::key_value_metadata({kParquetFieldIdKey}, {"2"});
  EXPECT_FALSE(HasFieldIds(*arrow::schema({arrow::field("a", arrow::int32())})));
  EXPECT_TRUE(HasFieldIds(*arrow::schema(
      {arrow::field("l", arrow::list(arrow::field("item", arrow::int32(), true, id)))})));
}

}  // namespace
}  // namespace artemis

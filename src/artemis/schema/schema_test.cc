// Tests of schema/schema.h.
#include "artemis/schema/schema.h"

#include <gtest/gtest.h>

namespace artemis {
namespace {

Field OptionalField(int32_t id, std::string name, Type type) {
  return {FieldId(id), std::move(name), false, std::move(type), {}, {}, {}};
}

// mission_id, position{lat, lon}, tags[string], attributes{string: long}
Schema NestedSchema() {
  Schema schema;
  schema.fields = {
      OptionalField(1, "mission_id", Type::Of(TypeKind::kString)),
      OptionalField(2, "position",
                    Type::Struct({OptionalField(5, "lat", Type::Of(TypeKind::kDouble)),
                                  OptionalField(6, "lon", Type::Of(TypeKind::kDouble))})),
      OptionalField(3, "tags", Type::List(FieldId(7), Type::Of(TypeKind::kString), true)),
      OptionalField(4, "attributes",
                    Type::Map(FieldId(8), Type::Of(TypeKind::kString), FieldId(9),
                              Type::Of(TypeKind::kLong), false)),
  };
  return schema;
}

TEST(Schema, FindsFieldsByIdAtAnyDepth) {
  const Schema schema = NestedSchema();
  EXPECT_EQ(schema.FindField(FieldId(6))->name, "lon");
  EXPECT_EQ(schema.FindField(FieldId(9))->name, "value");
  EXPECT_EQ(schema.FindField(FieldId(10)), nullptr);
}

TEST(Schema, FullNamesAndIdsAreInverse) {
  const Schema schema = NestedSchema();
  for (const char* name : {"mission_id", "position", "position.lat", "position.lon", "tags",
                           "tags.element", "attributes", "attributes.key", "attributes.value"}) {
    const Field* field = schema.FindField(name);
    ASSERT_NE(field, nullptr) << name;
    EXPECT_EQ(schema.FullName(field->id), name);
  }
  EXPECT_EQ(schema.FullName(FieldId(99)), "");
}

TEST(Schema, NamesAreCaseSensitiveAndExact) {
  const Schema schema = NestedSchema();
  for (const char* name :
       {"Mission_id", "position.", "position.latitude", "lat", "tags.item", ""}) {
    EXPECT_EQ(schema.FindField(name), nullptr) << name;
  }
}

TEST(Schema, FindsNamesThatHoldDots) {
  Schema schema;
  schema.fields = {OptionalField(1, "a", Type::Of(TypeKind::kInt)),
                   OptionalField(2, "a.b", Type::Of(TypeKind::kInt))};
  EXPECT_EQ(schema.FindField("a.b")->id, FieldId(2));
}

TEST(Schema, KnowsItsHighestId) {
  EXPECT_EQ(NestedSchema().HighestFieldId(), FieldId(9));
  EXPECT_EQ(Schema().HighestFieldId(), FieldId(0));
}

TEST(RequireField, NamesTheColumnsAndANearMatch) {
  const Schema schema = NestedSchema();
  EXPECT_EQ((*RequireField(schema, "position.lat"))->id, FieldId(5));
  const auto missing = RequireField(schema, "Mission_ID");
  ASSERT_TRUE(missing.status().IsInvalid());
  EXPECT_EQ(missing.status().message(),
            "no such column: Mission_ID (did you mean 'mission_id'?); the columns are: "
            "mission_id, position, tags, attributes");
  const auto nested = RequireField(schema, "position.lta");
  EXPECT_NE(nested.status().message().find("did you mean 'position.lat'"), std::string::npos);
}

TEST(AssignFreshIds, NumbersAStructBeforeItsChildren) {
  Schema schema = NestedSchema();
  schema.fields[0].id = FieldId(40);
  schema.fields[1].type.fields[0].id = FieldId(41);
  schema.identifier_field_ids = {FieldId(40)};
  const Schema fresh = AssignFreshIds(schema);
  EXPECT_EQ(fresh.FindField("mission_id")->id, FieldId(1));
  EXPECT_EQ(fresh.FindField("attributes")->id, FieldId(4));
  EXPECT_EQ(fresh.FindField("position.lat")->id, FieldId(5));
  EXPECT_EQ(fresh.FindField("attributes.value")->id, FieldId(9));
  EXPECT_EQ(fresh.identifier_field_ids, std::vector<FieldId>{FieldId(1)});
}

TEST(AssignFreshIds, StartsWhereItIsTold) {
  EXPECT_EQ(AssignFreshIds(NestedSchema(), FieldId(100)).HighestFieldId(), FieldId(108));
}

}  // namespace
}  // namespace artemis

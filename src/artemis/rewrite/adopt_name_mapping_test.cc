// Facts of the name mapping that adoption adds.
#include "artemis/rewrite/adopt_name_mapping.h"

#include <gtest/gtest.h>

namespace artemis {
namespace {

Field Named(int32_t id, const std::string& name, Type type = Type::Of(TypeKind::kLong)) {
  Field field;
  field.id = FieldId(id);
  field.name = name;
  field.type = std::move(type);
  return field;
}

Schema Of(std::vector<Field> fields) { return Schema{SchemaId(0), std::move(fields), {}}; }

TEST(MappingWithSchema, IsTheDefaultMappingWhereThereIsNone) {
  const Schema schema =
      Of({Named(1, "a"), Named(2, "p", Type::Struct({Named(3, "lat")})),
          Named(4, "tags", Type::List(FieldId(5), Type::Of(TypeKind::kString), false))});
  EXPECT_EQ(MappingWithSchema(std::nullopt, schema), DefaultNameMapping(schema));
  EXPECT_EQ(MappingWithSchema(DefaultNameMapping(schema), schema), DefaultNameMapping(schema));
}

TEST(MappingWithSchema, AddsNewFieldsAndNewNamesAtEveryDepth) {
  const NameMapping before = {
      {{FieldId(1), {"a"}, {}}, {FieldId(2), {"p"}, {{FieldId(3), {"lat"}, {}}}}}};
  const Schema schema =
      Of({Named(1, "b"), Named(2, "p", Type::Struct({Named(3, "latitude"), Named(4, "lon")})),
          Named(5, "c")});
  const NameMapping expected = {
      {{FieldId(1), {"a", "b"}, {}},
       {FieldId(2), {"p"}, {{FieldId(3), {"lat", "latitude"}, {}}, {FieldId(4), {"lon"}, {}}}},
       {FieldId(5), {"c"}, {}}}};
  EXPECT_EQ(MappingWithSchema(before, schema), expected);
}

TEST(MappingWithSchema, GivesNoNameToTwoFields) {
  // Column a was renamed to b, column c dropped; a and c are new columns.
  const NameMapping before = {{{FieldId(1), {"a"}, {}}, {FieldId(2), {"c"}, {}}}};
  const Schema schema = Of({Named(1, "b"), Named(3, "a"), Named(4, "c")});
  const NameMapping expected = {{{FieldId(1), {"a", "b"}, {}}, {FieldId(2), {"c"}, {}}}};
  EXPECT_EQ(MappingWithSchema(before, schema), expected);
}

TEST(MappingWithSchema, LeavesNamesThatMapToNothing) {
  const NameMapping before = {{{std::nullopt, {"x"}, {}}}};
  EXPECT_EQ(MappingWithSchema(before, Of({Named(1, "x")})), before);
}

}  // namespace
}  // namespace artemis

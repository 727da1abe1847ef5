// Tests of schema/type.h.
#include "artemis/schema/type.h"

#include <cmath>

#include <gtest/gtest.h>

namespace artemis {
namespace {

Field NamedField(int32_t id, std::string name, Type type) {
  return {FieldId(id), std::move(name), false, std::move(type), {}, {}, {}};
}

TEST(Type, TextIsTheSpecificationsSpelling) {
  EXPECT_EQ(Type::Of(TypeKind::kBoolean).ToString(), "boolean");
  EXPECT_EQ(Type::Of(TypeKind::kTimestamptz).ToString(), "timestamptz");
  EXPECT_EQ(Type::Of(TypeKind::kTimestampNs).ToString(), "timestamp_ns");
  EXPECT_EQ(Type::Decimal(9, 2).ToString(), "decimal(9, 2)");
  EXPECT_EQ(Type::Fixed(16).ToString(), "fixed[16]");
  EXPECT_EQ(Type::List(FieldId(2), Type::Of(TypeKind::kString), false).ToString(), "list<string>");
  EXPECT_EQ(Type::Map(FieldId(2), Type::Of(TypeKind::kString), FieldId(3),
                      Type::Of(TypeKind::kLong), true)
                .ToString(),
            "map<string, long>");
  EXPECT_EQ(Type::Struct({NamedField(2, "lat", Type::Of(TypeKind::kDouble))}).ToString(),
            "struct<2: lat: optional double>");
}

TEST(Type, OnlyStructListAndMapAreNested) {
  EXPECT_TRUE(Type::Of(TypeKind::kUnknown).is_primitive());
  EXPECT_TRUE(Type::Decimal(1, 0).is_primitive());
  EXPECT_FALSE(Type::Struct({}).is_primitive());
  EXPECT_FALSE(Type::List(FieldId(1), Type::Of(TypeKind::kInt), true).is_primitive());
}

TEST(Type, EqualityIsDeepAndIncludesNestedIds) {
  const Type list = Type::List(FieldId(2), Type::Of(TypeKind::kInt), false);
  EXPECT_EQ(list, Type::List(FieldId(2), Type::Of(TypeKind::kInt), false));
  EXPECT_NE(list, Type::List(FieldId(3), Type::Of(TypeKind::kInt), false));
  EXPECT_NE(list, Type::List(FieldId(2), Type::Of(TypeKind::kLong), false));
  EXPECT_NE(Type::Decimal(9, 2), Type::Decimal(9, 3));
}

TEST(Field, EqualityTakesOneNaNForTheOther) {
  Field a = NamedField(1, "a", Type::Of(TypeKind::kDouble));
  a.initial_default = a.write_default = LiteralValue(std::nan(""));
  Field b = a;
  EXPECT_EQ(a, b);
  b.write_default = LiteralValue(1.5);
  EXPECT_NE(a, b);
  b.write_default.reset();
  EXPECT_NE(a, b);
}

TEST(Field, EqualityIncludesDocsAndDefaults) {
  Field a = NamedField(1, "a", Type::Of(TypeKind::kInt));
  Field b = a;
  EXPECT_EQ(a, b);
  b.doc = "degrees";
  EXPECT_NE(a, b);
  a.doc = "degrees";
  a.initial_default = LiteralValue(int32_t{5});
  EXPECT_NE(a, b);
}

}  // namespace
}  // namespace artemis

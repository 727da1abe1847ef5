// Tests of schema/type_text.h and of ParseType in schema/evolution.h.
#include "artemis/schema/type_text.h"

#include <gtest/gtest.h>

#include "artemis/schema/evolution.h"

namespace artemis {
namespace {

TEST(ParseTypeName, ReadsWhatToStringWrites) {
  for (const TypeKind kind :
       {TypeKind::kBoolean, TypeKind::kInt, TypeKind::kLong, TypeKind::kFloat, TypeKind::kDouble,
        TypeKind::kDate, TypeKind::kTime, TypeKind::kTimestamp, TypeKind::kTimestamptz,
        TypeKind::kTimestampNs, TypeKind::kTimestamptzNs, TypeKind::kString, TypeKind::kUuid,
        TypeKind::kBinary, TypeKind::kUnknown}) {
    EXPECT_EQ(*ParseTypeName(Type::Of(kind).ToString()), Type::Of(kind));
  }
  EXPECT_EQ(*ParseTypeName("decimal(9,2)"), Type::Decimal(9, 2));
  EXPECT_EQ(*ParseTypeName("decimal( 38 , 0 )"), Type::Decimal(38, 0));
  EXPECT_EQ(*ParseTypeName("fixed[16]"), Type::Fixed(16));
}

TEST(ParseTypeName, RefusesOtherNames) {
  for (const char* name : {"", "Int", "bigint", "variant(1)", "geometry[4326]", "decimal",
                           "decimal(39,2)", "decimal(4,5)", "decimal(4,-1)", "decimal(x)", "fixed",
                           "fixed[0]", "fixed[-1]", "struct"}) {
    EXPECT_TRUE(ParseTypeName(name).status().IsInvalid()) << name;
  }
}

TEST(ParseType, TakesTheNamesPeopleTry) {
  const std::pair<const char*, Type> cases[] = {{"BIGINT", Type::Of(TypeKind::kLong)},
                                                {"varchar", Type::Of(TypeKind::kString)},
                                                {"text", Type::Of(TypeKind::kString)},
                                                {"Integer", Type::Of(TypeKind::kInt)},
                                                {"real", Type::Of(TypeKind::kFloat)},
                                                {"bytes", Type::Of(TypeKind::kBinary)},
                                                {" double ", Type::Of(TypeKind::kDouble)},
                                                {"decimal(9,2)", Type::Decimal(9, 2)},
                                                {"numeric(9, 2)", Type::Decimal(9, 2)},
                                                {"decimal(9)", Type::Decimal(9, 0)},
                                                {"timestamptz", Type::Of(TypeKind::kTimestamptz)}};
  for (const auto& [text, type] : cases) {
    const auto parsed = ParseType(text);
    ASSERT_TRUE(parsed.ok()) << parsed.status();
    EXPECT_EQ(*parsed, type) << text;
  }
}

TEST(ParseType, NamesANearType) {
  const auto type = ParseType("timestmap");
  EXPECT_NE(type.status().message().find("did you mean 'timestamp'"), std::string::npos);
}

}  // namespace
}  // namespace artemis

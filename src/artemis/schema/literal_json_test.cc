// Tests of the JSON form in schema/literal.h; examples from the specification, Appendix D.
#include <cmath>

#include <gtest/gtest.h>

#include "artemis/base/error.h"
#include "artemis/schema/binary_text.h"
#include "artemis/schema/literal.h"

namespace artemis {
namespace {

TEST(LiteralToJson, FollowsAppendixD) {
  const std::tuple<Type, LiteralValue, std::string> cases[] = {
      {Type::Of(TypeKind::kBoolean), true, "true"},
      {Type::Of(TypeKind::kInt), int32_t{34}, "34"},
      {Type::Of(TypeKind::kLong), int64_t{34}, "34"},
      {Type::Of(TypeKind::kFloat), 0.1f, "0.1"},
      {Type::Of(TypeKind::kDouble), 1.0, "1.0"},
      {Type::Decimal(9, 2), arrow::Decimal128(1420), "\"14.20\""},
      {Type::Of(TypeKind::kDate), int32_t{17'486}, "\"2017-11-16\""},
      {Type::Of(TypeKind::kTime), int64_t{81'068'123'456}, "\"22:31:08.123456\""},
      {Type::Of(TypeKind::kTimestamp), int64_t{1'510'871'468'123'456},
       "\"2017-11-16T22:31:08.123456\""},
      {Type::Of(TypeKind::kTimestamptz), int64_t{1'510'871'468'123'456},
       "\"2017-11-16T22:31:08.123456+00:00\""},
      {Type::Of(TypeKind::kTimestampNs), int64_t{1'510'871'468'123'456'789},
       "\"2017-11-16T22:31:08.123456789\""},
      {Type::Of(TypeKind::kTimestamptzNs), int64_t{1'510'871'468'123'456'789},
       "\"2017-11-16T22:31:08.123456789+00:00\""},
      {Type::Of(TypeKind::kString), std::string("ice\"berg"), "\"ice\\\"berg\""},
      {Type::Of(TypeKind::kUuid), *BytesFromHex("f79c3e09677c4bbda4793f349cb785e7"),
       "\"f79c3e09-677c-4bbd-a479-3f349cb785e7\""},
      {Type::Fixed(4), std::string("\x00\x01\x02\xff", 4), "\"000102ff\""},
      {Type::Of(TypeKind::kBinary), std::string("\x00\x01\x02\xff", 4), "\"000102ff\""},
  };
  for (const auto& [type, value, json] : cases) {
    EXPECT_EQ(LiteralToJson(type, value), json) << type.ToString();
    const auto back = LiteralFromJson(type, json);
    ASSERT_TRUE(back.ok()) << back.status();
    EXPECT_EQ(*back, value) << type.ToString();
  }
}

TEST(LiteralToJson, WritesNaNAsText) {
  const Type type = Type::Of(TypeKind::kDouble);
  EXPECT_EQ(LiteralToJson(type, std::nan("")), "\"NaN\"");
  EXPECT_TRUE(IsNaN(*LiteralFromJson(type, "\"NaN\"")));
}

TEST(LiteralFromJson, RefusesValuesOfAnotherType) {
  const std::pair<Type, const char*> cases[] = {
      {Type::Of(TypeKind::kBoolean), "1"},
      {Type::Of(TypeKind::kInt), "2147483648"},
      {Type::Of(TypeKind::kInt), "1.0"},
      {Type::Of(TypeKind::kInt), "\"1\""},
      {Type::Of(TypeKind::kLong), "9223372036854775808"},
      {Type::Of(TypeKind::kDouble), "\"x\""},
      {Type::Of(TypeKind::kString), "5"},
      {Type::Of(TypeKind::kDate), "17486"},
      {Type::Fixed(4), "\"0001\""},
      {Type::Of(TypeKind::kString), "null"},
      {Type::Of(TypeKind::kString), "\"open"},
      {Type::Struct({}), "{}"},
  };
  for (const auto& [type, json] : cases) {
    EXPECT_TRUE(LiteralFromJson(type, json).status().IsInvalid()) << json;
  }
}

TEST(LiteralFromJson, LimitsNesting) {
  const auto value = LiteralFromJson(Type::Of(TypeKind::kInt), std::string(100'000, '['));
  EXPECT_NE(FindDetail<LimitExceeded>(value.status()), nullptr);
}

}  // namespace
}  // namespace artemis

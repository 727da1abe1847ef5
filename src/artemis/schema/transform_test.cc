// Tests of schema/transform.h; the rules are those of the specification, "Partition Transforms".
#include "artemis/schema/transform.h"

#include <random>

#include <gtest/gtest.h>

#include "artemis/schema/literal.h"

namespace artemis {
namespace {

Transform Parsed(std::string_view text) { return *ParseTransform(text); }

LiteralValue Applied(std::string_view transform, const Type& type, std::string_view text) {
  const auto value = ParseLiteral(type, text);
  EXPECT_TRUE(value.ok()) << value.status();
  return *ApplyTransform(Parsed(transform), type, *value);
}

TEST(ParseTransform, ReadsWhatToStringWrites) {
  for (const char* text : {"identity", "bucket[16]", "truncate[4]", "year", "month", "day", "hour",
                           "void", "zorder(a, b)", "bucket", "days"}) {
    EXPECT_EQ(Parsed(text).ToString(), text);
  }
  EXPECT_EQ(Parsed("bucket[16]").parameter, 16);
  EXPECT_EQ(Parsed("zorder(a, b)").kind, TransformKind::kUnknown);
  EXPECT_EQ(Parsed("bucket").kind, TransformKind::kUnknown);
}

TEST(ParseTransform, RefusesParametersThatAreNoPositiveNumber) {
  for (const char* text : {"bucket[0]", "bucket[-1]", "truncate[]", "truncate[x]",
                           "bucket[99999999999]", "bucket[1.5]"}) {
    EXPECT_TRUE(ParseTransform(text).status().IsInvalid()) << text;
  }
}

TEST(TransformResultType, FollowsTheTable) {
  const Type ts = Type::Of(TypeKind::kTimestamptz);
  EXPECT_EQ(*TransformResultType(Parsed("identity"), ts), ts);
  EXPECT_EQ(*TransformResultType(Parsed("bucket[4]"), ts), Type::Of(TypeKind::kInt));
  EXPECT_EQ(*TransformResultType(Parsed("year"), ts), Type::Of(TypeKind::kInt));
  EXPECT_EQ(*TransformResultType(Parsed("day"), ts), Type::Of(TypeKind::kDate));
  EXPECT_EQ(*TransformResultType(Parsed("hour"), ts), Type::Of(TypeKind::kInt));
  EXPECT_EQ(*TransformResultType(Parsed("truncate[2]"), Type::Decimal(9, 2)), Type::Decimal(9, 2));
  EXPECT_EQ(*TransformResultType(Parsed("void"), Type::Struct({})), Type::Struct({}));
}

TEST(TransformResultType, RefusesSourcesOutsideTheTable) {
  const std::pair<const char*, Type> cases[] = {
      {"identity", Type::Struct({})},
      {"bucket[4]", Type::Of(TypeKind::kDouble)},
      {"bucket[4]", Type::Of(TypeKind::kFloat)},
      {"bucket[4]", Type::Of(TypeKind::kBoolean)},
      {"truncate[4]", Type::Of(TypeKind::kDate)},
      {"truncate[4]", Type::Fixed(4)},
      {"hour", Type::Of(TypeKind::kDate)},
      {"day", Type::Of(TypeKind::kTime)},
      {"year", Type::Of(TypeKind::kLong)},
  };
  for (const auto& [transform, type] : cases) {
    EXPECT_TRUE(TransformResultType(Parsed(transform), type).status().IsInvalid())
        << transform << " " << type.ToString();
  }
}

TEST(ApplyTransform, TimeUnitsCountFrom1970) {
  const Type ts = Type::Of(TypeKind::kTimestamp);
  const char* moment = "2017-11-16T22:31:08";
  EXPECT_EQ(Applied("year", ts, moment), LiteralValue(int32_t{47}));
  EXPECT_EQ(Applied("month", ts, moment), LiteralValue(int32_t{574}));
  EXPECT_EQ(Applied("day", ts, moment), LiteralValue(int32_t{17'486}));
  EXPECT_EQ(Applied("hour", ts, moment), LiteralValue(int32_t{419'686}));
  const Type date = Type::Of(TypeKind::kDate);
  EXPECT_EQ(Applied("year", date, "2017-11-16"), LiteralValue(int32_t{47}));
  EXPECT_EQ(Applied("month", date, "2017-11-16"), LiteralValue(int32_t{574}));
  EXPECT_EQ(Applied("day", date, "2017-11-16"), LiteralValue(int32_t{17'486}));
}

TEST(ApplyTransform, TimeUnitsFloorBefore1970) {
  for (const TypeKind kind : {TypeKind::kTimestamp, TypeKind::kTimestampNs}) {
    const Type ts = Type::Of(kind);
    const char* moment = "1969-12-31T23:59:59.999999";
    for (const char* unit : {"year", "month", "day", "hour"}) {
      EXPECT_EQ(Applied(unit, ts, moment), LiteralValue(int32_t{-1})) << unit;
    }
    EXPECT_EQ(Applied("hour", ts, "1969-12-31T22:59:59"), LiteralValue(int32_t{-2}));
    EXPECT_EQ(Applied("day", ts, "1969-12-31T00:00:00"), LiteralValue(int32_t{-1}));
    EXPECT_EQ(Applied("day", ts, "1969-12-30T23:59:59"), LiteralValue(int32_t{-2}));
  }
  const Type ns = Type::Of(TypeKind::kTimestampNs);
  EXPECT_EQ(*ApplyTransform(Parsed("day"), ns, int64_t{-1}), LiteralValue(int32_t{-1}));
  const Type date = Type::Of(TypeKind::kDate);
  EXPECT_EQ(Applied("month", date, "1969-12-01"), LiteralValue(int32_t{-1}));
  EXPECT_EQ(Applied("month", date, "1969-11-30"), LiteralValue(int32_t{-2}));
  EXPECT_EQ(Applied("year", date, "1968-12-31"), LiteralValue(int32_t{-2}));
}

TEST(ApplyTransform, TruncateUsesThePositiveRemainder) {
  const Type int_type = Type::Of(TypeKind::kInt);
  EXPECT_EQ(Applied("truncate[10]", int_type, "1"), LiteralValue(int32_t{0}));
  EXPECT_EQ(Applied("truncate[10]", int_type, "-1"), LiteralValue(int32_t{-10}));
  EXPECT_EQ(Applied("truncate[10]", int_type, "-10"), LiteralValue(int32_t{-10}));
  const Type long_type = Type::Of(TypeKind::kLong);
  EXPECT_EQ(Applied("truncate[10]", long_type, "-11"), LiteralValue(int64_t{-20}));
  const Type decimal = Type::Decimal(9, 2);
  EXPECT_EQ(Applied("truncate[50]", decimal, "10.65"), LiteralValue(arrow::Decimal128(1050)));
  EXPECT_EQ(Applied("truncate[50]", decimal, "-0.05"), LiteralValue(arrow::Decimal128(-50)));
}

TEST(ApplyTransform, TruncateSaturatesBelowTheTypesRange) {
  const Type int_type = Type::Of(TypeKind::kInt);
  EXPECT_EQ(Applied("truncate[10]", int_type, "-2147483648"), LiteralValue(INT32_MIN));
  const Type long_type = Type::Of(TypeKind::kLong);
  EXPECT_EQ(Applied("truncate[10]", long_type, "-9223372036854775808"), LiteralValue(INT64_MIN));
}

TEST(ApplyTransform, TruncateCountsCodePointsOfTextAndBytesOfBinary) {
  const Type string_type = Type::Of(TypeKind::kString);
  EXPECT_EQ(Applied("truncate[3]", string_type, "iceberg"), LiteralValue(std::string("ice")));
  EXPECT_EQ(Applied("truncate[3]", string_type, "ic"), LiteralValue(std::string("ic")));
  EXPECT_EQ(Applied("truncate[2]", string_type, "ü€😀"), LiteralValue(std::string("ü€")));
  const Type binary = Type::Of(TypeKind::kBinary);
  EXPECT_EQ(Applied("truncate[1]", binary, "0xc3bc"), LiteralValue(std::string("\xc3")));
}

TEST(ApplyTransform, BucketsFollowFromTheHash) {
  EXPECT_EQ(Applied("bucket[16]", Type::Of(TypeKind::kInt), "34"),
            LiteralValue(int32_t{2017239379 % 16}));
  EXPECT_EQ(Applied("bucket[100]", Type::Of(TypeKind::kString), "iceberg"),
            LiteralValue(int32_t{1210000089 % 100}));
  EXPECT_EQ(Applied("bucket[16]", Type::Decimal(9, 2), "14.20"),
            LiteralValue(int32_t{(-500754589 & INT32_MAX) % 16}));
}

TEST(ApplyTransform, VoidMakesNull) {
  EXPECT_EQ(ApplyTransform(Parsed("void"), Type::Of(TypeKind::kInt), int32_t{5}), std::nullopt);
}

bool KeepsOrder(const Transform& transform, const Type& type, int64_t a, int64_t b) {
  return CompareValues(*ApplyTransform(transform, type, a), *ApplyTransform(transform, type, b)) <=
         0;
}

TEST(PreservesOrder, HoldsForRandomPairs) {
  std::mt19937_64 random(20240315);
  const Type ts = Type::Of(TypeKind::kTimestamp);
  for (int i = 0; i < 2'000; ++i) {
    auto a = static_cast<int64_t>(random() >> (i % 40)) - (int64_t{1} << 40);
    auto b = static_cast<int64_t>(random() >> (i % 40)) - (int64_t{1} << 40);
    if (a > b) std::swap(a, b);
    for (const char* text : {"year", "month", "day", "hour", "identity"}) {
      const Transform transform = Parsed(text);
      EXPECT_TRUE(PreservesOrder(transform));
      EXPECT_TRUE(KeepsOrder(transform, ts, a, b)) << text << " " << a << " " << b;
    }
    const Transform truncate = Parsed("truncate[1000]");
    const Type long_type = Type::Of(TypeKind::kLong);
    EXPECT_TRUE(KeepsOrder(truncate, long_type, a, b)) << a << " " << b;
  }
  EXPECT_FALSE(PreservesOrder(Parsed("bucket[4]")));
  EXPECT_FALSE(PreservesOrder(Parsed("void")));
  EXPECT_FALSE(PreservesOrder(Parsed("future[4]")));
}

}  // namespace
}  // namespace artemis

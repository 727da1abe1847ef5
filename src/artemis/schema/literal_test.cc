// Tests of schema/literal.h: comparison, bytes and text. The JSON form is in literal_json_test.cc.
#include "artemis/schema/literal.h"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "artemis/schema/binary_text.h"

namespace artemis {
namespace {

using arrow::Decimal128;

LiteralValue Text(std::string text) { return LiteralValue(std::move(text)); }

TEST(CompareValues, NaNEqualsItselfAndIsGreatest) {
  const LiteralValue nan = std::nan("");
  const LiteralValue infinity = std::numeric_limits<double>::infinity();
  EXPECT_EQ(CompareValues(nan, nan), std::weak_ordering::equivalent);
  EXPECT_EQ(CompareValues(nan, infinity), std::weak_ordering::greater);
  EXPECT_EQ(CompareValues(infinity, nan), std::weak_ordering::less);
  EXPECT_EQ(CompareValues(std::nanf(""), 1.0f), std::weak_ordering::greater);
}

TEST(CompareValues, NegativeZeroEqualsZero) {
  EXPECT_EQ(CompareValues(-0.0, 0.0), std::weak_ordering::equivalent);
  EXPECT_EQ(CompareValues(-0.0f, 0.0f), std::weak_ordering::equivalent);
}

TEST(CompareValues, StringsCompareAsUnsignedBytes) {
  EXPECT_EQ(CompareValues(Text("a"), Text("b")), std::weak_ordering::less);
  EXPECT_EQ(CompareValues(Text("\x7f"), Text("\x80")), std::weak_ordering::less);
  EXPECT_EQ(CompareValues(Text("a"), Text("ab")), std::weak_ordering::less);
  EXPECT_EQ(CompareValues(Text("z"), Text("é")), std::weak_ordering::less);
}

TEST(CompareValues, NumbersAndDecimalsCompareBySize) {
  EXPECT_EQ(CompareValues(int32_t{-1}, int32_t{1}), std::weak_ordering::less);
  EXPECT_EQ(CompareValues(int64_t{5}, int64_t{5}), std::weak_ordering::equivalent);
  EXPECT_EQ(CompareValues(Decimal128(-3), Decimal128(2)), std::weak_ordering::less);
  EXPECT_EQ(CompareValues(true, false), std::weak_ordering::greater);
}

struct BytesCase {
  Type type;
  LiteralValue value;
  std::string hex;
};

// Specification, Appendix D: little-endian numbers, big-endian decimals and uuids.
TEST(ToBytes, FollowsAppendixD) {
  const BytesCase cases[] = {
      {Type::Of(TypeKind::kBoolean), true, "01"},
      {Type::Of(TypeKind::kBoolean), false, "00"},
      {Type::Of(TypeKind::kInt), int32_t{34}, "22000000"},
      {Type::Of(TypeKind::kInt), int32_t{-2}, "feffffff"},
      {Type::Of(TypeKind::kDate), int32_t{17'486}, "4e440000"},
      {Type::Of(TypeKind::kLong), int64_t{34}, "2200000000000000"},
      {Type::Of(TypeKind::kTimestamp), int64_t{-1}, "ffffffffffffffff"},
      {Type::Of(TypeKind::kFloat), 1.0f, "0000803f"},
      {Type::Of(TypeKind::kDouble), 1.0, "000000000000f03f"},
      {Type::Decimal(9, 2), Decimal128(1420), "058c"},
      {Type::Of(TypeKind::kString), Text("iceberg"), "69636562657267"},
      {Type::Of(TypeKind::kUuid), Text(*BytesFromHex("f79c3e09677c4bbda4793f349cb785e7")),
       "f79c3e09677c4bbda4793f349cb785e7"},
      {Type::Fixed(2), Text("\x01\x02"), "0102"},
      {Type::Of(TypeKind::kBinary), Text(""), ""},
  };
  for (const BytesCase& c : cases) {
    EXPECT_EQ(HexText(ToBytes(c.type, c.value)), c.hex) << c.type.ToString();
    const auto back = FromBytes(c.type, *BytesFromHex(c.hex));
    ASSERT_TRUE(back.ok()) << c.type.ToString() << back.status();
    EXPECT_EQ(*back, c.value) << c.type.ToString();
  }
}

TEST(FromBytes, AcceptsTheBytesOfATypeItWasWidenedFrom) {
  const Type int_type = Type::Of(TypeKind::kInt);
  EXPECT_EQ(*FromBytes(Type::Of(TypeKind::kLong), ToBytes(int_type, int32_t{-7})),
            LiteralValue(int64_t{-7}));
  EXPECT_EQ(*FromBytes(Type::Of(TypeKind::kDouble), ToBytes(Type::Of(TypeKind::kFloat), 0.5f)),
            LiteralValue(0.5));
  EXPECT_EQ(*FromBytes(Type::Of(TypeKind::kTimestamp), ToBytes(int_type, int32_t{-1})),
            LiteralValue(int64_t{-86'400'000'000}));
}

TEST(FromBytes, RefusesOtherLengths) {
  const std::pair<Type, size_t> cases[] = {
      {Type::Of(TypeKind::kBoolean), 0}, {Type::Of(TypeKind::kInt), 8},
      {Type::Of(TypeKind::kLong), 5},    {Type::Of(TypeKind::kTime), 4},
      {Type::Of(TypeKind::kFloat), 8},   {Type::Of(TypeKind::kDouble), 3},
      {Type::Decimal(9, 2), 0},          {Type::Decimal(9, 2), 17},
      {Type::Of(TypeKind::kUuid), 15},   {Type::Fixed(4), 5},
      {Type::Of(TypeKind::kUnknown), 0}, {Type::Struct({}), 4}};
  for (const auto& [type, size] : cases) {
    const auto value = FromBytes(type, std::string(size, '\0'));
    EXPECT_TRUE(value.status().IsInvalid()) << type.ToString();
  }
}

struct TextCase {
  Type type;
  std::string text;
  LiteralValue value;
};

std::vector<TextCase> TextCases() {
  return {
      {Type::Of(TypeKind::kBoolean), "true", true},
      {Type::Of(TypeKind::kInt), "-5", int32_t{-5}},
      {Type::Of(TypeKind::kLong), "9223372036854775807", INT64_MAX},
      {Type::Of(TypeKind::kFloat), "0.1", 0.1f},
      {Type::Of(TypeKind::kDouble), "0.1", 0.1},
      {Type::Of(TypeKind::kDouble), "-Infinity", -std::numeric_limits<double>::infinity()},
      {Type::Decimal(9, 2), "14.20", Decimal128(1420)},
      {Type::Of(TypeKind::kDate), "2017-11-16", int32_t{17'486}},
      {Type::Of(TypeKind::kDate), "1969-12-31", int32_t{-1}},
      {Type::Of(TypeKind::kTime), "22:31:08", int64_t{81'068'000'000}},
      {Type::Of(TypeKind::kTimestamp), "2017-11-16T22:31:08", int64_t{1'510'871'468'000'000}},
      {Type::Of(TypeKind::kTimestamptz), "2017-11-16T22:31:08.000001Z",
       int64_t{1'510'871'468'000'001}},
      {Type::Of(TypeKind::kTimestamp), "1969-12-31T23:59:59.999999", int64_t{-1}},
      {Type::Of(TypeKind::kTimestampNs), "1969-12-31T23:59:59.999999999", int64_t{-1}},
      {Type::Of(TypeKind::kTimestamptzNs), "1970-01-01T00:00:01Z", int64_t{1'000'000'000}},
      {Type::Of(TypeKind::kString), "it's", Text("it's")},
      {Type::Of(TypeKind::kUuid), "f79c3e09-677c-4bbd-a479-3f349cb785e7",
       Text(*BytesFromHex("f79c3e09677c4bbda4793f349cb785e7"))},
      {Type::Fixed(2), "0x0a0b", Text("\x0a\x0b")},
      {Type::Of(TypeKind::kBinary), "0x", Text("")},
  };
}

TEST(FormatLiteral, WritesWhatParseLiteralReads) {
  for (const TextCase& c : TextCases()) {
    EXPECT_EQ(FormatLiteral(c.type, c.value), c.text) << c.type.ToString();
    const auto parsed = ParseLiteral(c.type, c.text);
    ASSERT_TRUE(parsed.ok()) << parsed.status();
    EXPECT_EQ(*parsed, c.value) << c.text;
  }
}

TEST(ParseLiteral, AppliesTheZone) {
  const auto value = ParseLiteral(Type::Of(TypeKind::kTimestamptz), "2017-11-16T14:31:08-08:00");
  EXPECT_EQ(*value, LiteralValue(int64_t{1'510'871'468'000'000}));
}

TEST(ParseLiteral, RefusesValuesOfAnotherTypeAndNamesBoth) {
  const std::pair<Type, const char*> cases[] = {
      {Type::Of(TypeKind::kBoolean), "1"},
      {Type::Of(TypeKind::kInt), "2147483648"},
      {Type::Of(TypeKind::kInt), "1.5"},
      {Type::Of(TypeKind::kInt), "+-1"},
      {Type::Of(TypeKind::kLong), "9223372036854775808"},
      {Type::Of(TypeKind::kDouble), "abc"},
      {Type::Of(TypeKind::kFloat), "1e99"},
      {Type::Decimal(4, 2), "100.00"},
      {Type::Decimal(4, 2), "0.001"},
      {Type::Of(TypeKind::kDate), "2024-03-15T00:00:00"},
      {Type::Of(TypeKind::kTime), "25:00:00"},
      {Type::Of(TypeKind::kTimestamp), "2024-03-15T07:00:00.0000001"},
      {Type::Of(TypeKind::kTimestamptz), "2024-03-15T07:00:00"},
      {Type::Of(TypeKind::kTimestampNs), "2300-01-01T00:00:00"},
      {Type::Of(TypeKind::kUuid), "f79c"},
      {Type::Fixed(2), "0x0a"},
      {Type::Of(TypeKind::kBinary), "xyz"},
  };
  for (const auto& [type, text] : cases) {
    const auto value = ParseLiteral(type, text);
    ASSERT_TRUE(value.status().IsInvalid()) << text;
    EXPECT_NE(value.status().message().find(text), std::string::npos);
    EXPECT_NE(value.status().message().find(type.ToString()), std::string::npos);
  }
}

}  // namespace
}  // namespace artemis

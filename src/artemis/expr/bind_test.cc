// Binding: names, values at the edges of their types, NOT, errors and limits.
#include <cmath>
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "artemis/base/error.h"
#include "artemis/expr/expr_test_schema.h"

namespace artemis {
namespace {

using enum PredicateOp;
using ::testing::HasSubstr;

constexpr double kInfinite = std::numeric_limits<double>::infinity();
constexpr double kNotANumber = std::numeric_limits<double>::quiet_NaN();

UnboundValue Whole(int64_t value) { return value; }
UnboundValue Text(const char* text) { return std::string(text); }
LiteralValue Dec(int64_t unscaled) { return arrow::Decimal128(unscaled); }

BoundPredicate BindOk(const Predicate& predicate) {
  auto bound = Bind(predicate, ExprTestSchema());
  EXPECT_TRUE(bound.ok()) << FormatPredicate(predicate) << ": " << bound.status();
  return bound.ok() ? *bound : BoundPredicate::True();
}

struct BindCase {
  std::string column;
  PredicateOp op;
  UnboundValue value;
  BoundPredicate expected;
};

void ExpectBinds(const std::vector<BindCase>& cases) {
  for (const auto& c : cases) {
    const Predicate leaf = UnboundLeaf(c.column, c.op, {c.value});
    EXPECT_EQ(BindOk(leaf), c.expected)
        << FormatPredicate(leaf) << " became " << FormatPredicate(BindOk(leaf), ExprTestSchema());
  }
}

BoundPredicate Never() { return BoundPredicate::False(); }

TEST(Bind, ConvertsValuesToTheColumnsType) {
  ExpectBinds({
      {"flag", kEq, true, TestLeaf("flag", kEq, {true})},
      {"i", kEq, Whole(5), TestLeaf("i", kEq, {int32_t{5}})},
      {"i", kEq, 5.0, TestLeaf("i", kEq, {int32_t{5}})},
      {"i", kEq, Text("-5"), TestLeaf("i", kEq, {int32_t{-5}})},
      {"l", kEq, Whole(5), TestLeaf("l", kEq, {int64_t{5}})},
      {"f", kEq, 0.1, TestLeaf("f", kEq, {0.1F})},
      {"d", kEq, Whole(3), TestLeaf("d", kEq, {3.0})},
      {"d", kEq, Text("2.5"), TestLeaf("d", kEq, {2.5})},
      {"dec", kEq, Whole(7), TestLeaf("dec", kEq, {Dec(700)})},
      {"day", kEq, Text("1970-01-03"), TestLeaf("day", kEq, {int32_t{2}})},
      {"day", kEq, Text("1969-12-31"), TestLeaf("day", kEq, {int32_t{-1}})},
      {"tod", kEq, Text("00:00:01"), TestLeaf("tod", kEq, {int64_t{1'000'000}})},
      {"ts", kEq, Text("1970-01-01T00:00:01"), TestLeaf("ts", kEq, {int64_t{1'000'000}})},
      {"tz", kEq, Text("1970-01-01T01:00:00+01:00"), TestLeaf("tz", kEq, {int64_t{0}})},
      {"tsn", kEq, Text("1970-01-01T00:00:00.000000001"), TestLeaf("tsn", kEq, {int64_t{1}})},
      {"s", kEq, Text("5"), TestLeaf("s", kEq, {std::string("5")})},
      {"u", kEq, Text("00000000-0000-0000-0000-000000000001"),
       TestLeaf("u", kEq, {std::string(15, '\0') + '\x01'})},
      {"fx", kEq, Text("0a0b0c"), TestLeaf("fx", kEq, {std::string("\x0a\x0b\x0c")})},
      {"bin", kStartsWith, Text("0a"), TestLeaf("bin", kStartsWith, {std::string("\x0a")})},
      {"point.x", kLt, 1.5,
       [] {
         BoundPredicate leaf = TestLeaf("d", kLt, {1.5});
         leaf.field_id = FieldId(100);
         return leaf;
       }()},
  });
}

TEST(Bind, DecidesComparisonsWithIntegersOutOfRange) {
  const auto not_null = TestLeaf("i", kNotNull);
  for (const UnboundValue& big : {Whole(3'000'000'000), UnboundValue(3e9), UnboundValue(1e300),
                                  UnboundValue(kInfinite), Text("3000000000"), Text("1e10")}) {
    ExpectBinds({{"i", kEq, big, Never()},
                 {"i", kNe, big, not_null},
                 {"i", kLt, big, not_null},
                 {"i", kLe, big, not_null},
                 {"i", kGt, big, Never()},
                 {"i", kGe, big, Never()}});
  }
  for (const UnboundValue& small : {Whole(-3'000'000'000), UnboundValue(-1e300),
                                    UnboundValue(-kInfinite), UnboundValue(-2147483648.5)}) {
    ExpectBinds({{"i", kEq, small, Never()},
                 {"i", kNe, small, not_null},
                 {"i", kLt, small, Never()},
                 {"i", kLe, small, Never()},
                 {"i", kGt, small, not_null},
                 {"i", kGe, small, not_null}});
  }
}

TEST(Bind, KnowsTheEndsOfLong) {
  constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
  constexpr int64_t kMin = std::numeric_limits<int64_t>::min();
  ExpectBinds({
      {"l", kGe, Whole(kMax), TestLeaf("l", kGe, {kMax})},
      {"l", kEq, 9223372036854775808.0, Never()},
      {"l", kLt, 9223372036854775808.0, TestLeaf("l", kNotNull)},
      {"l", kEq, -9223372036854775808.0, TestLeaf("l", kEq, {kMin})},
      {"l", kGt, -9223372036854777856.0, TestLeaf("l", kNotNull)},
      {"i", kLe, Whole(2'147'483'647), TestLeaf("i", kLe, {int32_t{2'147'483'647}})},
      {"i", kGt, 2147483647.5, Never()},
      {"i", kLt, 2147483647.5, TestLeaf("i", kNotNull)},
  });
}

TEST(Bind, MovesFractionsToTheNextInteger) {
  ExpectBinds({
      {"i", kEq, 2.5, Never()},
      {"i", kNe, 2.5, TestLeaf("i", kNotNull)},
      {"i", kLt, 2.5, TestLeaf("i", kLe, {int32_t{2}})},
      {"i", kLe, 2.5, TestLeaf("i", kLe, {int32_t{2}})},
      {"i", kGt, 2.5, TestLeaf("i", kGe, {int32_t{3}})},
      {"i", kGe, 2.5, TestLeaf("i", kGe, {int32_t{3}})},
      {"i", kLt, -2.5, TestLeaf("i", kLe, {int32_t{-3}})},
      {"i", kGt, -2.5, TestLeaf("i", kGe, {int32_t{-2}})},
      {"l", kGt, Text("2.5"), TestLeaf("l", kGe, {int64_t{3}})},
  });
}

TEST(Bind, DoesNotRoundBigIntegersAgainstFloats) {
  // 2^53 and 2^53 + 2 are neighbours among doubles, 2^24 and 2^24 + 2 among floats.
  constexpr int64_t kOdd = (int64_t{1} << 53) + 1;
  constexpr int64_t kOddFloat = (int64_t{1} << 24) + 1;
  ExpectBinds({
      {"d", kEq, Whole(kOdd), Never()},
      {"d", kLt, Whole(kOdd), TestLeaf("d", kLe, {9007199254740992.0})},
      {"d", kGt, Whole(kOdd), TestLeaf("d", kGe, {9007199254740994.0})},
      {"d", kEq, Whole(kOdd - 1), TestLeaf("d", kEq, {9007199254740992.0})},
      {"f", kEq, Whole(kOddFloat), Never()},
      {"f", kLe, Whole(kOddFloat), TestLeaf("f", kLe, {16777216.0F})},
      {"f", kGe, Whole(kOddFloat), TestLeaf("f", kGe, {16777218.0F})},
      {"d", kGe, Whole(std::numeric_limits<int64_t>::max()),
       TestLeaf("d", kGe, {9223372036854775808.0})},
      {"d", kLe, Whole(std::numeric_limits<int64_t>::max()),
       TestLeaf("d", kLe, {std::nextafter(9223372036854775808.0, 0.0)})},
  });
}

TEST(Bind, KnowsTheEndsOfFloat) {
  constexpr float kMax = std::numeric_limits<float>::max();
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  ExpectBinds({
      {"f", kEq, 1e300, Never()},
      {"f", kLt, 1e300, TestLeaf("f", kLe, {kMax})},
      {"f", kGt, 1e300, TestLeaf("f", kGe, {kInfinity})},
      {"f", kLt, -1e300, TestLeaf("f", kLe, {-kInfinity})},
      {"f", kGt, -1e300, TestLeaf("f", kGe, {-kMax})},
      {"f", kEq, kInfinite, TestLeaf("f", kEq, {kInfinity})},
  });
}

TEST(Bind, PlacesNumbersAmongDecimals) {
  ExpectBinds({
      {"dec", kEq, 0.1, TestLeaf("dec", kEq, {Dec(10)})},
      {"dec", kEq, Text("-1.50"), TestLeaf("dec", kEq, {Dec(-150)})},
      {"dec", kEq, Text("1.500"), TestLeaf("dec", kEq, {Dec(150)})},
      {"dec", kEq, Text("15e-1"), TestLeaf("dec", kEq, {Dec(150)})},
      {"dec", kEq, Text("-0"), TestLeaf("dec", kEq, {Dec(0)})},
      {"dec", kEq, 1.005, Never()},
      {"dec", kLt, 1.005, TestLeaf("dec", kLe, {Dec(100)})},
      {"dec", kGe, 1.005, TestLeaf("dec", kGe, {Dec(101)})},
      {"dec", kLt, -1.005, TestLeaf("dec", kLe, {Dec(-101)})},
      {"dec", kGt, -1.005, TestLeaf("dec", kGe, {Dec(-100)})},
      {"dec", kGt, 1e-300, TestLeaf("dec", kGe, {Dec(1)})},
      {"dec", kEq, Whole(9'999'999), TestLeaf("dec", kEq, {Dec(999'999'900)})},
      {"dec", kLt, Whole(10'000'000), TestLeaf("dec", kNotNull)},
      {"dec", kGt, Whole(10'000'000), Never()},
      {"dec", kLt, 9'999'999.995, TestLeaf("dec", kNotNull)},
      {"dec", kGt, Whole(std::numeric_limits<int64_t>::min()), TestLeaf("dec", kNotNull)},
      {"dec", kLt, kNotANumber, TestLeaf("dec", kNotNull)},
      {"dec", kLt, -kInfinite, Never()},
      {"wide", kEq, Text("9999999999999999999999999999.9999999999"),
       TestLeaf("wide", kEq, {arrow::Decimal128("99999999999999999999999999999999999999")})},
      {"wide", kLt, Text("10000000000000000000000000000"), TestLeaf("wide", kNotNull)},
  });
}

TEST(Bind, SaysComparisonsWithNaNWithoutNaN) {
  ExpectBinds({
      {"d", kEq, kNotANumber, TestLeaf("d", kIsNaN)},
      {"d", kNe, kNotANumber, TestLeaf("d", kNotNaN)},
      {"d", kLt, kNotANumber, TestLeaf("d", kNotNaN)},
      {"d", kLe, kNotANumber, TestLeaf("d", kNotNull)},
      {"d", kGt, kNotANumber, Never()},
      {"d", kGe, kNotANumber, TestLeaf("d", kIsNaN)},
      {"f", kGe, kNotANumber, TestLeaf("f", kIsNaN)},
      {"i", kLt, kNotANumber, TestLeaf("i", kNotNull)},
      {"i", kGe, kNotANumber, Never()},
  });
}

TEST(Bind, MakesNegativeZeroPositive) {
  const auto bound = BindOk(UnboundLeaf("d", kLt, {-0.0}));
  EXPECT_FALSE(std::signbit(std::get<double>(bound.values[0])));
}

TEST(Bind, SortsSetsAndDropsWhatTheTypeCannotHold) {
  EXPECT_EQ(BindOk(UnboundLeaf("i", kIn, {Whole(9), Whole(1), 9.0, Whole(3'000'000'000), 2.5})),
            TestLeaf("i", kIn, {int32_t{1}, int32_t{9}}));
  EXPECT_EQ(BindOk(UnboundLeaf("i", kIn, {Whole(9), Text("9")})), TestLeaf("i", kEq, {int32_t{9}}));
  EXPECT_EQ(BindOk(UnboundLeaf("i", kNotIn, {Whole(9)})), TestLeaf("i", kNe, {int32_t{9}}));
  EXPECT_EQ(BindOk(UnboundLeaf("i", kIn, {2.5})), Never());
  EXPECT_EQ(BindOk(UnboundLeaf("i", kNotIn, {2.5})), TestLeaf("i", kNotNull));
  EXPECT_EQ(BindOk(UnboundLeaf("i", kIn)), Never());
  EXPECT_EQ(BindOk(UnboundLeaf("i", kNotIn)), BoundPredicate::True());
  EXPECT_EQ(BindOk(UnboundLeaf("d", kIn, {kNotANumber})), TestLeaf("d", kIsNaN));
}

TEST(Bind, PushesNotDownToTheLeaves) {
  const auto negated = UnboundNode(
      kNot, {UnboundNode(kAnd, {UnboundLeaf("i", kLt, {Whole(5)}),
                                UnboundNode(kNot, {UnboundLeaf("s", kStartsWith, {Text("a")})}),
                                UnboundLeaf("l", kIn, {Whole(1), Whole(2)})})});
  EXPECT_EQ(BindOk(negated),
            Or({TestLeaf("i", kGe, {int32_t{5}}), TestLeaf("s", kStartsWith, {std::string("a")}),
                TestLeaf("l", kNotIn, {int64_t{1}, int64_t{2}})}));
}

TEST(Bind, NegatesBeforeItSimplifies) {
  const auto past = UnboundLeaf("i", kGt, {Whole(3'000'000'000)});
  EXPECT_EQ(BindOk(past), Never());
  EXPECT_EQ(BindOk(UnboundNode(kNot, {past})), TestLeaf("i", kNotNull));
  EXPECT_EQ(BindOk(UnboundNode(kNot, {UnboundNode(kTrue, {})})), Never());
}

TEST(Bind, TakesNullTestsOfAnyPrimitiveType) {
  for (const auto* column : {"flag", "dec", "tzn", "u", "void"}) {
    EXPECT_EQ(BindOk(UnboundLeaf(column, kIsNull)), TestLeaf(column, kIsNull));
  }
}

struct RefusedCase {
  Predicate predicate;
  std::vector<std::string> parts;
};

TEST(Bind, NamesColumnTypeAndValueOfWhatItRefuses) {
  const std::vector<RefusedCase> cases = {
      {UnboundLeaf("I", kIsNull), {"I", "did you mean 'i'"}},
      {UnboundLeaf("point", kIsNull), {"point", "struct"}},
      {UnboundLeaf("tags", kIsNull), {"tags", "list"}},
      {UnboundLeaf("tags.element", kEq, {Text("a")}), {"tags.element", "list or a map"}},
      {UnboundLeaf("raw.value", kEq, {Whole(1)}), {"raw.value", "list or a map"}},
      {UnboundLeaf("flag", kEq, {Text("true")}), {"flag", "boolean", "'true'"}},
      {UnboundLeaf("flag", kEq, {Whole(1)}), {"flag", "boolean", "1"}},
      {UnboundLeaf("i", kEq, {true}), {"'i'", "int", "true"}},
      {UnboundLeaf("i", kEq, {Text("five")}), {"'i'", "int", "'five'"}},
      {UnboundLeaf("i", kEq, {Text("")}), {"'i'", "int", "''"}},
      {UnboundLeaf("l", kEq, {Text("nan")}), {"'l'", "long", "'nan'"}},
      {UnboundLeaf("d", kEq, {Text("five")}), {"'d'", "double", "'five'"}},
      {UnboundLeaf("dec", kEq, {Text("1.2.3")}), {"'dec'", "decimal", "'1.2.3'"}},
      {UnboundLeaf("dec", kEq, {Text(".")}), {"'dec'", "decimal", "'.'"}},
      {UnboundLeaf("day", kEq, {Text("15 March")}), {"'day'", "date", "15 March"}},
      {UnboundLeaf("ts", kEq, {Whole(1'700'000'000)}), {"'ts'", "timestamp", "1700000000"}},
      {UnboundLeaf("tz", kEq, {Text("2024-03-15T07:00:00")}), {"'tz'", "zone"}},
      {UnboundLeaf("s", kEq, {Whole(5)}), {"'s'", "string", "5"}},
      {UnboundLeaf("u", kEq, {Text("zz")}), {"'u'", "uuid", "zz"}},
      {UnboundLeaf("fx", kEq, {Text("0a")}), {"'fx'", "fixed", "0a"}},
      {UnboundLeaf("void", kEq, {Whole(5)}), {"'void'", "unknown", "5"}},
      {UnboundLeaf("i", kIsNaN), {"'i'", "int", "NaN"}},
      {UnboundLeaf("i", kStartsWith, {Text("1")}), {"'i'", "int", "prefixes"}},
      {UnboundLeaf("i", kEq), {"'i'", "expected 1 values, found 0"}},
      {UnboundLeaf("i", kEq, {Whole(1), Whole(2)}), {"'i'", "expected 1 values, found 2"}},
      {UnboundLeaf("i", kIsNull, {Whole(1)}), {"'i'", "expected 0 values, found 1"}},
      {UnboundNode(kNot, {}), {"NOT takes one argument, found 0"}},
  };
  for (const auto& c : cases) {
    const auto bound = Bind(c.predicate, ExprTestSchema());
    ASSERT_FALSE(bound.ok()) << FormatPredicate(c.predicate);
    EXPECT_TRUE(bound.status().IsInvalid()) << bound.status();
    for (const auto& part : c.parts) {
      EXPECT_THAT(bound.status().message(), HasSubstr(part)) << FormatPredicate(c.predicate);
    }
  }
}

TEST(Bind, TakesNestingAndValuesUpToTheirLimits) {
  Predicate deep = UnboundLeaf("i", kIsNull);
  for (int i = 0; i < 63; ++i) deep = UnboundNode(kNot, {deep});
  EXPECT_TRUE(Bind(deep, ExprTestSchema()).ok());
  const auto deeper = Bind(UnboundNode(kNot, {deep}), ExprTestSchema());
  ASSERT_FALSE(deeper.ok());
  EXPECT_NE(FindDetail<LimitExceeded>(deeper.status()), nullptr);

  Predicate many = UnboundLeaf("i", kIn);
  for (int64_t i = 0; i < 10'000; ++i) many.values.emplace_back(i);
  EXPECT_TRUE(Bind(many, ExprTestSchema()).ok());
  const auto more =
      Bind(UnboundNode(kOr, {many, UnboundLeaf("i", kEq, {Whole(1)})}), ExprTestSchema());
  ASSERT_FALSE(more.ok());
  EXPECT_NE(FindDetail<LimitExceeded>(more.status()), nullptr);
}

}  // namespace
}  // namespace artemis

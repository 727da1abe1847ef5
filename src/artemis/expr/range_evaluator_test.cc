// What a range lets one say: tables of (range, leaf, may, must).
#include "artemis/expr/range_evaluator.h"

#include <limits>
#include <map>

#include <gtest/gtest.h>

#include "artemis/expr/expr_test_schema.h"

namespace artemis {
namespace {

using enum PredicateOp;

constexpr double kQuietNaN = std::numeric_limits<double>::quiet_NaN();

LiteralValue I(int32_t value) { return value; }
LiteralValue S(const char* text) { return std::string(text); }

ColumnRange NoNulls(std::optional<LiteralValue> lower, std::optional<LiteralValue> upper) {
  ColumnRange range;
  range.has_null = Ternary::kNo;
  range.has_nan = Ternary::kNo;
  range.lower = std::move(lower);
  range.upper = std::move(upper);
  return range;
}

ColumnRange WithNulls(ColumnRange range) {
  range.has_null = Ternary::kYes;
  return range;
}

ColumnRange WithNaN(ColumnRange range, Ternary has_nan = Ternary::kYes) {
  range.has_nan = has_nan;
  return range;
}

ColumnRange Exact(ColumnRange range) {
  range.bounds_exact = true;
  return range;
}

RangeLookup Always(ColumnRange range) {
  return [range](FieldId) { return std::optional(range); };
}

struct RangeCase {
  BoundPredicate leaf;
  bool may;
  bool must;
};

void ExpectRange(const char* what, const ColumnRange& range, const std::vector<RangeCase>& cases) {
  for (const auto& c : cases) {
    const std::string text = FormatPredicate(c.leaf, ExprTestSchema());
    EXPECT_EQ(MayMatch(c.leaf, Always(range)), c.may) << what << ": may " << text;
    EXPECT_EQ(MustMatch(c.leaf, Always(range)), c.must) << what << ": must " << text;
  }
}

BoundPredicate OnInt(PredicateOp op, std::vector<LiteralValue> values = {}) {
  return TestLeaf("i", op, std::move(values));
}
BoundPredicate OnDouble(PredicateOp op, std::vector<LiteralValue> values = {}) {
  return TestLeaf("d", op, std::move(values));
}
BoundPredicate OnText(PredicateOp op, std::vector<LiteralValue> values = {}) {
  return TestLeaf("s", op, std::move(values));
}

TEST(RangeEvaluator, ComparesWithBothBounds) {
  ExpectRange("5 to 9 without nulls", NoNulls(I(5), I(9)),
              {
                  {OnInt(kIsNull), false, false},
                  {OnInt(kNotNull), true, true},
                  {OnInt(kEq, {I(4)}), false, false},
                  {OnInt(kEq, {I(5)}), true, false},
                  {OnInt(kEq, {I(9)}), true, false},
                  {OnInt(kEq, {I(10)}), false, false},
                  {OnInt(kNe, {I(4)}), true, true},
                  {OnInt(kNe, {I(5)}), true, false},
                  {OnInt(kLt, {I(5)}), false, false},
                  {OnInt(kLt, {I(6)}), true, false},
                  {OnInt(kLt, {I(9)}), true, false},
                  {OnInt(kLt, {I(10)}), true, true},
                  {OnInt(kLe, {I(4)}), false, false},
                  {OnInt(kLe, {I(5)}), true, false},
                  {OnInt(kLe, {I(9)}), true, true},
                  {OnInt(kGt, {I(9)}), false, false},
                  {OnInt(kGt, {I(8)}), true, false},
                  {OnInt(kGt, {I(4)}), true, true},
                  {OnInt(kGe, {I(10)}), false, false},
                  {OnInt(kGe, {I(9)}), true, false},
                  {OnInt(kGe, {I(5)}), true, true},
                  {OnInt(kIn, {I(1), I(4)}), false, false},
                  {OnInt(kIn, {I(4), I(10)}), false, false},
                  {OnInt(kIn, {I(4), I(7)}), true, false},
                  {OnInt(kIn), false, false},
                  {OnInt(kNotIn), true, true},
                  {OnInt(kNotIn, {I(4), I(10)}), true, true},
                  {OnInt(kNotIn, {I(4), I(7)}), true, false},
              });
}

TEST(RangeEvaluator, TakesEqualBoundsForOneValue) {
  ExpectRange("all 5", NoNulls(I(5), I(5)),
              {
                  {OnInt(kEq, {I(5)}), true, true},
                  {OnInt(kNe, {I(5)}), false, false},
                  {OnInt(kIn, {I(1), I(5)}), true, true},
                  {OnInt(kNotIn, {I(1), I(5)}), false, false},
              });
}

TEST(RangeEvaluator, ProvesNothingWhereNullsMayBe) {
  for (const auto has_null : {Ternary::kYes, Ternary::kUnknown}) {
    ColumnRange range = NoNulls(I(5), I(5));
    range.has_null = has_null;
    ExpectRange("all 5, or null", range,
                {
                    {OnInt(kIsNull), true, false},
                    {OnInt(kNotNull), true, false},
                    {OnInt(kEq, {I(5)}), true, false},
                    {OnInt(kEq, {I(6)}), false, false},
                    // A comparison with null is null: nulls save no file from != either.
                    {OnInt(kNe, {I(5)}), false, false},
                    {OnInt(kNe, {I(6)}), true, false},
                });
  }
}

TEST(RangeEvaluator, KnowsThatAllNullsMatchOnlyIsNull) {
  ColumnRange range;
  range.all_null = true;
  ExpectRange("all null", range,
              {
                  {OnInt(kIsNull), true, true},
                  {OnInt(kNotNull), false, false},
                  {OnInt(kEq, {I(5)}), false, false},
                  {OnInt(kNe, {I(5)}), false, false},
                  {OnInt(kNotIn, {I(5), I(6)}), false, false},
                  {OnDouble(kIsNaN), false, false},
                  {OnDouble(kNotNaN), false, false},
                  {OnText(kNotStartsWith, {S("a")}), false, false},
              });
}

TEST(RangeEvaluator, KeepsEverythingOfWhichNothingIsKnown) {
  for (const auto op : {kEq, kNe, kLt, kLe, kGt, kGe}) {
    EXPECT_TRUE(MayMatch(OnDouble(op, {2.0}), Always({})));
    EXPECT_FALSE(MustMatch(OnDouble(op, {2.0}), Always({})));
    const RangeLookup nothing = [](FieldId) { return std::nullopt; };
    EXPECT_TRUE(MayMatch(OnDouble(op, {2.0}), nothing));
    EXPECT_FALSE(MustMatch(OnDouble(op, {2.0}), nothing));
  }
}

TEST(RangeEvaluator, UsesOneBoundAlone) {
  ExpectRange("5 or more", NoNulls(I(5), std::nullopt),
              {
                  {OnInt(kLt, {I(5)}), false, false},
                  {OnInt(kGe, {I(5)}), true, true},
                  {OnInt(kGt, {I(100)}), true, false},
                  {OnInt(kNe, {I(4)}), true, true},
                  {OnInt(kNotIn, {I(3), I(4)}), true, true},
                  {OnInt(kIn, {I(3), I(4)}), false, false},
              });
  ExpectRange("9 or less", NoNulls(std::nullopt, I(9)),
              {
                  {OnInt(kGt, {I(9)}), false, false},
                  {OnInt(kLe, {I(9)}), true, true},
                  {OnInt(kLt, {I(-100)}), true, false},
              });
}

TEST(RangeEvaluator, RanksNaNAboveEveryNumber) {
  for (const auto has_nan : {Ternary::kYes, Ternary::kUnknown}) {
    ExpectRange("1 to 2 and perhaps NaN", WithNaN(NoNulls(1.0, 2.0), has_nan),
                {
                    {OnDouble(kGt, {5.0}), true, false},
                    {OnDouble(kGe, {5.0}), true, false},
                    {OnDouble(kGt, {0.0}), true, true},
                    {OnDouble(kNe, {5.0}), true, true},
                    {OnDouble(kEq, {5.0}), false, false},
                    {OnDouble(kLt, {1.0}), false, false},
                    {OnDouble(kLt, {5.0}), true, false},
                    {OnDouble(kLe, {5.0}), true, false},
                    {OnDouble(kNotIn, {1.0, 5.0}), true, false},
                    {OnDouble(kNotIn, {5.0, 6.0}), true, true},
                    {OnDouble(kIn, {5.0, kQuietNaN}), true, false},
                    {OnDouble(kIsNaN), true, false},
                    {OnDouble(kNotNaN), true, false},
                });
  }
  ExpectRange("1 to 2, no NaN", NoNulls(1.0, 2.0),
              {
                  {OnDouble(kGt, {5.0}), false, false},
                  {OnDouble(kLt, {5.0}), true, true},
                  {OnDouble(kIsNaN), false, false},
                  {OnDouble(kNotNaN), true, true},
                  {OnDouble(kLt, {kQuietNaN}), true, true},
                  {OnDouble(kGe, {kQuietNaN}), false, false},
                  {OnDouble(kNe, {kQuietNaN}), true, true},
                  {OnDouble(kIn, {5.0, kQuietNaN}), false, false},
              });
}

TEST(RangeEvaluator, LeavesNothingPastNaN) {
  ExpectRange("anything", ColumnRange{},
              {
                  {OnDouble(kGt, {kQuietNaN}), false, false},
                  {OnDouble(kGe, {kQuietNaN}), true, false},
              });
}

TEST(RangeEvaluator, KnowsColumnsOfNaNOnly) {
  ColumnRange range = NoNulls(std::nullopt, std::nullopt);
  range.all_nan = true;
  ExpectRange("all NaN", range,
              {
                  {OnDouble(kIsNaN), true, true},
                  {OnDouble(kNotNaN), false, false},
                  {OnDouble(kGt, {5.0}), true, true},
                  {OnDouble(kNe, {5.0}), true, true},
                  {OnDouble(kLt, {5.0}), false, false},
                  {OnDouble(kEq, {5.0}), false, false},
                  {OnDouble(kEq, {kQuietNaN}), true, true},
                  {OnDouble(kNotNull), true, true},
              });
  ExpectRange("all NaN or null", WithNulls(range),
              {{OnDouble(kIsNaN), true, false}, {OnDouble(kNotNaN), false, false}});
}

TEST(RangeEvaluator, TreatsBothZerosAlike) {
  ExpectRange("-0.0", NoNulls(-0.0, -0.0),
              {
                  {OnDouble(kEq, {0.0}), true, true},
                  {OnDouble(kNe, {0.0}), false, false},
                  {OnDouble(kLt, {0.0}), false, false},
                  {OnDouble(kGe, {0.0}), true, true},
              });
}

TEST(RangeEvaluator, DoesNotBelieveImpossibleBounds) {
  ExpectRange("NaN as a bound", NoNulls(kQuietNaN, kQuietNaN),
              {{OnDouble(kEq, {5.0}), true, false}, {OnDouble(kLt, {5.0}), true, false}});
  ExpectRange("9 to 5", NoNulls(I(9), I(5)),
              {{OnInt(kEq, {I(1)}), true, false}, {OnInt(kGt, {I(1)}), true, false}});
  ExpectRange("bounds of another type", NoNulls(int64_t{5}, int64_t{6}),
              {{OnInt(kEq, {I(1)}), true, false}, {OnInt(kGt, {I(1)}), true, false}});
}

TEST(RangeEvaluator, TakesTextBoundsForCutShortUnlessTheyAreExact) {
  const ColumnRange cut = NoNulls(S("abc"), S("abc"));
  ExpectRange("abc, perhaps cut", cut,
              {
                  {OnText(kEq, {S("abc")}), true, false},
                  {OnText(kNe, {S("abc")}), true, false},
                  {OnText(kIn, {S("abc"), S("x")}), true, false},
                  {OnText(kNotIn, {S("abc"), S("x")}), true, false},
                  {OnText(kEq, {S("abd")}), false, false},
                  {OnText(kNe, {S("abd")}), true, true},
              });
  ExpectRange("abc", Exact(cut),
              {
                  {OnText(kEq, {S("abc")}), true, true},
                  {OnText(kNe, {S("abc")}), false, false},
                  {OnText(kIn, {S("abc"), S("x")}), true, true},
                  {OnText(kNotIn, {S("abc"), S("x")}), false, false},
              });
}

TEST(RangeEvaluator, FindsPrefixesBetweenBounds) {
  ExpectRange("b to dd", NoNulls(S("b"), S("dd")),
              {
                  {OnText(kStartsWith, {S("a")}), false, false},
                  {OnText(kStartsWith, {S("b")}), true, false},
                  {OnText(kStartsWith, {S("c")}), true, false},
                  {OnText(kStartsWith, {S("dd")}), true, false},
                  {OnText(kStartsWith, {S("ddd")}), false, false},
                  {OnText(kStartsWith, {S("e")}), false, false},
                  {OnText(kStartsWith, {S("")}), true, true},
                  {OnText(kNotStartsWith, {S("a")}), true, true},
                  {OnText(kNotStartsWith, {S("c")}), true, false},
                  {OnText(kNotStartsWith, {S("")}), false, false},
              });
  ExpectRange("aba to abz", NoNulls(S("aba"), S("abz")),
              {
                  {OnText(kStartsWith, {S("ab")}), true, true},
                  {OnText(kStartsWith, {S("aa")}), false, false},
                  {OnText(kNotStartsWith, {S("ab")}), false, false},
                  {OnText(kNotStartsWith, {S("abc")}), true, false},
              });
}

TEST(RangeEvaluator, ComparesBytesAsUnsigned) {
  ExpectRange("a to 0xff", NoNulls(S("a"), S("\xff")),
              {
                  {TestLeaf("bin", kEq, {S("\xc3")}), true, false},
                  {TestLeaf("bin", kGt, {S("\xff")}), false, false},
              });
}

RangeLookup IntAndText() {
  return [](FieldId id) -> std::optional<ColumnRange> {
    if (id == OnInt(kIsNull).field_id) return NoNulls(I(5), I(9));
    return NoNulls(S("b"), S("c"));
  };
}

TEST(RangeEvaluator, CombinesAndOrAndNot) {
  const auto inside = OnInt(kGe, {I(5)});
  const auto outside = OnInt(kGt, {I(9)});
  const auto text = OnText(kEq, {S("b")});
  EXPECT_FALSE(MayMatch(And({text, outside}), IntAndText()));
  EXPECT_TRUE(MayMatch(Or({text, outside}), IntAndText()));
  EXPECT_TRUE(MustMatch(Or({text, inside}), IntAndText()));
  EXPECT_FALSE(MustMatch(And({text, inside}), IntAndText()));
  EXPECT_TRUE(MustMatch(TestNode(kNot, {outside}), IntAndText()));
  EXPECT_FALSE(MayMatch(TestNode(kNot, {inside}), IntAndText()));
  EXPECT_TRUE(MustMatch(BoundPredicate::True(), IntAndText()));
  EXPECT_FALSE(MayMatch(BoundPredicate::False(), IntAndText()));
}

TEST(ExcludingLeaf, IsTheFirstThatExcludesAlone) {
  const auto outside = OnInt(kGt, {I(9)});
  const auto text = OnText(kEq, {S("b")});
  const auto predicate = And({text, outside, OnInt(kLt, {I(0)})});
  const BoundPredicate* leaf = ExcludingLeaf(predicate, IntAndText());
  ASSERT_NE(leaf, nullptr);
  EXPECT_EQ(*leaf, outside);
  EXPECT_EQ(leaf, &predicate.args[1]);
}

TEST(ExcludingLeaf, IsNullWhereNoLeafAloneExcludes) {
  const auto outside = OnInt(kGt, {I(9)});
  EXPECT_EQ(ExcludingLeaf(OnText(kEq, {S("b")}), IntAndText()), nullptr);
  EXPECT_EQ(ExcludingLeaf(Or({outside, OnInt(kLt, {I(0)})}), IntAndText()), nullptr);
}

}  // namespace
}  // namespace artemis

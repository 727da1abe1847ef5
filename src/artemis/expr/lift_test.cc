// One case per pair of transform and leaf; expected values are those of Java's Projections, or
// follow from the definition of the transform.
#include "artemis/expr/lift.h"

#include <limits>

#include <gtest/gtest.h>

#include "artemis/expr/expr_test_schema.h"

namespace artemis {
namespace {

using enum PredicateOp;

constexpr int64_t kHourMicros = 3'600'000'000;
constexpr int64_t kDayMicros = 24 * kHourMicros;

LiteralValue Int(int32_t value) { return value; }
LiteralValue Long(int64_t value) { return value; }
LiteralValue Str(const char* text) { return std::string(text); }

PartitionField FieldOf(const std::string& column, const std::string& transform, int32_t id = 1000) {
  return {.source_id = TestLeaf(column, kIsNull).field_id,
          .field_id = FieldId(id),
          .name = column + "_p" + std::to_string(id),
          .transform = ParseTransform(transform).ValueOrDie()};
}

PartitionSpec SpecOf(std::vector<PartitionField> fields) {
  return {.id = SpecId(0), .fields = std::move(fields)};
}

BoundPredicate OnPartition(PredicateOp op, TypeKind type, std::vector<LiteralValue> values = {},
                           int32_t id = 1000) {
  BoundPredicate leaf;
  leaf.op = op;
  leaf.field_id = FieldId(id);
  leaf.type = Type::Of(type);
  leaf.values = std::move(values);
  return leaf;
}

// What a leaf becomes; "nothing" is true for the inclusive and false for the strict projection.
struct LiftCase {
  std::string column;
  std::string transform;
  BoundPredicate leaf;
  BoundPredicate inclusive;
  BoundPredicate strict;
};

const BoundPredicate kAll = BoundPredicate::True();
const BoundPredicate kNone = BoundPredicate::False();

void ExpectLifts(const std::vector<LiftCase>& cases) {
  const Schema schema = ExprTestSchema();
  for (const auto& c : cases) {
    const PartitionSpec spec = SpecOf({FieldOf(c.column, c.transform)});
    const auto inclusive = ProjectInclusive(c.leaf, spec, schema);
    const auto strict = ProjectStrict(c.leaf, spec, schema);
    const std::string what = c.transform + " of " + FormatPredicate(c.leaf, schema);
    EXPECT_EQ(inclusive, c.inclusive) << what << ": " << FormatPredicate(inclusive, schema);
    EXPECT_EQ(strict, c.strict) << what << ": " << FormatPredicate(strict, schema);
  }
}

TEST(Lift, TakesEveryLeafThroughIdentity) {
  for (const auto op : {kEq, kNe, kLt, kLe, kGt, kGe}) {
    const auto lifted = OnPartition(op, TypeKind::kInt, {Int(5)});
    ExpectLifts({{"i", "identity", TestLeaf("i", op, {Int(5)}), lifted, lifted}});
  }
  const auto nan = OnPartition(kIsNaN, TypeKind::kDouble);
  const auto prefix = OnPartition(kNotStartsWith, TypeKind::kString, {Str("a")});
  ExpectLifts({{"d", "identity", TestLeaf("d", kIsNaN), nan, nan},
               {"s", "identity", TestLeaf("s", kNotStartsWith, {Str("a")}), prefix, prefix}});
}

TEST(Lift, SaysNothingOfVoidUnknownAndOtherColumns) {
  const auto leaf = TestLeaf("i", kEq, {Int(5)});
  ExpectLifts({{"i", "void", leaf, kAll, kNone},
               {"i", "void", TestLeaf("i", kIsNull), kAll, kNone},
               {"i", "zorder[3]", leaf, kAll, kNone},
               {"l", "identity", leaf, kAll, kNone},
               {"i", "void", kNone, kNone, kNone},
               {"i", "void", kAll, kAll, kAll}});
}

TEST(Lift, TakesNullTestsThroughAllOtherTransforms) {
  for (const auto op : {kIsNull, kNotNull}) {
    const auto as_int = OnPartition(op, TypeKind::kInt);
    const auto as_date = OnPartition(op, TypeKind::kDate);
    ExpectLifts({{"i", "bucket[4]", TestLeaf("i", op), as_int, as_int},
                 {"i", "truncate[4]", TestLeaf("i", op), as_int, as_int},
                 {"ts", "hour", TestLeaf("ts", op), as_int, as_int},
                 {"ts", "day", TestLeaf("ts", op), as_date, as_date}});
  }
}

TEST(Lift, TakesOnlyEqualityAndNullsThroughBucket) {
  // Appendix B: hash(34) = 2017239379, so bucket[16] = 3.
  const auto bucket = [](PredicateOp op) { return OnPartition(op, TypeKind::kInt, {Int(3)}); };
  const auto not_null = OnPartition(kNotNull, TypeKind::kInt);
  ExpectLifts({
      {"i", "bucket[16]", TestLeaf("i", kEq, {Int(34)}), bucket(kEq), kNone},
      {"l", "bucket[16]", TestLeaf("l", kEq, {Long(34)}), bucket(kEq), kNone},
      {"i", "bucket[16]", TestLeaf("i", kNe, {Int(34)}), not_null, bucket(kNe)},
      {"i", "bucket[1]", TestLeaf("i", kIn, {Int(1), Int(2)}),
       OnPartition(kEq, TypeKind::kInt, {Int(0)}), kNone},
      {"i", "bucket[1]", TestLeaf("i", kNotIn, {Int(1), Int(2)}), not_null,
       OnPartition(kNe, TypeKind::kInt, {Int(0)})},
  });
  for (const auto op : {kLt, kLe, kGt, kGe}) {
    ExpectLifts({{"i", "bucket[16]", TestLeaf("i", op, {Int(34)}), not_null, kNone}});
  }
}

TEST(Lift, ClosesOpenBoundsOfTruncatedNumbers) {
  const auto on = [](PredicateOp op, int32_t v) {
    return OnPartition(op, TypeKind::kInt, {Int(v)});
  };
  const auto not_null = OnPartition(kNotNull, TypeKind::kInt);
  ExpectLifts({
      {"i", "truncate[10]", TestLeaf("i", kLt, {Int(100)}), on(kLe, 90), on(kLt, 100)},
      {"i", "truncate[10]", TestLeaf("i", kLt, {Int(101)}), on(kLe, 100), on(kLt, 100)},
      {"i", "truncate[10]", TestLeaf("i", kLe, {Int(99)}), on(kLe, 90), on(kLt, 100)},
      {"i", "truncate[10]", TestLeaf("i", kLe, {Int(100)}), on(kLe, 100), on(kLt, 100)},
      {"i", "truncate[10]", TestLeaf("i", kGt, {Int(99)}), on(kGe, 100), on(kGt, 90)},
      {"i", "truncate[10]", TestLeaf("i", kGt, {Int(100)}), on(kGe, 100), on(kGt, 100)},
      {"i", "truncate[10]", TestLeaf("i", kGe, {Int(100)}), on(kGe, 100), on(kGt, 90)},
      {"i", "truncate[10]", TestLeaf("i", kGe, {Int(101)}), on(kGe, 100), on(kGt, 100)},
      {"i", "truncate[10]", TestLeaf("i", kLt, {Int(0)}), on(kLe, -10), on(kLt, 0)},
      {"i", "truncate[10]", TestLeaf("i", kEq, {Int(-1)}), on(kEq, -10), kNone},
      {"i", "truncate[10]", TestLeaf("i", kNe, {Int(15)}), not_null, on(kNe, 10)},
      {"i", "truncate[10]", TestLeaf("i", kIn, {Int(11), Int(12)}), on(kEq, 10), kNone},
      {"i", "truncate[10]", TestLeaf("i", kIn, {Int(1), Int(12)}),
       OnPartition(kIn, TypeKind::kInt, {Int(0), Int(10)}), kNone},
      {"i", "truncate[10]", TestLeaf("i", kNotIn, {Int(1), Int(12)}), not_null,
       OnPartition(kNotIn, TypeKind::kInt, {Int(0), Int(10)})},
  });
}

TEST(Lift, StopsAtTheEndsOfTheType) {
  const auto least = Int(std::numeric_limits<int32_t>::min());
  const auto greatest = Int(std::numeric_limits<int32_t>::max());
  const auto not_null = OnPartition(kNotNull, TypeKind::kInt);
  const Schema schema = ExprTestSchema();
  const PartitionSpec spec = SpecOf({FieldOf("i", "truncate[16]")});
  EXPECT_EQ(ProjectInclusive(TestLeaf("i", kLt, {least}), spec, schema), kNone);
  EXPECT_EQ(ProjectInclusive(TestLeaf("i", kGt, {greatest}), spec, schema), kNone);
  EXPECT_EQ(ProjectStrict(TestLeaf("i", kGe, {least}), spec, schema), not_null);
  EXPECT_EQ(ProjectStrict(TestLeaf("i", kLe, {greatest}), spec, schema), not_null);
}

TEST(Lift, StopsWhereTheDigitsOfADecimalEnd) {
  const arrow::Decimal128 greatest(999'999'999);
  const PartitionSpec spec = SpecOf({FieldOf("dec", "truncate[10]")});
  const Schema schema = ExprTestSchema();
  EXPECT_EQ(ProjectInclusive(TestLeaf("dec", kGt, {greatest}), spec, schema), kNone);
  EXPECT_EQ(ProjectInclusive(TestLeaf("dec", kLt, {arrow::Decimal128(-greatest)}), spec, schema),
            kNone);
}

TEST(Lift, TakesPartitionsThatAreWhollyListed) {
  const auto on = [](PredicateOp op, std::vector<LiteralValue> v) {
    return OnPartition(op, TypeKind::kInt, std::move(v));
  };
  const auto not_null = on(kNotNull, {});
  const auto threes = [](PredicateOp op, std::vector<int32_t> v) {
    return TestLeaf("i", op, std::vector<LiteralValue>(v.begin(), v.end()));
  };
  ExpectLifts({
      {"i", "truncate[1]", threes(kEq, {5}), on(kEq, {Int(5)}), on(kEq, {Int(5)})},
      {"i", "truncate[1]", threes(kNe, {5}), on(kNe, {Int(5)}), on(kNe, {Int(5)})},
      {"i", "truncate[3]", threes(kIn, {-3, -2, -1, 1}), on(kIn, {Int(-3), Int(0)}),
       on(kEq, {Int(-3)})},
      {"i", "truncate[3]", threes(kNotIn, {-3, -2, -1, 1}), on(kNe, {Int(-3)}),
       on(kNotIn, {Int(-3), Int(0)})},
      {"i", "truncate[3]", threes(kIn, {-2, -1, 0}), on(kIn, {Int(-3), Int(0)}), kNone},
      {"i", "truncate[3]", threes(kNotIn, {-2, -1, 0}), not_null, on(kNotIn, {Int(-3), Int(0)})},
  });
}

TEST(Lift, ExcludesAllByRangesWithoutValues) {
  const PartitionSpec spec = SpecOf({FieldOf("i", "truncate[10]"), FieldOf("s", "bucket[4]")});
  const Schema schema = ExprTestSchema();
  const auto i = [](PredicateOp op, int32_t v) { return TestLeaf("i", op, {Int(v)}); };
  const auto s = [](PredicateOp op, const char* v) { return TestLeaf("s", op, {Str(v)}); };
  for (const auto& empty :
       {And({i(kGe, 5), i(kLe, 4)}), And({i(kLt, 5), i(kGt, 4)}), And({i(kGt, 5), i(kLe, 5)}),
        And({i(kEq, 5), i(kEq, 6)}), And({i(kGe, 1), i(kLt, 9), i(kEq, 9)}),
        And({s(kGt, "a"), i(kEq, 1), s(kLt, "a")}), And({s(kGe, "b"), s(kLe, "a")})}) {
    EXPECT_EQ(ProjectInclusive(empty, spec, schema), kNone) << FormatPredicate(empty, schema);
  }
  for (const auto& some : {And({i(kGe, 5), i(kLe, 5)}), And({i(kGt, 4), i(kLt, 6)}),
                           And({s(kGt, "a"), s(kLt, "b")}), And({s(kGe, "a"), s(kLe, "a")})}) {
    EXPECT_NE(ProjectInclusive(some, spec, schema), kNone) << FormatPredicate(some, schema);
  }
}

TEST(Lift, TruncatesDecimalsByTheirUnscaledValue) {
  const auto on = [](PredicateOp op, int64_t v) {
    BoundPredicate leaf = TestLeaf("dec", op, {arrow::Decimal128(v)});
    leaf.field_id = FieldId(1000);
    return leaf;
  };
  const auto dec = [](PredicateOp op, int64_t v) {
    return TestLeaf("dec", op, {arrow::Decimal128(v)});
  };
  ExpectLifts({
      {"dec", "truncate[10]", dec(kLt, 10'000), on(kLe, 9'990), on(kLt, 10'000)},
      {"dec", "truncate[10]", dec(kGt, 9'999), on(kGe, 10'000), on(kGt, 9'990)},
      {"dec", "truncate[10]", dec(kGe, -5), on(kGe, -10), on(kGt, -10)},
      {"dec", "truncate[10]", dec(kEq, -5), on(kEq, -10), kNone},
  });
}

TEST(Lift, TruncatesTextWithoutClosingBounds) {
  const auto on = [](PredicateOp op, const char* v) {
    return OnPartition(op, TypeKind::kString, {Str(v)});
  };
  const auto leaf = [](PredicateOp op, const char* v) { return TestLeaf("s", op, {Str(v)}); };
  ExpectLifts({
      {"s", "truncate[4]", leaf(kLt, "abcdef"), on(kLe, "abcd"), on(kLt, "abcd")},
      {"s", "truncate[4]", leaf(kLe, "abcdef"), on(kLe, "abcd"), on(kLt, "abcd")},
      {"s", "truncate[4]", leaf(kGt, "abcdef"), on(kGe, "abcd"), on(kGt, "abcd")},
      {"s", "truncate[4]", leaf(kGe, "abcdef"), on(kGe, "abcd"), on(kGt, "abcd")},
      {"s", "truncate[4]", leaf(kEq, "abcdef"), on(kEq, "abcd"), kNone},
      {"s", "truncate[4]", leaf(kNe, "abcdef"), OnPartition(kNotNull, TypeKind::kString),
       on(kNe, "abcd")},
      // The first value of its partition: the partition holds nothing less.
      {"s", "truncate[4]", leaf(kLt, "abcd"), on(kLt, "abcd"), on(kLt, "abcd")},
      {"s", "truncate[4]", leaf(kLe, "abcd"), on(kLe, "abcd"), on(kLt, "abcd")},
      {"s", "truncate[4]", leaf(kGt, "abcd"), on(kGe, "abcd"), on(kGt, "abcd")},
      {"s", "truncate[4]", leaf(kGe, "abcd"), on(kGe, "abcd"), on(kGe, "abcd")},
      // Shorter than the width: alone in its partition.
      {"s", "truncate[4]", leaf(kLt, "abc"), on(kLt, "abc"), on(kLt, "abc")},
      {"s", "truncate[4]", leaf(kLe, "abc"), on(kLe, "abc"), on(kLe, "abc")},
      {"s", "truncate[4]", leaf(kGt, "abc"), on(kGt, "abc"), on(kGt, "abc")},
      {"s", "truncate[4]", leaf(kGe, "abc"), on(kGe, "abc"), on(kGe, "abc")},
      {"s", "truncate[4]", leaf(kEq, "abc"), on(kEq, "abc"), on(kEq, "abc")},
      {"s", "truncate[4]", leaf(kNe, "abc"), on(kNe, "abc"), on(kNe, "abc")},
      {"s", "truncate[4]", TestLeaf("s", kIn, {Str("abc"), Str("abcde")}),
       OnPartition(kIn, TypeKind::kString, {Str("abc"), Str("abcd")}), on(kEq, "abc")},
  });
}

TEST(Lift, TakesPrefixesThroughTruncate) {
  const auto on = [](PredicateOp op, const char* v) {
    return OnPartition(op, TypeKind::kString, {Str(v)});
  };
  const auto leaf = [](PredicateOp op, const char* v) { return TestLeaf("s", op, {Str(v)}); };
  ExpectLifts({
      {"s", "truncate[4]", leaf(kStartsWith, "ab"), on(kStartsWith, "ab"), on(kStartsWith, "ab")},
      {"s", "truncate[4]", leaf(kStartsWith, "abcd"), on(kEq, "abcd"), on(kEq, "abcd")},
      {"s", "truncate[4]", leaf(kStartsWith, "abcde"), on(kEq, "abcd"), kNone},
      {"s", "truncate[4]", leaf(kNotStartsWith, "ab"), on(kNotStartsWith, "ab"),
       on(kNotStartsWith, "ab")},
      {"s", "truncate[4]", leaf(kNotStartsWith, "abcd"), on(kNe, "abcd"), on(kNe, "abcd")},
      {"s", "truncate[4]", leaf(kNotStartsWith, "abcde"), OnPartition(kNotNull, TypeKind::kString),
       on(kNe, "abcd")},
      // Four code points in six bytes.
      {"s", "truncate[4]", leaf(kStartsWith, "éaéb"), on(kEq, "éaéb"), on(kEq, "éaéb")},
      {"s", "truncate[4]", leaf(kStartsWith, "éaéb!"), on(kEq, "éaéb"), kNone},
  });
}

TEST(Lift, CountsBytesOfBinary) {
  const auto on = [](PredicateOp op, const char* v) {
    return OnPartition(op, TypeKind::kBinary, {Str(v)});
  };
  ExpectLifts({
      {"bin", "truncate[2]", TestLeaf("bin", kStartsWith, {Str("\xc3\xa9")}), on(kEq, "\xc3\xa9"),
       on(kEq, "\xc3\xa9")},
      {"bin", "truncate[2]", TestLeaf("bin", kGt, {Str("abc")}), on(kGe, "ab"), on(kGt, "ab")},
  });
}

TEST(Lift, CoversExactlyTheDaysOfARange) {
  const auto on = [](PredicateOp op, int32_t v) {
    return OnPartition(op, TypeKind::kDate, {Int(v)});
  };
  const auto leaf = [](PredicateOp op, int64_t v) { return TestLeaf("ts", op, {Long(v)}); };
  ExpectLifts({
      {"ts", "day", leaf(kLt, 10 * kDayMicros), on(kLe, 9), on(kLt, 10)},
      {"ts", "day", leaf(kLt, 10 * kDayMicros + 1), on(kLe, 10), on(kLt, 10)},
      {"ts", "day", leaf(kLe, 10 * kDayMicros - 1), on(kLe, 9), on(kLt, 10)},
      {"ts", "day", leaf(kGe, 10 * kDayMicros), on(kGe, 10), on(kGt, 9)},
      {"ts", "day", leaf(kGe, 10 * kDayMicros + 1), on(kGe, 10), on(kGt, 10)},
      {"ts", "day", leaf(kGt, 10 * kDayMicros - 1), on(kGe, 10), on(kGt, 9)},
      {"ts", "day", leaf(kEq, 10 * kDayMicros + 5), on(kEq, 10), kNone},
      {"ts", "day", leaf(kNe, 10 * kDayMicros + 5), OnPartition(kNotNull, TypeKind::kDate),
       on(kNe, 10)},
  });
}

TEST(Lift, TakesTimesOfEveryUnitAndPrecision) {
  const auto on_int = [](PredicateOp op, int32_t v) {
    return OnPartition(op, TypeKind::kInt, {Int(v)});
  };
  const auto on_date = [](PredicateOp op, int32_t v) {
    return OnPartition(op, TypeKind::kDate, {Int(v)});
  };
  // 1972-03-01 is day 790 (two years of 365 days, January 31, February 29), month 26, year 2.
  const int64_t start = 790 * kDayMicros;
  ExpectLifts({
      {"ts", "hour", TestLeaf("ts", kLt, {Long(5 * kHourMicros)}), on_int(kLe, 4), on_int(kLt, 5)},
      {"tz", "month", TestLeaf("tz", kLt, {Long(start)}), on_int(kLe, 25), on_int(kLt, 26)},
      {"tz", "year", TestLeaf("tz", kGe, {Long(start)}), on_int(kGe, 2), on_int(kGt, 2)},
      {"tsn", "day", TestLeaf("tsn", kLt, {Long(start * 1000)}), on_date(kLe, 789),
       on_date(kLt, 790)},
      {"tzn", "day", TestLeaf("tzn", kLt, {Long(start * 1000 + 1)}), on_date(kLe, 790),
       on_date(kLt, 790)},
      {"day", "month", TestLeaf("day", kGe, {Int(790)}), on_int(kGe, 26), on_int(kGt, 25)},
      {"day", "day", TestLeaf("day", kLt, {Int(5)}), on_date(kLe, 4), on_date(kLt, 5)},
      {"day", "hour", TestLeaf("day", kLt, {Int(5)}), kAll, kNone},
  });
}

TEST(Lift, AdmitsTheDayAfterOfNegativeTimes) {
  const auto on = [](PredicateOp op, std::vector<LiteralValue> v) {
    return OnPartition(op, TypeKind::kDate, std::move(v));
  };
  const auto leaf = [](PredicateOp op, int64_t v) { return TestLeaf("ts", op, {Long(v)}); };
  ExpectLifts({
      {"ts", "day", leaf(kEq, -1), on(kIn, {Int(-1), Int(0)}), kNone},
      {"ts", "day", leaf(kNe, -1), on(kNotNull, {}), on(kNotIn, {Int(-1), Int(0)})},
      {"ts", "day", leaf(kLe, -1), on(kLe, {Int(0)}), on(kLt, {Int(0)})},
      {"ts", "day", leaf(kLt, -kDayMicros), on(kLe, {Int(-1)}), on(kLt, {Int(-1)})},
      {"ts", "day", leaf(kGe, -kDayMicros), on(kGe, {Int(-1)}), on(kGt, {Int(-1)})},
      {"ts", "day", leaf(kGe, -1), on(kGe, {Int(-1)}), on(kGt, {Int(0)})},
      {"ts", "day", leaf(kGt, -1), on(kGe, {Int(0)}), on(kGt, {Int(0)})},
      {"ts", "day", leaf(kEq, 0), on(kEq, {Int(0)}), kNone},
      {"ts", "day", leaf(kIn, kDayMicros), on(kEq, {Int(1)}), kNone},
      // A day of a date was never truncated.
      {"day", "day", TestLeaf("day", kEq, {Int(-1)}), on(kEq, {Int(-1)}), on(kEq, {Int(-1)})},
      {"day", "day", TestLeaf("day", kNe, {Int(-1)}), on(kNe, {Int(-1)}), on(kNe, {Int(-1)})},
      {"day", "day", TestLeaf("day", kLe, {Int(-2)}), on(kLe, {Int(-2)}), on(kLt, {Int(-1)})},
  });
}

constexpr int64_t kDayNanos = kDayMicros * 1000;

bool Admits(const BoundPredicate& predicate, const PartitionSpec& spec, LiteralValue partition) {
  return EvaluateTuple(ProjectInclusive(predicate, spec, ExprTestSchema()), spec,
                       {std::move(partition)});
}

// A day before 1970 may hold rows of the day before it, where an early writer truncated towards zero: such a day is admitted too, and
// nothing else. (DayRangeTest in scan_test: the bounds of its files then drop it.)
TEST(DayRange, AdmitsExactlyTheDaysItTouches) {
  const PartitionSpec spec = SpecOf({FieldOf("tsn", "day")});
  for (int32_t from = -4; from <= 4; ++from) {
    for (int32_t to = from; to <= 4; ++to) {
      for (const int64_t first : {from * kDayNanos, (from + 1) * kDayNanos - 1}) {
        for (const int64_t last : {to * kDayNanos, (to + 1) * kDayNanos - 1}) {
          if (first > last) continue;
          const auto range =
              And({TestLeaf("tsn", kGe, {Long(first)}), TestLeaf("tsn", kLe, {Long(last)})});
          for (int32_t day = -8; day <= 8; ++day) {
            const bool touched = day >= from && day <= to;
            const bool follows_an_early_day = day - 1 == to && to < 0;
            EXPECT_EQ(Admits(range, spec, Int(day)), touched || follows_an_early_day)
                << "day " << day << " of days " << from << " to " << to;
          }
        }
      }
    }
  }
}

TEST(BucketRange, AdmitsEveryBucketAndEqualityOne) {
  const PartitionSpec spec = SpecOf({FieldOf("l", "bucket[16]")});
  const auto range = And({TestLeaf("l", kGe, {Long(30)}), TestLeaf("l", kLe, {Long(34)})});
  // Appendix B: hash(34) = 2017239379, so bucket[16] = 3.
  for (int32_t bucket = 0; bucket < 16; ++bucket) {
    EXPECT_TRUE(Admits(range, spec, Int(bucket)));
    EXPECT_EQ(Admits(TestLeaf("l", kEq, {Long(34)}), spec, Int(bucket)), bucket == 3);
  }
}

TEST(TruncateRange, LiftsGeToGeOfTheTruncatedValue) {
  for (const int32_t v : {-21, -20, -11, -10, -1, 0, 1, 9, 10, 19, 20}) {
    const int32_t floored = v - ((v % 10) + 10) % 10;
    EXPECT_EQ(ProjectInclusive(TestLeaf("i", kGe, {Int(v)}), SpecOf({FieldOf("i", "truncate[10]")}),
                               ExprTestSchema()),
              OnPartition(kGe, TypeKind::kInt, {Int(floored)}));
  }
}

TEST(Lift, NeedsAllFieldsOfASourceInclusivelyAndAnyStrictly) {
  const PartitionSpec spec = SpecOf({FieldOf("ts", "day", 1000), FieldOf("ts", "hour", 1001)});
  const auto leaf = TestLeaf("ts", kLt, {Long(kDayMicros + kHourMicros)});
  EXPECT_EQ(ProjectInclusive(leaf, spec, ExprTestSchema()),
            And({OnPartition(kLe, TypeKind::kDate, {Int(1)}, 1000),
                 OnPartition(kLe, TypeKind::kInt, {Int(24)}, 1001)}));
  EXPECT_EQ(ProjectStrict(leaf, spec, ExprTestSchema()),
            Or({OnPartition(kLt, TypeKind::kDate, {Int(1)}, 1000),
                OnPartition(kLt, TypeKind::kInt, {Int(25)}, 1001)}));
}

TEST(Lift, CombinesAndAndOr) {
  const PartitionSpec spec = SpecOf({FieldOf("i", "identity")});
  const auto partition = OnPartition(kEq, TypeKind::kInt, {Int(5)});
  const auto on_i = TestLeaf("i", kEq, {Int(5)});
  const auto other = TestLeaf("s", kEq, {Str("x")});
  const Schema schema = ExprTestSchema();
  EXPECT_EQ(ProjectInclusive(And({on_i, other}), spec, schema), partition);
  EXPECT_EQ(ProjectInclusive(Or({on_i, other}), spec, schema), kAll);
  EXPECT_EQ(ProjectStrict(And({on_i, other}), spec, schema), kNone);
  EXPECT_EQ(ProjectStrict(Or({on_i, other}), spec, schema), partition);
}

TEST(Residual, IsTrueWherePartitionProvesAndFalseWhereItExcludes) {
  const PartitionSpec spec = SpecOf({FieldOf("ts", "day")});
  const Schema schema = ExprTestSchema();
  const auto from = TestLeaf("ts", kGe, {Long(10 * kDayMicros + 7)});
  const auto until = TestLeaf("ts", kLt, {Long(12 * kDayMicros)});
  const auto range = And({from, until});
  const auto at = [&](int32_t day) { return Residual(range, spec, schema, {Int(day)}); };
  EXPECT_EQ(at(9), kNone);
  EXPECT_EQ(at(10), from);
  EXPECT_EQ(at(11), kAll);
  EXPECT_EQ(at(12), kNone);
  EXPECT_EQ(Residual(range, spec, schema, {std::nullopt}), kNone);
}

TEST(Residual, KeepsWhatThePartitionDoesNotKnow) {
  const PartitionSpec spec = SpecOf({FieldOf("i", "identity")});
  const Schema schema = ExprTestSchema();
  const auto other = TestLeaf("s", kEq, {Str("x")});
  const auto either = Or({TestLeaf("i", kEq, {Int(5)}), other});
  EXPECT_EQ(Residual(either, spec, schema, {Int(5)}), kAll);
  EXPECT_EQ(Residual(either, spec, schema, {Int(6)}), other);
  EXPECT_EQ(Residual(other, SpecOf({}), schema, {}), other);
}

TEST(EvaluateTuple, KeepsNullOnlyForIsNull) {
  const PartitionSpec spec = SpecOf({FieldOf("i", "identity")});
  const PartitionTuple null_tuple = {std::nullopt};
  EXPECT_TRUE(EvaluateTuple(OnPartition(kIsNull, TypeKind::kInt), spec, null_tuple));
  EXPECT_FALSE(EvaluateTuple(OnPartition(kNotNull, TypeKind::kInt), spec, null_tuple));
  EXPECT_FALSE(EvaluateTuple(OnPartition(kNe, TypeKind::kInt, {Int(5)}), spec, null_tuple));
  EXPECT_FALSE(EvaluateTuple(OnPartition(kNotIn, TypeKind::kInt, {Int(5)}), spec, null_tuple));
}

TEST(EvaluateTuple, WidensTuplesOfNarrowerColumns) {
  const PartitionSpec spec = SpecOf({FieldOf("l", "identity"), FieldOf("d", "identity", 1001)});
  const PartitionTuple tuple = {Int(5), 2.5F};
  EXPECT_TRUE(EvaluateTuple(OnPartition(kEq, TypeKind::kLong, {Long(5)}), spec, tuple));
  EXPECT_TRUE(EvaluateTuple(OnPartition(kEq, TypeKind::kDouble, {2.5}, 1001), spec, tuple));
}

}  // namespace
}  // namespace artemis

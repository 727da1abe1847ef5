// Facts of ranges: what summaries and metrics say, and what they must not be taken to say.
#include "artemis/scan/field_ranges.h"

#include <cmath>

#include <gtest/gtest.h>

#include "artemis/scan/table_fixture.h"
#include "artemis/schema/literal.h"

namespace artemis {
namespace {

const Type kInt = Type::Of(TypeKind::kInt);
const Type kLong = Type::Of(TypeKind::kLong);
const Type kDouble = Type::Of(TypeKind::kDouble);

PartitionFieldSummary Summary(bool contains_null, std::optional<bool> contains_nan = {},
                              std::optional<std::string> lower = {},
                              std::optional<std::string> upper = {}) {
  return {contains_null, contains_nan, std::move(lower), std::move(upper)};
}

std::string LongBytes(int64_t value) { return ToBytes(kLong, LiteralValue(value)); }

TEST(RangeOfSummary, GivesExactBoundsAndNulls) {
  const auto range = RangeOfSummary(Summary(true, {}, LongBytes(3), LongBytes(9)), kLong);
  EXPECT_EQ(range.lower, LiteralValue(int64_t{3}));
  EXPECT_EQ(range.upper, LiteralValue(int64_t{9}));
  EXPECT_TRUE(range.bounds_exact);
  EXPECT_EQ(range.has_null, Ternary::kYes);
  EXPECT_EQ(range.has_nan, Ternary::kNo);
  EXPECT_FALSE(range.all_null);
  EXPECT_EQ(RangeOfSummary(Summary(false), kLong).has_null, Ternary::kNo);
}

TEST(RangeOfSummary, TakesAbsentBoundsForNullsOnlyWhereNoNaNCanBe) {
  EXPECT_TRUE(RangeOfSummary(Summary(true), kLong).all_null);
  EXPECT_TRUE(RangeOfSummary(Summary(true, false), kDouble).all_null);
  const auto unknown = RangeOfSummary(Summary(true), kDouble);
  EXPECT_FALSE(unknown.all_null);
  EXPECT_EQ(unknown.has_nan, Ternary::kUnknown);
  EXPECT_FALSE(RangeOfSummary(Summary(true, true), kDouble).all_null);
  EXPECT_FALSE(RangeOfSummary(Summary(false), kLong).all_null);
}

TEST(RangeOfSummary, TakesBytesOfAnotherLengthForUnknown) {
  const auto range = RangeOfSummary(Summary(false, {}, "abc", LongBytes(9)), kLong);
  EXPECT_EQ(range.lower, std::nullopt);
  EXPECT_EQ(range.upper, LiteralValue(int64_t{9}));
}

// Tuples 1:1, 1:f00…, 2:0 (upper half : lower half). As signed halves, 1:f00… is the least: below it in bytes lies 1:1.
TEST(RangeOfSummary, EnclosesUuidsWhoseHalvesWereOrderedAsSignedNumbers) {
  const Type uuid = Type::Of(TypeKind::kUuid);
  const auto of_halves = [](char upper, char lower_first, char lower_last) {
    std::string bytes(16, '\0');
    bytes[7] = upper;
    bytes[8] = lower_first;
    bytes[15] = lower_last;
    return bytes;
  };
  const std::string least = of_halves(1, '\xf0', 0);
  const auto range = RangeOfSummary(Summary(false, {}, least, of_halves(2, 0, 0)), uuid);
  const auto& lower = std::get<std::string>(*range.lower);
  const auto& upper = std::get<std::string>(*range.upper);
  for (const auto& member : {of_halves(1, 0, 1), least, of_halves(2, 0, 0)}) {
    EXPECT_LE(lower, member);
    EXPECT_GE(upper, member);
  }
  EXPECT_GT(lower, of_halves(0, '\xff', 0));
  EXPECT_LT(upper, of_halves(3, 0, 0));
}

TEST(RangeOfSummary, LeavesOutCrossedBounds) {
  const auto range = RangeOfSummary(Summary(true, {}, LongBytes(9), LongBytes(3)), kLong);
  EXPECT_EQ(range.lower, std::nullopt);
  EXPECT_EQ(range.upper, std::nullopt);
  EXPECT_FALSE(range.all_null);
}

TEST(RangeOfMetrics, GivesBoundsThatMayBeWide) {
  const auto range = RangeOfMetrics(
      Metrics(1, kLong, LiteralValue(int64_t{3}), LiteralValue(int64_t{9}), 2), kLong);
  EXPECT_EQ(range.lower, LiteralValue(int64_t{3}));
  EXPECT_EQ(range.upper, LiteralValue(int64_t{9}));
  EXPECT_FALSE(range.bounds_exact);
  EXPECT_EQ(range.has_null, Ternary::kYes);
  EXPECT_EQ(range.has_nan, Ternary::kNo);
  EXPECT_FALSE(range.all_null);
}

TEST(RangeOfMetrics, TakesMissingCountsForUnknownNeverForZero) {
  const auto range = RangeOfMetrics(
      Metrics(1, kDouble, std::nullopt, std::nullopt, std::nullopt, std::nullopt, std::nullopt),
      kDouble);
  EXPECT_EQ(range.has_null, Ternary::kUnknown);
  EXPECT_EQ(range.has_nan, Ternary::kUnknown);
  EXPECT_FALSE(range.all_null);
  EXPECT_FALSE(range.all_nan);
}

TEST(RangeOfMetrics, TellsColumnsOfNullsAndOfNaNs) {
  const auto of = [](int64_t nulls, int64_t nans) {
    return RangeOfMetrics(Metrics(1, kDouble, std::nullopt, std::nullopt, nulls, nans), kDouble);
  };
  EXPECT_TRUE(of(100, 0).all_null);
  EXPECT_FALSE(of(100, 0).all_nan);
  EXPECT_TRUE(of(40, 60).all_nan);
  EXPECT_FALSE(of(40, 60).all_null);
  EXPECT_FALSE(of(40, 59).all_nan);
  EXPECT_EQ(of(40, 59).has_nan, Ternary::kYes);
  EXPECT_EQ(of(40, 0).has_nan, Ternary::kNo);
}

TEST(RangeOfMetrics, DoesNotBelieveANaNBound) {
  ColumnMetrics metrics = Metrics(1, kDouble, LiteralValue(std::nan("")), LiteralValue(2.0));
  const auto range = RangeOfMetrics(metrics, kDouble);
  EXPECT_EQ(range.lower, std::nullopt);
  EXPECT_EQ(range.upper, LiteralValue(2.0));
}

TEST(RangeOfMetrics, ReadsBoundsWrittenBeforeTheColumnWasWidened) {
  const auto range =
      RangeOfMetrics(Metrics(1, kInt, LiteralValue(int32_t{-3}), LiteralValue(int32_t{9})), kLong);
  EXPECT_EQ(range.lower, LiteralValue(int64_t{-3}));
  EXPECT_EQ(range.upper, LiteralValue(int64_t{9}));
}

TEST(SummaryRanges, FindsPartitionFieldsByIdAndKnowsNothingOfOthers) {
  ManifestFile manifest;
  manifest.partitions = {Summary(false, {}, LongBytes(1), LongBytes(2))};
  const Type type = Type::Struct({MakeField(1000, "n", kLong), MakeField(1001, "m", kLong)});
  const auto ranges = SummaryRanges(manifest, type);
  ASSERT_TRUE(ranges(FieldId(1000)).has_value());
  EXPECT_EQ(ranges(FieldId(1000))->upper, LiteralValue(int64_t{2}));
  EXPECT_FALSE(ranges(FieldId(1001)).has_value());
  EXPECT_FALSE(ranges(FieldId(1002)).has_value());
}

TEST(MetricsRanges, FindsNestedFieldsAndKnowsNothingOfColumnsWithoutMetrics) {
  Schema schema;
  schema.fields = {MakeField(1, "a", kLong),
                   MakeField(2, "s", Type::Struct({MakeField(3, "b", kLong)}))};
  const FileMetrics metrics = {
      Metrics(3, kLong, LiteralValue(int64_t{5}), LiteralValue(int64_t{6})),
      Metrics(9, kLong, LiteralValue(int64_t{5}), LiteralValue(int64_t{6}))};
  const auto ranges = MetricsRanges(metrics, schema);
  ASSERT_TRUE(ranges(FieldId(3)).has_value());
  EXPECT_EQ(ranges(FieldId(3))->lower, LiteralValue(int64_t{5}));
  EXPECT_FALSE(ranges(FieldId(1)).has_value());
  EXPECT_FALSE(ranges(FieldId(9)).has_value());
}

}  // namespace
}  // namespace artemis

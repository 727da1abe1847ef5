// Keys order as values do, and a column gives back what was put in.
#include "artemis/expr/range_table.h"

#include <gtest/gtest.h>

#include "artemis/expr/expr_test_schema.h"
#include "artemis/expr/random_predicates.h"
#include "artemis/schema/literal.h"

namespace artemis {
namespace {

int Sign(auto order) { return order < 0 ? -1 : order > 0 ? 1 : 0; }

TEST(RangeTable, KeysOrderAsValuesDo) {
  RandomExpr random(7);
  for (int i = 0; i < 20'000; ++i) {
    const auto& columns = random.columns();
    const Type& type = columns[static_cast<size_t>(random.Below(std::ssize(columns)))].type;
    const auto a = random.Value(type), b = random.Value(type);
    if (IsNaN(a) || IsNaN(b)) continue;
    const int expected = Sign(CompareValues(a, b));
    const int by_key = KeyDomainOf(type) == KeyDomain::kText ? Sign(TextKey(a) <=> TextKey(b))
                                                             : Sign(OrderKey(a) <=> OrderKey(b));
    EXPECT_EQ(by_key, expected) << type.ToString() << ": " << FormatLiteral(type, a) << ", "
                                << FormatLiteral(type, b);
  }
}

TEST(RangeTable, GivesBackTheBoundsOfEveryType) {
  RandomExpr random(11);
  for (const auto& field : random.columns()) {
    for (int i = 0; i < 200; ++i) {
      auto lower = random.Value(field.type), upper = random.Value(field.type);
      if (IsNaN(lower) || IsNaN(upper)) continue;
      if (CompareValues(upper, lower) < 0) std::swap(lower, upper);
      RangeColumn column(field.type, true);
      ColumnRange range;
      range.lower = lower;
      range.upper = upper;
      column.Append(range);
      const std::string low = ToBytes(field.type, lower), high = ToBytes(field.type, upper);
      const std::string_view low_view = low, high_view = high;
      column.AppendMetrics(10, 0, 0, &low_view, &high_view);
      for (const size_t row : {0, 1}) {
        const ColumnRange got = column.At(row, field.type);
        ASSERT_TRUE(got.lower && got.upper) << field.name;
        EXPECT_TRUE(CompareValues(*got.lower, lower) == 0) << field.name;
        EXPECT_TRUE(CompareValues(*got.upper, upper) == 0) << field.name;
      }
    }
  }
}

TEST(RangeTable, TakesCountsAsTheyAre) {
  RangeColumn column(Type::Of(TypeKind::kDouble), false);
  column.AppendMetrics(10, 10, 0, nullptr, nullptr);
  column.AppendMetrics(10, 0, 10, nullptr, nullptr);
  column.AppendMetrics(10, -1, -1, nullptr, nullptr);
  column.AppendMetrics(10, 0, 0, nullptr, nullptr);
  const Type type = Type::Of(TypeKind::kDouble);
  EXPECT_TRUE(column.At(0, type).all_null);
  EXPECT_TRUE(column.At(1, type).all_nan);
  EXPECT_EQ(column.At(2, type).has_null, Ternary::kUnknown);
  EXPECT_EQ(column.At(2, type).has_nan, Ternary::kUnknown);
  EXPECT_EQ(column.At(3, type).has_null, Ternary::kNo);
  EXPECT_EQ(column.At(3, type).has_nan, Ternary::kNo);
}

TEST(RangeTable, LeavesOutBoundsOfTheWrongLength) {
  RangeColumn column(Type::Of(TypeKind::kLong), false);
  const std::string_view broken("\x01\x02\x03", 3);
  column.AppendMetrics(10, 0, -1, &broken, &broken);
  EXPECT_FALSE(column.At(0, Type::Of(TypeKind::kLong)).lower);
}

TEST(RangeTable, ReadsBoundsWrittenBeforeAWidening) {
  RangeColumn column(Type::Of(TypeKind::kLong), false);
  const std::string five = ToBytes(Type::Of(TypeKind::kInt), int32_t{5});
  const std::string_view view = five;
  column.AppendMetrics(10, 0, -1, &view, &view);
  EXPECT_EQ(column.At(0, Type::Of(TypeKind::kLong)).lower, LiteralValue(int64_t{5}));
  EXPECT_EQ(column.At(0, Type::Of(TypeKind::kInt)).lower, LiteralValue(int32_t{5}));
}

TEST(RangeTable, FindsNoColumnOfAnotherKind) {
  RangeTable table{1, {}};
  RangeColumn column(Type::Of(TypeKind::kLong), false);
  column.AppendUnknown();
  table.columns.emplace(FieldId(3), std::move(column));
  EXPECT_NE(table.Find(FieldId(3), Type::Of(TypeKind::kInt)), nullptr);
  EXPECT_EQ(table.Find(FieldId(3), Type::Of(TypeKind::kString)), nullptr);
  EXPECT_EQ(table.Find(FieldId(3), Type::Of(TypeKind::kTimestamp)), nullptr);
  EXPECT_EQ(table.Find(FieldId(4), Type::Of(TypeKind::kLong)), nullptr);
}

TEST(TextDictionary, NumbersEachTextOnce) {
  TextDictionary texts;
  const uint32_t apollo = texts.Insert("apollo");
  EXPECT_EQ(texts.Insert(""), apollo + 1);
  EXPECT_EQ(texts.Insert("apollo"), apollo);
  for (int i = 0; i < 1000; ++i) texts.Insert(std::to_string(i));
  EXPECT_EQ(texts.At(texts.Insert("999")), "999");
  EXPECT_EQ(texts.size(), 1003u);
}

}  // namespace
}  // namespace artemis

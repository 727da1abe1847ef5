// Rows of every type and array form.
#include "artemis/expr/row_evaluator.h"

#include <limits>

#include <arrow/array/util.h>
#include <arrow/extension/uuid.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "artemis/expr/arrow_values.h"
#include "artemis/expr/expr_test_schema.h"

namespace artemis {
namespace {

using enum PredicateOp;

constexpr double kNoNumber = std::numeric_limits<double>::quiet_NaN();

// "1" where the row is kept, "0" where not.
std::string KeptRows(const BoundPredicate& predicate, const std::shared_ptr<arrow::Array>& column) {
  const auto kept = EvaluateRows(
      predicate, column->length(), [&](FieldId) { return column; }, arrow::default_memory_pool());
  if (!kept.ok()) return kept.status().ToString();
  EXPECT_EQ((*kept)->null_count(), 0);
  std::string text;
  for (int64_t i = 0; i < (*kept)->length(); ++i) text += (*kept)->Value(i) ? '1' : '0';
  return text;
}

void ExpectKept(const std::string& column, const NullableValues& values,
                const std::vector<std::pair<BoundPredicate, std::string>>& cases) {
  for (const auto form : {ArrayForm::kPlain, ArrayForm::kSliced, ArrayForm::kLarge,
                          ArrayForm::kDictionary, ArrayForm::kDictionaryNull}) {
    const auto array = MakeValueArray(TestLeaf(column, kIsNull).type, values, form).ValueOrDie();
    for (const auto& [leaf, expected] : cases) {
      EXPECT_EQ(KeptRows(leaf, array), expected)
          << FormatPredicate(leaf, ExprTestSchema()) << " on " << array->ToString();
    }
  }
}

// Checks all leaves on a column that holds low, null, middle, high, middle.
void ExpectOrdered(const std::string& column, const LiteralValue& low, const LiteralValue& middle,
                   const LiteralValue& high) {
  const auto leaf = [&](PredicateOp op, std::vector<LiteralValue> values) {
    return TestLeaf(column, op, std::move(values));
  };
  ExpectKept(column, {low, std::nullopt, middle, high, middle},
             {
                 {leaf(kIsNull, {}), "01000"},
                 {leaf(kNotNull, {}), "10111"},
                 {leaf(kEq, {middle}), "00101"},
                 {leaf(kNe, {middle}), "10010"},
                 {leaf(kLt, {middle}), "10000"},
                 {leaf(kLe, {middle}), "10101"},
                 {leaf(kGt, {middle}), "00010"},
                 {leaf(kGe, {middle}), "00111"},
                 {leaf(kIn, {low, high}), "10010"},
                 {leaf(kNotIn, {low, high}), "00101"},
                 {leaf(kIn, {}), "00000"},
                 {leaf(kNotIn, {}), "10111"},
             });
}

LiteralValue Bytes(const char* text) { return std::string(text); }
LiteralValue Big(const char* text) { return arrow::Decimal128(text); }

TEST(EvaluateRows, ComparesEveryOrderedType) {
  ExpectOrdered("i", int32_t{-7}, int32_t{0}, int32_t{2'000'000'000});
  ExpectOrdered("l", std::numeric_limits<int64_t>::min(), int64_t{-1}, int64_t{5});
  ExpectOrdered("f", -std::numeric_limits<float>::infinity(), 0.5F, 1.5F);
  ExpectOrdered("d", -1.0, 0.5, std::numeric_limits<double>::infinity());
  ExpectOrdered("dec", Big("-99999"), Big("-1"), Big("99999"));
  ExpectOrdered("wide", Big("-99999999999999999999999999999999999999"), Big("18446744073709551616"),
                Big("99999999999999999999999999999999999999"));
  ExpectOrdered("day", int32_t{-1}, int32_t{0}, int32_t{1});
  ExpectOrdered("tod", int64_t{0}, int64_t{1}, int64_t{86'399'999'999});
  for (const auto* column : {"ts", "tz", "tsn", "tzn"}) {
    ExpectOrdered(column, int64_t{-1}, int64_t{0}, int64_t{1});
  }
  ExpectOrdered("s", Bytes(""), Bytes("abc"), Bytes("abcd"));
  ExpectOrdered("s", Bytes("z"), Bytes("é"), Bytes("\xf0\x9f\x9b\xb0"));
  ExpectOrdered("u", Bytes("0000000000000000"),
                Bytes("\x7f"
                      "000000000000000"),
                Bytes("\x80"
                      "000000000000000"));
  ExpectOrdered("fx", Bytes("aaa"), Bytes("aab"),
                Bytes("\xff"
                      "aa"));
  ExpectOrdered("bin", Bytes("a"), Bytes("\x80"), Bytes("\xff"));
}

TEST(EvaluateRows, ComparesBooleans) {
  ExpectKept("flag", {true, std::nullopt, false},
             {
                 {TestLeaf("flag", kEq, {true}), "100"},
                 {TestLeaf("flag", kNe, {true}), "001"},
                 {TestLeaf("flag", kLt, {true}), "001"},
                 {TestLeaf("flag", kGe, {false}), "101"},
                 {TestLeaf("flag", kIn, {false, true}), "101"},
                 {TestLeaf("flag", kIsNull), "010"},
             });
}

TEST(EvaluateRows, RanksNaNAboveEveryNumberAndEqualToItself) {
  const double infinity = std::numeric_limits<double>::infinity();
  ExpectKept("d", {kNoNumber, 1.0, std::nullopt, infinity},
             {
                 {TestLeaf("d", kGt, {1.0}), "1001"},
                 {TestLeaf("d", kGe, {infinity}), "1001"},
                 {TestLeaf("d", kGt, {infinity}), "1000"},
                 {TestLeaf("d", kLe, {infinity}), "0101"},
                 {TestLeaf("d", kNe, {1.0}), "1001"},
                 {TestLeaf("d", kEq, {kNoNumber}), "1000"},
                 {TestLeaf("d", kNe, {kNoNumber}), "0101"},
                 {TestLeaf("d", kLt, {kNoNumber}), "0101"},
                 {TestLeaf("d", kLe, {kNoNumber}), "1101"},
                 {TestLeaf("d", kGt, {kNoNumber}), "0000"},
                 {TestLeaf("d", kGe, {kNoNumber}), "1000"},
                 {TestLeaf("d", kIn, {1.0, kNoNumber}), "1100"},
                 {TestLeaf("d", kNotIn, {1.0, kNoNumber}), "0001"},
                 {TestLeaf("d", kNotIn, {1.0, 2.0}), "1001"},
                 {TestLeaf("d", kIsNaN), "1000"},
                 {TestLeaf("d", kNotNaN), "0101"},
             });
}

TEST(EvaluateRows, TreatsBothZerosAlike) {
  ExpectKept("f", {-0.0F, 0.0F},
             {
                 {TestLeaf("f", kEq, {0.0F}), "11"},
                 {TestLeaf("f", kLt, {0.0F}), "00"},
                 {TestLeaf("f", kIn, {-0.0F, 1.0F}), "11"},
             });
}

TEST(EvaluateRows, FindsPrefixes) {
  ExpectKept("s", {Bytes("ab"), Bytes("a"), std::nullopt, Bytes("b"), Bytes("")},
             {
                 {TestLeaf("s", kStartsWith, {Bytes("ab")}), "10000"},
                 {TestLeaf("s", kStartsWith, {Bytes("a")}), "11000"},
                 {TestLeaf("s", kStartsWith, {Bytes("")}), "11011"},
                 {TestLeaf("s", kNotStartsWith, {Bytes("a")}), "00011"},
             });
}

TEST(EvaluateRows, FindsMembersOfLargeSets) {
  std::vector<LiteralValue> evens;
  std::vector<LiteralValue> texts;
  for (int32_t i = 0; i < 1'000; i += 2) evens.emplace_back(i);
  for (int32_t i = 1'000; i < 2'000; i += 2) texts.emplace_back(std::to_string(i));
  ExpectKept("i", {int32_t{998}, int32_t{999}, std::nullopt, int32_t{0}},
             {{TestLeaf("i", kIn, evens), "1001"}, {TestLeaf("i", kNotIn, evens), "0100"}});
  ExpectKept("s", {Bytes("1998"), Bytes("1999"), std::nullopt},
             {{TestLeaf("s", kIn, texts), "100"}, {TestLeaf("s", kNotIn, texts), "010"}});
}

TEST(EvaluateRows, TakesAMissingColumnForAllNull) {
  const ColumnLookup nothing = [](FieldId) { return nullptr; };
  const auto kept = [&](const BoundPredicate& predicate) {
    return EvaluateRows(predicate, 3, nothing, arrow::default_memory_pool()).ValueOrDie();
  };
  EXPECT_EQ(kept(TestLeaf("i", kIsNull))->true_count(), 3);
  EXPECT_EQ(kept(TestLeaf("i", kNe, {int32_t{1}}))->true_count(), 0);
  EXPECT_EQ(kept(TestLeaf("i", kNotNull))->true_count(), 0);
}

TEST(EvaluateRows, TakesArraysOfArrowsNullTypeAndUuidExtensions) {
  const auto nulls = arrow::MakeArrayOfNull(arrow::null(), 2).ValueOrDie();
  EXPECT_EQ(KeptRows(TestLeaf("void", kIsNull), nulls), "11");
  EXPECT_EQ(KeptRows(TestLeaf("i", kEq, {int32_t{1}}), nulls), "00");
  const auto uuid = Bytes("0123456789abcdef");
  const auto storage = MakeValueArray(Type::Of(TypeKind::kUuid), {uuid, std::nullopt}).ValueOrDie();
  const auto extension = arrow::ExtensionType::WrapArray(arrow::extension::uuid(), storage);
  EXPECT_EQ(KeptRows(TestLeaf("u", kEq, {uuid}), extension), "10");
}

TEST(EvaluateRows, CombinesAndOrNotAndConstants) {
  const auto array =
      MakeValueArray(Type::Of(TypeKind::kInt), {int32_t{1}, int32_t{2}, std::nullopt, int32_t{3}})
          .ValueOrDie();
  const auto more = TestLeaf("i", kGt, {int32_t{1}});
  const auto less = TestLeaf("i", kLt, {int32_t{3}});
  EXPECT_EQ(KeptRows(And({more, less}), array), "0100");
  EXPECT_EQ(KeptRows(Or({more, less}), array), "1101");
  EXPECT_EQ(KeptRows(Or({TestLeaf("i", kIsNull), less}), array), "1110");
  EXPECT_EQ(KeptRows(TestNode(kNot, {more}), array), "1000");
  EXPECT_EQ(KeptRows(BoundPredicate::True(), array), "1111");
  EXPECT_EQ(KeptRows(BoundPredicate::False(), array), "0000");
}

TEST(EvaluateRows, RefusesColumnsOfAnotherTypeOrLength) {
  using ::testing::HasSubstr;
  const auto longs = MakeValueArray(Type::Of(TypeKind::kLong), {int64_t{1}}).ValueOrDie();
  const std::string message = KeptRows(TestLeaf("i", kEq, {int32_t{1}}), longs);
  EXPECT_THAT(message, HasSubstr("field 2: expected a column of type int, found int64"));
  const auto nanos = MakeValueArray(Type::Of(TypeKind::kTimestampNs), {int64_t{1}}).ValueOrDie();
  EXPECT_THAT(KeptRows(TestLeaf("ts", kEq, {int64_t{1}}), nanos), HasSubstr("found timestamp[ns]"));
  const auto other_scale = MakeValueArray(Type::Decimal(9, 3), {arrow::Decimal128(1)}).ValueOrDie();
  EXPECT_THAT(KeptRows(TestLeaf("dec", kIsNull), other_scale), HasSubstr("found decimal128(9, 3)"));

  const auto kept = EvaluateRows(
      TestLeaf("l", kIsNull), 2, [&](FieldId) { return longs; }, arrow::default_memory_pool());
  EXPECT_THAT(kept.status().message(), HasSubstr("expected a column of 2 rows, found 1"));
}

}  // namespace
}  // namespace artemis

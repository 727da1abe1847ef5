// A sweep says of every row what the evaluator of one set says of it, in every width of code.
#include "artemis/expr/range_sweep.h"

#include <cstdlib>
#include <iostream>
#include <limits>
#include <set>

#include <gtest/gtest.h>

#include "artemis/expr/expr_test_schema.h"
#include "artemis/expr/random_predicates.h"
#include "artemis/expr/range_judge.h"
#include "artemis/expr/range_order.h"
#include "artemis/schema/literal.h"

namespace artemis {
namespace {

using enum PredicateOp;

constexpr int kSweepRounds = 300;
constexpr int64_t kSetsPerRound = 40;

uint64_t SweepSeed() {
  const char* text = std::getenv("ARTEMIS_TEST_SEED");
  const uint64_t seed = text != nullptr ? std::strtoull(text, nullptr, 10) : 20240316;
  std::cout << "seed " << seed << std::endl;
  return seed;
}

bool IsFloatingType(const Type& type) {
  return type.kind == TypeKind::kFloat || type.kind == TypeKind::kDouble;
}

// What a careful or a careless writer says of some values.
ColumnRange DescribeValues(const std::vector<std::optional<LiteralValue>>& values, const Type& type,
                           RandomExpr& random) {
  ColumnRange range;
  int64_t nulls = 0, nans = 0;
  for (const auto& value : values) {
    if (!value) {
      ++nulls;
    } else if (IsNaN(*value)) {
      ++nans;
    } else {
      if (!range.lower || CompareValues(*value, *range.lower) < 0) range.lower = *value;
      if (!range.upper || CompareValues(*value, *range.upper) > 0) range.upper = *value;
    }
  }
  const auto count = static_cast<int64_t>(values.size());
  range.bounds_exact = false;
  if (!random.OneIn(4)) {
    range.has_null = nulls > 0 ? Ternary::kYes : Ternary::kNo;
    range.all_null = nulls == count;
  }
  if (!IsFloatingType(type)) {
    range.has_nan = Ternary::kNo;
  } else if (!random.OneIn(4)) {
    range.has_nan = nans > 0 ? Ternary::kYes : Ternary::kNo;
    range.all_nan = nans > 0 && nans == count - nulls;
  }
  if (random.OneIn(5)) range.lower.reset();
  if (random.OneIn(5)) range.upper.reset();
  return range;
}

struct RandomSets {
  RangeTable table;
  std::vector<std::map<FieldId, ColumnRange>> ranges;
  std::vector<std::vector<ReferenceRow>> rows;
};

RandomSets MakeSets(RandomExpr& random, bool exact) {
  RandomSets sets;
  sets.table.rows = kSetsPerRound;
  for (const auto& field : random.columns()) {
    sets.table.columns.emplace(field.id, RangeColumn(field.type, exact));
  }
  for (int64_t set = 0; set < kSetsPerRound; ++set) {
    std::vector<ReferenceRow> rows;
    for (int64_t i = random.Below(5) + 1; i > 0; --i) rows.push_back(random.Row());
    auto& ranges = sets.ranges.emplace_back();
    for (const auto& field : random.columns()) {
      std::vector<std::optional<LiteralValue>> values;
      for (const auto& row : rows) values.push_back(row.at(field.id));
      auto range = DescribeValues(values, field.type, random);
      range.bounds_exact = exact;
      sets.table.columns.at(field.id).Append(range);
      ranges.emplace(field.id, range);
    }
    sets.rows.push_back(std::move(rows));
  }
  for (auto& [id, column] : sets.table.columns) column.Seal();
  return sets;
}

std::vector<uint8_t> MaskOf(const BoundPredicate& predicate, const RangeTable& table,
                            SweepCode code = SweepCode::kBest) {
  std::vector<uint8_t> mask(table.rows, 1);
  SweepMayMatch(predicate, table, mask, code);
  return mask;
}

TEST(RangeOrder, NamesEveryRowThatASweepLeaves) {
  const uint64_t seed = SweepSeed();
  int searched = 0;
  for (int round = 0; round < 400; ++round) {
    RandomExpr random(seed + static_cast<uint64_t>(round));
    random.KeepColumns(static_cast<size_t>(random.Below(3)) + 1);
    RangeTable table{60, {}};
    for (const auto& field : random.columns()) {
      auto& column = table.columns.emplace(field.id, RangeColumn(field.type, true)).first->second;
      for (size_t row = 0; row < table.rows; ++row) column.AppendExact(random.Row().at(field.id));
      column.Seal();
    }
    const BoundPredicate predicate = Negate(Negate(random.Tree(2)));
    const RangeOrder order(table);
    const auto found = order.Candidates(predicate, table);
    if (!found) continue;
    ++searched;
    const std::set<uint32_t> named(found->begin(), found->end());
    EXPECT_EQ(named.size(), found->size()) << "each once";
    const auto mask = MaskOf(predicate, table);
    for (uint32_t row = 0; row < table.rows; ++row) {
      EXPECT_TRUE(mask[row] == 0 || named.contains(row))
          << FormatPredicate(predicate, ExprTestSchema()) << " round " << round << " row " << row;
    }
  }
  EXPECT_GT(searched, 10) << "hardly any predicate was narrow";
}

TEST(RangeOrder, SearchesBetweenBothBoundsOfAColumn) {
  RangeTable table{100, {}};
  RangeColumn column(Type::Of(TypeKind::kDate), true);
  for (int32_t row = 0; row < 100; ++row) {
    column.AppendExact(row == 50 ? std::nullopt : std::optional(LiteralValue((row * 37) % 100)));
  }
  table.columns.emplace(FieldId(9), std::move(column));
  BoundPredicate from, until;
  from.op = kGe;
  until.op = kLe;
  from.field_id = until.field_id = FieldId(9);
  from.type = until.type = Type::Of(TypeKind::kDate);
  from.values = {LiteralValue(int32_t{20})};
  until.values = {LiteralValue(int32_t{23})};
  const RangeOrder order(table);
  EXPECT_FALSE(order.Candidates(from, table)) << "80 rows are swept";
  const auto found = order.Candidates(And({from, until}), table);
  ASSERT_TRUE(found);
  std::set<int32_t> values;
  for (const uint32_t row : *found) values.insert(static_cast<int32_t>(row) * 37 % 100);
  EXPECT_EQ(values, (std::set<int32_t>{20, 21, 22, 23}));
}

TEST(RangeSweep, AgreesWithTheEvaluatorOfOneSetAndLosesNoRow) {
  const uint64_t seed = SweepSeed();
  int64_t dropped = 0, tighter = 0, not_must = 0;
  for (int round = 0; round < kSweepRounds; ++round) {
    RandomExpr random(seed + static_cast<uint64_t>(round));
    random.KeepColumns(static_cast<size_t>(random.Below(3)) + 1);
    const RandomSets sets = MakeSets(random, round % 2 == 0);
    const BoundPredicate predicate = Negate(Negate(random.Tree(3)));
    const auto mask = MaskOf(predicate, sets.table);
    const RangeJudge judge(predicate, sets.table);
    for (size_t i = 0; i < mask.size(); ++i) {
      const auto lookup = [&](FieldId id) -> std::optional<ColumnRange> {
        const auto found = sets.ranges[i].find(id);
        return found == sets.ranges[i].end() ? std::nullopt : std::optional(found->second);
      };
      const bool may = MayMatch(predicate, lookup);
      const std::string what = FormatPredicate(predicate, ExprTestSchema()) + " round " +
                               std::to_string(round) + " set " + std::to_string(i);
      EXPECT_LE(mask[i], may ? 1 : 0) << what;
      EXPECT_EQ(judge.MayMatch(i), mask[i] == 1) << what;
      EXPECT_GE(judge.MayMustMatch(i), MustMatch(predicate, lookup)) << what;
      if (!judge.MayMustMatch(i)) ++not_must;
      if (mask[i] == 0 && may) ++tighter;
      if (mask[i] == 0) ++dropped;
      for (const auto& row : sets.rows[i]) {
        const bool matches = ReferenceEvaluate(predicate, row) == Truth::kTrue;
        EXPECT_GE(mask[i], matches ? 1 : 0) << what;
      }
    }
  }
  EXPECT_GT(dropped, kSweepRounds * kSetsPerRound / 20);
  EXPECT_GT(not_must, kSweepRounds * kSetsPerRound / 20);
  // Only at the ends of a type.
  EXPECT_LT(tighter, dropped / 50);
}

TEST(RangeSweep, GivesTheSameInEveryWidthOfCode) {
  const uint64_t seed = SweepSeed();
  int widths = 0;
  for (const SweepCode code : {SweepCode::kAvx2, SweepCode::kAvx512, SweepCode::kBest}) {
    if (!IsSupported(code)) continue;
    ++widths;
    for (int round = 0; round < 60; ++round) {
      RandomExpr random(seed + static_cast<uint64_t>(round));
      random.KeepColumns(2);
      const RandomSets sets = MakeSets(random, false);
      const BoundPredicate predicate = Negate(Negate(random.Tree(2)));
      EXPECT_EQ(MaskOf(predicate, sets.table, code),
                MaskOf(predicate, sets.table, SweepCode::kScalar))
          << FormatPredicate(predicate, ExprTestSchema());
    }
  }
  EXPECT_GE(widths, 1);
}

RangeTable OneColumn(const std::string& column, const std::vector<ColumnRange>& ranges) {
  const BoundPredicate leaf = TestLeaf(column, kIsNull);
  RangeColumn values(leaf.type, !ranges.empty() && ranges.front().bounds_exact);
  for (const auto& range : ranges) values.Append(range);
  RangeTable table{ranges.size(), {}};
  table.columns.emplace(leaf.field_id, std::move(values));
  return table;
}

ColumnRange Between(LiteralValue lower, LiteralValue upper) {
  ColumnRange range;
  range.has_null = range.has_nan = Ternary::kNo;
  range.lower = std::move(lower);
  range.upper = std::move(upper);
  return range;
}

TEST(RangeSweep, ComparesNumbersAsTheyOrder) {
  const RangeTable table = OneColumn("d", {Between(-2.0, -1.0), Between(-0.0, 0.0),
                                           Between(0.5, 1e300), Between(-1e-300, 1e-300)});
  EXPECT_EQ(MaskOf(TestLeaf("d", kLt, {-0.0}), table), (std::vector<uint8_t>{1, 0, 0, 1}));
  EXPECT_EQ(MaskOf(TestLeaf("d", kEq, {0.0}), table), (std::vector<uint8_t>{0, 1, 0, 1}));
  EXPECT_EQ(MaskOf(TestLeaf("d", kGe, {0.0}), table), (std::vector<uint8_t>{0, 1, 1, 1}));
  EXPECT_EQ(MaskOf(TestLeaf("d", kNe, {0.0}), table), (std::vector<uint8_t>{1, 0, 1, 1}));
}

TEST(RangeSweep, KeepsSetsThatMayHoldNaNWhereNaNIsGreatest) {
  ColumnRange with_nan = Between(1.0, 2.0);
  with_nan.has_nan = Ternary::kUnknown;
  const RangeTable table = OneColumn("d", {Between(1.0, 2.0), with_nan});
  EXPECT_EQ(MaskOf(TestLeaf("d", kGt, {5.0}), table), (std::vector<uint8_t>{0, 1}));
  EXPECT_EQ(MaskOf(TestLeaf("d", kLt, {0.0}), table), (std::vector<uint8_t>{0, 0}));
  EXPECT_EQ(MaskOf(TestLeaf("d", kIsNaN), table), (std::vector<uint8_t>{0, 1}));
}

TEST(RangeSweep, KeepsRowsWithoutKnowledge) {
  RangeTable table = OneColumn("i", {Between(int32_t{1}, int32_t{2})});
  table.columns.begin()->second.AppendUnknown();
  table.rows = 2;
  EXPECT_EQ(MaskOf(TestLeaf("i", kEq, {int32_t{7}}), table), (std::vector<uint8_t>{0, 1}));
  EXPECT_EQ(MaskOf(TestLeaf("l", kEq, {int64_t{7}}), table), (std::vector<uint8_t>{1, 1}));
}

TEST(RangeSweep, TakesCrossedBoundsForAbsent) {
  const RangeTable table = OneColumn("i", {Between(int32_t{9}, int32_t{1})});
  EXPECT_EQ(MaskOf(TestLeaf("i", kEq, {int32_t{100}}), table), (std::vector<uint8_t>{1}));
}

TEST(RangeSweep, JudgesTextsByBytesAndPrefixes) {
  const auto text = [](const char* lower, const char* upper) {
    return Between(std::string(lower), std::string(upper));
  };
  const RangeTable table =
      OneColumn("s", {text("apollo-11", "apollo-17"), text("gemini", "gemini"), text("a", "z")});
  EXPECT_EQ(MaskOf(TestLeaf("s", kEq, {std::string("apollo-7")}), table),
            (std::vector<uint8_t>{0, 0, 1}));
  EXPECT_EQ(MaskOf(TestLeaf("s", kStartsWith, {std::string("apo")}), table),
            (std::vector<uint8_t>{1, 0, 1}));
  EXPECT_EQ(MaskOf(TestLeaf("s", kIn, {std::string("apollo-13"), std::string("gemini")}), table),
            (std::vector<uint8_t>{1, 1, 1}));
  // Bounds of texts may be cut, so equal ones do not prove one value.
  EXPECT_EQ(MaskOf(TestLeaf("s", kNe, {std::string("gemini")}), table),
            (std::vector<uint8_t>{1, 1, 1}));
}

TEST(RangeSweep, OrNeedsOneOfItsArguments) {
  const RangeTable table =
      OneColumn("i", {Between(int32_t{1}, int32_t{2}), Between(int32_t{5}, int32_t{6}),
                      Between(int32_t{8}, int32_t{9})});
  const auto predicate =
      TestNode(kOr, {TestLeaf("i", kLe, {int32_t{2}}), TestLeaf("i", kGe, {int32_t{9}})});
  EXPECT_EQ(MaskOf(predicate, table), (std::vector<uint8_t>{1, 0, 1}));
}

}  // namespace
}  // namespace artemis

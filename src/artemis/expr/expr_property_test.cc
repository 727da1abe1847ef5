// Properties that tie the evaluators together, on random tables, predicates and partition specs.
// The seed is printed; ARTEMIS_TEST_SEED=n runs another one.
#include <algorithm>
#include <cstdlib>
#include <iostream>

#include <gtest/gtest.h>

#include "artemis/expr/arrow_values.h"
#include "artemis/expr/expr_test_schema.h"
#include "artemis/expr/lift.h"
#include "artemis/expr/random_predicates.h"
#include "artemis/expr/range_evaluator.h"
#include "artemis/expr/row_evaluator.h"

namespace artemis {
namespace {

constexpr int kRounds = 400;

uint64_t TestSeed() {
  const char* text = std::getenv("ARTEMIS_TEST_SEED");
  const uint64_t seed = text != nullptr ? std::strtoull(text, nullptr, 10) : 20240315;
  std::cout << "seed " << seed << std::endl;
  return seed;
}

std::string DescribeRow(const ReferenceRow& row, const std::vector<Field>& columns) {
  std::string text;
  for (const auto& field : columns) {
    const auto& value = row.at(field.id);
    const auto leaf = value ? TestLeaf(field.name, PredicateOp::kEq, {*value})
                            : TestLeaf(field.name, PredicateOp::kIsNull);
    text += FormatPredicate(leaf, ExprTestSchema()) + "; ";
  }
  return text;
}

bool IsKept(const BoundPredicate& predicate, const ReferenceRow& row) {
  return ReferenceEvaluate(predicate, row) == Truth::kTrue;
}

// One round: a table of a few columns and a predicate on them.
struct RandomRound {
  explicit RandomRound(uint64_t seed) : random(seed) {
    random.KeepColumns(static_cast<size_t>(random.Below(3)) + 1);
    for (int64_t i = random.Below(40) + 1; i > 0; --i) rows.push_back(random.Row());
    raw = random.Tree(3);
    clean = Negate(Negate(raw));
  }

  std::string Describe() const { return FormatPredicate(raw, ExprTestSchema()); }
  std::string Describe(const ReferenceRow& row) const {
    return Describe() + " on " + DescribeRow(row, random.columns());
  }

  RandomExpr random;
  std::vector<ReferenceRow> rows;
  BoundPredicate raw;    // with NOT
  BoundPredicate clean;  // without
};

template <typename Check>
void ForEachRound(const Check& check) {
  const uint64_t seed = TestSeed();
  for (int i = 0; i < kRounds && !::testing::Test::HasFailure(); ++i) {
    SCOPED_TRACE("round " + std::to_string(i));
    RandomRound round(seed + static_cast<uint64_t>(i) * 7919);
    check(round);
  }
}

TEST(ExprProperty, NegateIsTheThreeValuedComplement) {
  ForEachRound([](RandomRound& round) {
    const BoundPredicate negated = Negate(round.raw);
    for (const auto& row : round.rows) {
      const Truth truth = ReferenceEvaluate(round.raw, row);
      EXPECT_EQ(ReferenceEvaluate(negated, row), ReferenceNot(truth)) << round.Describe(row);
      EXPECT_EQ(ReferenceEvaluate(round.clean, row), truth) << round.Describe(row);
    }
  });
}

TEST(ExprProperty, RowEvaluatorAgreesWithTheDefinition) {
  ForEachRound([](RandomRound& round) {
    std::map<FieldId, std::shared_ptr<arrow::Array>> arrays;
    for (const auto& field : round.random.columns()) {
      NullableValues values;
      for (const auto& row : round.rows) values.push_back(row.at(field.id));
      const auto form = static_cast<ArrayForm>(round.random.Below(5));
      arrays[field.id] = MakeValueArray(field.type, values, form).ValueOrDie();
    }
    for (const auto* predicate : {&round.raw, &round.clean}) {
      const auto kept = EvaluateRows(
          *predicate, std::ssize(round.rows), [&](FieldId id) { return arrays.at(id); },
          arrow::default_memory_pool());
      ASSERT_TRUE(kept.ok()) << kept.status();
      for (size_t i = 0; i < round.rows.size(); ++i) {
        EXPECT_EQ((*kept)->Value(static_cast<int64_t>(i)), IsKept(round.raw, round.rows[i]))
            << round.Describe(round.rows[i]);
      }
    }
  });
}

TEST(ExprProperty, ProjectionsAndResidualsAreSound) {
  int64_t admitted = 0;
  int64_t excluded = 0;
  int64_t proven = 0;
  int64_t moved = 0;  // rows that an early writer filed elsewhere
  ForEachRound([&](RandomRound& round) {
    const Schema schema = ExprTestSchema();
    for (int i = 0; i < 4; ++i) {
      const PartitionSpec spec = round.random.Spec();
      const auto age = round.random.OneIn(2) ? WriterAge::kNew : WriterAge::kEarly;
      const auto what = [&](const ReferenceRow& row) {
        return round.Describe(row) + " by " + FormatPartitionSpec(spec, schema);
      };
      const auto inclusive = ProjectInclusive(round.clean, spec, schema);
      const auto strict = ProjectStrict(round.clean, spec, schema);
      for (const auto& row : round.rows) {
        const auto tuple = TupleOf(row, spec, round.random.columns(), age);
        moved += tuple == TupleOf(row, spec, round.random.columns(), WriterAge::kNew) ? 0 : 1;
        const bool kept = IsKept(round.clean, row);
        if (EvaluateTuple(inclusive, spec, tuple)) {
          ++admitted;
        } else {
          ++excluded;
          EXPECT_FALSE(kept) << "inclusive: " << what(row);
        }
        if (EvaluateTuple(strict, spec, tuple)) {
          ++proven;
          EXPECT_TRUE(kept) << "strict: " << what(row);
        }
        EXPECT_EQ(IsKept(Residual(round.clean, spec, schema, tuple), row), kept)
            << "residual: " << what(row);
      }
    }
  });
  // The properties would hold of projections that never say anything.
  EXPECT_GT(admitted, 1'000);
  EXPECT_GT(excluded, 1'000);
  EXPECT_GT(proven, 1'000);
  EXPECT_GT(moved, 100);
}

// The true range of a column of some rows, of which some is then forgotten or widened.
ColumnRange RangeOf(RandomExpr& random, const Type& type, const NullableValues& values) {
  const bool floating = type.kind == TypeKind::kFloat || type.kind == TypeKind::kDouble;
  const auto nan = [](const LiteralValue& value) {
    return std::visit([](const auto& held) { return held != held; }, value);
  };
  int64_t nulls = 0;
  int64_t nans = 0;
  ColumnRange range;
  for (const auto& value : values) {
    if (!value) {
      ++nulls;
    } else if (nan(*value)) {
      ++nans;
    } else {
      if (!range.lower || ReferenceCompare(*value, *range.lower) < 0) range.lower = value;
      if (!range.upper || ReferenceCompare(*value, *range.upper) > 0) range.upper = value;
    }
  }
  const auto count = std::ssize(values);
  range.bounds_exact = random.OneIn(2);
  if (!random.OneIn(4)) {
    range.has_null = nulls > 0 ? Ternary::kYes : Ternary::kNo;
    range.all_null = nulls == count;
  }
  if (!random.OneIn(4)) {
    range.has_nan = nans > 0 ? Ternary::kYes : Ternary::kNo;
    range.all_nan = floating && nans > 0 && nulls + nans == count;
  }
  if (random.OneIn(6)) range.lower.reset();
  if (random.OneIn(6)) range.upper.reset();
  const bool text = type.kind == TypeKind::kString || type.kind == TypeKind::kBinary;
  if (!text || !random.OneIn(2)) return range;
  range.bounds_exact = false;
  if (range.lower) {
    auto& bytes = std::get<std::string>(*range.lower);
    bytes.resize(std::min<size_t>(bytes.size(), 1));
  }
  if (range.upper) std::get<std::string>(*range.upper) += '\xff';
  return range;
}

TEST(ExprProperty, RangesAreJudgedSoundly) {
  int64_t dropped = 0;
  int64_t proven = 0;
  ForEachRound([&](RandomRound& round) {
    for (int i = 0; i < 6; ++i) {
      std::vector<ReferenceRow> group;
      for (int64_t n = round.random.Below(4) + 1; n > 0; --n) {
        group.push_back(
            round.rows[static_cast<size_t>(round.random.Below(std::ssize(round.rows)))]);
      }
      std::map<FieldId, ColumnRange> ranges;
      for (const auto& field : round.random.columns()) {
        NullableValues values;
        for (const auto& row : group) values.push_back(row.at(field.id));
        ranges[field.id] = RangeOf(round.random, field.type, values);
      }
      const RangeLookup lookup = [&](FieldId id) { return std::optional(ranges.at(id)); };
      const bool may = MayMatch(round.raw, lookup);
      const bool must = MustMatch(round.raw, lookup);
      dropped += may ? 0 : 1;
      proven += must ? 1 : 0;
      const BoundPredicate* leaf = ExcludingLeaf(round.clean, lookup);
      EXPECT_FALSE(may && leaf != nullptr) << round.Describe();
      for (const auto& row : group) {
        const bool kept = IsKept(round.raw, row);
        EXPECT_TRUE(may || !kept) << "may: " << round.Describe(row);
        EXPECT_TRUE(!must || kept) << "must: " << round.Describe(row);
      }
    }
  });
  EXPECT_GT(dropped, 200);
  EXPECT_GT(proven, 200);
}

TEST(ExprProperty, SummariesOfTuplesAdmitWhatTheirTuplesAdmit) {
  ForEachRound([](RandomRound& round) {
    const Schema schema = ExprTestSchema();
    const PartitionSpec spec = round.random.Spec();
    const auto inclusive = ProjectInclusive(round.clean, spec, schema);
    std::vector<PartitionTuple> tuples;
    for (const auto& row : round.rows) {
      if (!round.random.OneIn(4)) continue;
      tuples.push_back(TupleOf(row, spec, round.random.columns(), WriterAge::kNew));
    }
    std::map<FieldId, ColumnRange> ranges;
    for (size_t i = 0; i < spec.fields.size(); ++i) {
      const auto source =
          std::find_if(round.random.columns().begin(), round.random.columns().end(),
                       [&](const Field& column) { return column.id == spec.fields[i].source_id; });
      NullableValues values;
      for (const auto& tuple : tuples) values.push_back(tuple[i]);
      const auto type = TransformResultType(spec.fields[i].transform, source->type).ValueOrDie();
      ranges[spec.fields[i].field_id] = RangeOf(round.random, type, values);
    }
    const RangeLookup lookup = [&](FieldId id) { return std::optional(ranges.at(id)); };
    for (const auto& tuple : tuples) {
      const bool admitted = EvaluateTuple(inclusive, spec, tuple);
      EXPECT_TRUE(!admitted || MayMatch(inclusive, lookup)) << round.Describe();
      EXPECT_TRUE(admitted || !MustMatch(inclusive, lookup)) << round.Describe();
    }
  });
}

}  // namespace
}  // namespace artemis

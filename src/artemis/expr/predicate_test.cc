// And, Or, Negate and the fields used.
#include "artemis/expr/predicate.h"

#include <gtest/gtest.h>

namespace artemis {
namespace {

BoundPredicate IntLeaf(PredicateOp op, int32_t field, std::vector<LiteralValue> values = {}) {
  BoundPredicate leaf;
  leaf.op = op;
  leaf.field_id = FieldId(field);
  leaf.type = Type::Of(TypeKind::kInt);
  leaf.values = std::move(values);
  return leaf;
}

const BoundPredicate kSmall = IntLeaf(PredicateOp::kLt, 1, {5});
const BoundPredicate kSeven = IntLeaf(PredicateOp::kEq, 2, {7});
const BoundPredicate kMissing = IntLeaf(PredicateOp::kIsNull, 3);

TEST(And, OfNothingIsTrueAndOrOfNothingIsFalse) {
  EXPECT_TRUE(And({}).is_true());
  EXPECT_TRUE(Or({}).is_false());
}

TEST(And, DropsTrueAndStopsAtFalse) {
  EXPECT_EQ(And({BoundPredicate::True(), kSmall}), kSmall);
  EXPECT_TRUE(And({kSmall, BoundPredicate::False(), kSeven}).is_false());
}

TEST(Or, DropsFalseAndStopsAtTrue) {
  EXPECT_EQ(Or({BoundPredicate::False(), kSmall}), kSmall);
  EXPECT_TRUE(Or({kSmall, BoundPredicate::True()}).is_true());
}

TEST(And, FlattensAndsInOrder) {
  const auto nested = And({And({kSmall, kSeven}), kMissing});
  EXPECT_EQ(nested.op, PredicateOp::kAnd);
  EXPECT_EQ(nested.args, (std::vector<BoundPredicate>{kSmall, kSeven, kMissing}));
}

TEST(And, KeepsOrsAsTheyAre) {
  const auto nested = And({Or({kSmall, kSeven}), kMissing});
  ASSERT_EQ(nested.args.size(), 2U);
  EXPECT_EQ(nested.args[0].op, PredicateOp::kOr);
}

TEST(And, SeesAFalseInsideANestedAnd) {
  BoundPredicate handmade;
  handmade.op = PredicateOp::kAnd;
  handmade.args = {kSmall, BoundPredicate::False()};
  EXPECT_TRUE(And({kSeven, handmade}).is_false());
}

TEST(Negate, TurnsEveryLeafIntoItsCounterpart) {
  using enum PredicateOp;
  const std::vector<std::pair<PredicateOp, PredicateOp>> pairs = {
      {kTrue, kFalse}, {kIsNull, kNotNull}, {kIsNaN, kNotNaN}, {kEq, kNe},
      {kLt, kGe},      {kLe, kGt},          {kIn, kNotIn},     {kStartsWith, kNotStartsWith},
  };
  for (const auto& [op, counterpart] : pairs) {
    EXPECT_EQ(NegateOp(op), counterpart);
    EXPECT_EQ(NegateOp(counterpart), op);
  }
}

TEST(Negate, FollowsDeMorgan) {
  const auto negated = Negate(And({kSmall, Or({kSeven, kMissing})}));
  EXPECT_EQ(negated,
            Or({IntLeaf(PredicateOp::kGe, 1, {5}),
                And({IntLeaf(PredicateOp::kNe, 2, {7}), IntLeaf(PredicateOp::kNotNull, 3)})}));
}

TEST(Negate, RemovesNots) {
  BoundPredicate negation;
  negation.op = PredicateOp::kNot;
  negation.args = {kSmall};
  EXPECT_EQ(Negate(negation), kSmall);
}

TEST(ReferencedFields, AreSortedAndUnique) {
  const auto predicate = Or({kMissing, And({kSeven, kSmall}), kSeven});
  EXPECT_EQ(ReferencedFields(predicate),
            (std::vector<FieldId>{FieldId(1), FieldId(2), FieldId(3)}));
  EXPECT_TRUE(ReferencedFields(BoundPredicate::True()).empty());
}

}  // namespace
}  // namespace artemis

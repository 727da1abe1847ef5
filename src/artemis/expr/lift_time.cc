// Years, months, days and hours. Early writers truncated towards zero instead of flooring, so a
// value with the true result r < 0 may lie in partition r + 1; both projections hold for their
// files as well (Java's ProjectionUtil does the same). A day of a date is the date itself and never
// was wrong.
//
// No list of moments fills an hour. A list of dates may fill a month, but one of before 1970, or
// the first after it, may hold rows of the month before.
#include "artemis/expr/lift_leaf.h"

namespace artemis {
namespace {

bool MayBeOffByOne(const LeafLift& lift) {
  return !(lift.leaf.type.kind == TypeKind::kDate &&
           lift.field.transform.kind == TransformKind::kDay);
}

int32_t UnitOf(const LiteralValue& value) { return std::get<int32_t>(value); }

std::vector<LiteralValue> WithOffByOne(const std::vector<LiteralValue>& units) {
  std::vector<LiteralValue> result = units;
  for (const auto& unit : units) {
    if (UnitOf(unit) < 0) result.emplace_back(UnitOf(unit) + 1);
  }
  return result;
}

std::vector<LiteralValue> UnitsWithin(const LeafLift& lift) {
  if (lift.leaf.type.kind != TypeKind::kDate) return {};
  auto units = PartitionsWithin(lift);
  std::erase_if(units, [](const LiteralValue& unit) { return UnitOf(unit) <= 0; });
  return units;
}

}  // namespace

LiftedLeaf InclusiveTime(const LeafLift& lift) {
  if (!MayBeOffByOne(lift)) return InclusiveOrdered(lift);
  const PredicateOp op = lift.leaf.op;
  if (op == PredicateOp::kNe || op == PredicateOp::kNotIn) return AllBut(lift, UnitsWithin(lift));
  LiftedLeaf lifted = InclusiveOrdered(lift);
  if (!lifted) return lifted;
  switch (lifted->op) {
    case PredicateOp::kLe:
      if (UnitOf(lifted->values[0]) < 0) lifted->values[0] = UnitOf(lifted->values[0]) + 1;
      return lifted;
    case PredicateOp::kEq:
    case PredicateOp::kIn:
      return lift.MakeSet(PredicateOp::kIn, WithOffByOne(lifted->values));
    default:
      return lifted;
  }
}

LiftedLeaf StrictTime(const LeafLift& lift) {
  if (!MayBeOffByOne(lift)) return StrictOrdered(lift);
  const PredicateOp op = lift.leaf.op;
  if (op == PredicateOp::kEq || op == PredicateOp::kIn) return Only(lift, UnitsWithin(lift));
  LiftedLeaf lifted = StrictOrdered(lift);
  if (!lifted) return lifted;
  switch (lifted->op) {
    case PredicateOp::kGt:
      if (UnitOf(lifted->values[0]) < 0) lifted->values[0] = UnitOf(lifted->values[0]) + 1;
      return lifted;
    case PredicateOp::kNe:
    case PredicateOp::kNotIn:
      return lift.MakeSet(PredicateOp::kNotIn, WithOffByOne(lifted->values));
    default:
      return lifted;
  }
}

}  // namespace artemis

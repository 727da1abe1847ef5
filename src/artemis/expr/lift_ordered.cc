// Transforms that keep the order of values that can be counted: open bounds are closed before they
// are transformed.
#include "artemis/expr/lift_leaf.h"

namespace artemis {

LiftedLeaf InclusiveOrdered(const LeafLift& lift) {
  const auto closed = [&](int step, PredicateOp op) {
    const auto bound = Neighbour(lift.leaf.type, lift.value(), step);
    return bound ? lift.Make(op, {lift.Apply(*bound)}) : BoundPredicate::False();
  };
  switch (lift.leaf.op) {
    case PredicateOp::kLt:
      return closed(-1, PredicateOp::kLe);
    case PredicateOp::kLe:
      return lift.Make(PredicateOp::kLe, {lift.Apply(lift.value())});
    case PredicateOp::kGt:
      return closed(1, PredicateOp::kGe);
    case PredicateOp::kGe:
      return lift.Make(PredicateOp::kGe, {lift.Apply(lift.value())});
    case PredicateOp::kEq:
    case PredicateOp::kIn:
      return lift.MakeSet(PredicateOp::kIn);
    case PredicateOp::kNe:
    case PredicateOp::kNotIn:
      return AllBut(lift, PartitionsWithin(lift));
    default:
      return std::nullopt;
  }
}

LiftedLeaf StrictOrdered(const LeafLift& lift) {
  const auto opened = [&](int step, PredicateOp op) {
    const auto bound = Neighbour(lift.leaf.type, lift.value(), step);
    return bound ? lift.Make(op, {lift.Apply(*bound)}) : lift.Make(PredicateOp::kNotNull);
  };
  switch (lift.leaf.op) {
    case PredicateOp::kLt:
      return lift.Make(PredicateOp::kLt, {lift.Apply(lift.value())});
    case PredicateOp::kLe:
      return opened(1, PredicateOp::kLt);
    case PredicateOp::kGt:
      return lift.Make(PredicateOp::kGt, {lift.Apply(lift.value())});
    case PredicateOp::kGe:
      return opened(-1, PredicateOp::kGt);
    case PredicateOp::kEq:
    case PredicateOp::kIn:
      return Only(lift, PartitionsWithin(lift));
    case PredicateOp::kNe:
    case PredicateOp::kNotIn:
      return lift.MakeSet(PredicateOp::kNotIn);
    default:
      return std::nullopt;
  }
}

}  // namespace artemis

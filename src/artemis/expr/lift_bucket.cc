// Bucket: equal values share a bucket, and nothing else is known of them but that they are no nulls.
#include "artemis/expr/lift_leaf.h"

namespace artemis {

LiftedLeaf InclusiveBucket(const LeafLift& lift) {
  switch (lift.leaf.op) {
    case PredicateOp::kEq:
    case PredicateOp::kIn:
      return lift.MakeSet(PredicateOp::kIn);
    default:
      return AllBut(lift, {});
  }
}

LiftedLeaf StrictBucket(const LeafLift& lift) {
  switch (lift.leaf.op) {
    case PredicateOp::kNe:
    case PredicateOp::kNotIn:
      return lift.MakeSet(PredicateOp::kNotIn);
    default:
      return std::nullopt;
  }
}

}  // namespace artemis

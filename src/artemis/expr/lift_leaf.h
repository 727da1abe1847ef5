// The projections of one leaf through one partition field, a pair of functions per family of
// transforms.
#pragma once

#include <optional>
#include <vector>

#include "artemis/expr/predicate.h"
#include "artemis/schema/partition_spec.h"

namespace artemis {

// A leaf on a column and the partition field it goes through. Refers to its parts.
struct LeafLift {
  const BoundPredicate& leaf;
  const PartitionField& field;
  const Type& result_type;  // of the transform, for the leaf's type

  // The transform of a value; never null, since void is lifted to nothing.
  LiteralValue Apply(const LiteralValue& value) const;
  const LiteralValue& value() const { return leaf.values.front(); }

  // A leaf on the partition field.
  BoundPredicate Make(PredicateOp op, std::vector<LiteralValue> values = {}) const;
  // kIn or kNotIn of all the leaf's values transformed; kEq or kNe when they come to one.
  BoundPredicate MakeSet(PredicateOp op) const;
  // The same of given values, which need not be sorted.
  BoundPredicate MakeSet(PredicateOp op, std::vector<LiteralValue> values) const;
};

// The value before (step -1) or after (step 1) `value` in a type whose values can be counted. Absent
// past the type's end; for decimals that is where the precision ends.
bool IsCountable(const Type& type);  // int, long, date, time, timestamps, decimal
std::optional<LiteralValue> Neighbour(const Type& type, const LiteralValue& value, int step);

// The partitions, by their value, that hold nothing but values of the leaf, which are sorted. Of
// countable values and a transform that keeps their order.
std::vector<LiteralValue> PartitionsWithin(const LeafLift& lift);

// Each gives nothing when nothing can be said. Null tests are not for these: they pass through any
// of the transforms. A leaf holds for no null, so what is said of no value still excludes the
// partition of nulls.
using LiftedLeaf = std::optional<BoundPredicate>;

// All partitions but those given and that of nulls.
BoundPredicate AllBut(const LeafLift& lift, std::vector<LiteralValue> partitions);
// Only the partitions given; nothing when there are none.
LiftedLeaf Only(const LeafLift& lift, std::vector<LiteralValue> partitions);

LiftedLeaf InclusiveBucket(const LeafLift& lift);
LiftedLeaf StrictBucket(const LeafLift& lift);

// Transforms that keep the order of countable values (lift_ordered.cc).
LiftedLeaf InclusiveOrdered(const LeafLift& lift);
LiftedLeaf StrictOrdered(const LeafLift& lift);

// year, month, day, hour.
LiftedLeaf InclusiveTime(const LeafLift& lift);
LiftedLeaf StrictTime(const LeafLift& lift);

LiftedLeaf InclusiveTruncate(const LeafLift& lift);
LiftedLeaf StrictTruncate(const LeafLift& lift);

}  // namespace artemis

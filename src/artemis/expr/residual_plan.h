// The residuals of one predicate under one spec, for many tuples: leaves are projected once, and tuples that settle the same leaves
// share what is left. Residual (lift.h) is this for one tuple.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "artemis/expr/predicate.h"
#include "artemis/schema/partition_spec.h"

namespace artemis {

// A predicate without NOT, and what partition tuples of one spec say of its leaves. Immutable, so threads may share it.
class ResidualLeaves {
 public:
  ResidualLeaves(const BoundPredicate& predicate, const PartitionSpec& spec, const Schema& schema);

 private:
  friend class ResidualPlan;
  struct Leaf {
    BoundPredicate strict, inclusive;
  };

  void AddLeaves(const BoundPredicate& predicate, const PartitionSpec& spec, const Schema& schema);

  BoundPredicate predicate_;
  std::vector<Leaf> leaves_;  // in reading order
};

// Not thread-safe.
class ResidualPlan {
 public:
  // Both must outlive it; the leaves are made with the spec.
  ResidualPlan(const ResidualLeaves& leaves, const PartitionSpec& spec);

  // Which of residuals() the tuple leaves.
  uint32_t Of(const PartitionTuple& tuple);
  // Grows with Of; residuals()[0] is kTrue.
  const std::vector<BoundPredicate>& residuals() const { return residuals_; }

 private:
  enum class Verdict : char { kProven, kRefuted, kOpen };
  BoundPredicate Remaining(const BoundPredicate& predicate, size_t* leaf) const;

  const ResidualLeaves& leaves_;
  const PartitionSpec& spec_;
  std::string verdicts_;  // of the tuple at hand, by leaf
  std::unordered_map<std::string, uint32_t> known_;
  std::vector<BoundPredicate> residuals_;
};

}  // namespace artemis

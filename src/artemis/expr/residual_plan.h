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

// Not thread-safe.
class ResidualPlan {
 public:
  // The spec must outlive it.
  ResidualPlan(const BoundPredicate& predicate, const PartitionSpec& spec, const Schema& schema);

  // Which of residuals() the tuple leaves.
  uint32_t Of(const PartitionTuple& tuple);
  // Grows with Of; residuals()[0] is kTrue.
  const std::vector<BoundPredicate>& residuals() const { return residuals_; }

 private:
  enum class Verdict : char { kProven, kRefuted, kOpen };
  struct Leaf {
    BoundPredicate strict, inclusive;
  };

  void AddLeaves(const BoundPredicate& predicate, const Schema& schema);
  BoundPredicate Remaining(const BoundPredicate& predicate, size_t* leaf) const;

  BoundPredicate predicate_;  // without NOT
  const PartitionSpec& spec_;
  std::vector<Leaf> leaves_;  // in reading order
  std::string verdicts_;      // of the tuple at hand, by leaf
  std::unordered_map<std::string, uint32_t> known_;
  std::vector<BoundPredicate> residuals_;
};

}  // namespace artemis

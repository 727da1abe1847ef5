// Holds one predicate against single rows of a range table: what a sweep (range_sweep.h) says, where few rows are left.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "artemis/expr/range_table.h"

namespace artemis {

// The predicate with its columns found and its values made keys, once. Immutable, so threads may share it.
class RangeJudge {
 public:
  // Both must outlive it.
  RangeJudge(const BoundPredicate& predicate, const RangeTable& table);

  // What SweepMayMatch leaves of the row.
  bool MayMatch(size_t row) const { return May(0, row); }
  // False only where MustMatch (range_evaluator.h) is false of the row; cheap, and false of most rows of which that is.
  bool MayMustMatch(size_t row) const;

 private:
  enum class NodeKind : uint8_t {
    kAlways,
    kNever,
    kAnd,
    kOr,
    kMeets,      // numbers: the row's range meets [least, greatest]
    kIsFlagged,  // any of the flags
    kText,       // a text compared with the row's bounds
    kOther       // the evaluator of one set
  };
  // Those inside of an AND or OR follow it; `end` is behind them.
  struct Node {
    NodeKind kind = NodeKind::kAlways;
    uint8_t flags = 0;  // kIsFlagged; kMeets: those that match whatever the bounds are
    uint32_t end = 0;
    int64_t least = 0, greatest = 0;
    const RangeColumn* column = nullptr;
    const BoundPredicate* leaf = nullptr;
    std::string text;
  };

  void Add(const BoundPredicate& predicate);
  void AddLeaf(const BoundPredicate& leaf, Node* node) const;
  bool AddNumber(const BoundPredicate& leaf, Node* node) const;
  bool May(size_t node, size_t row) const;
  bool MayBeAt(const Node& node, size_t row) const;
  static bool MeetsText(const Node& node, size_t row);

  const RangeTable& table_;
  std::vector<Node> nodes_;
  std::deque<BoundPredicate> negated_;  // leaves are pointed at
};

}  // namespace artemis

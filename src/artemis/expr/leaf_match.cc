// One value against one leaf.
#include "artemis/expr/leaf_match.h"

#include <algorithm>

#include "artemis/base/error.h"
#include "artemis/schema/literal.h"

namespace artemis {
namespace {

bool LessValue(const LiteralValue& a, const LiteralValue& b) { return CompareValues(a, b) < 0; }

BoundPredicate SameLeafAs(PredicateOp op, BoundPredicate leaf) {
  leaf.op = op;
  leaf.values.clear();
  return leaf;
}

}  // namespace

bool StartsWith(std::string_view text, std::string_view prefix) {
  return text.substr(0, prefix.size()) == prefix;
}

bool SortedContains(const std::vector<LiteralValue>& sorted, const LiteralValue& value) {
  return std::binary_search(sorted.begin(), sorted.end(), value, LessValue);
}

void SortUnique(std::vector<LiteralValue>& values) {
  std::sort(values.begin(), values.end(), LessValue);
  const auto equal = [](const auto& a, const auto& b) { return CompareValues(a, b) == 0; };
  values.erase(std::unique(values.begin(), values.end(), equal), values.end());
}

bool ValueHolds(const BoundPredicate& leaf, const LiteralValue& value) {
  const auto order = [&] { return CompareValues(value, leaf.values.front()); };
  const auto begins = [&] {
    return StartsWith(std::get<std::string>(value), std::get<std::string>(leaf.values.front()));
  };
  switch (leaf.op) {
    case PredicateOp::kIsNull:
      return false;
    case PredicateOp::kNotNull:
      return true;
    case PredicateOp::kIsNaN:
      return IsNaN(value);
    case PredicateOp::kNotNaN:
      return !IsNaN(value);
    case PredicateOp::kEq:
      return order() == 0;
    case PredicateOp::kNe:
      return order() != 0;
    case PredicateOp::kLt:
      return order() < 0;
    case PredicateOp::kLe:
      return order() <= 0;
    case PredicateOp::kGt:
      return order() > 0;
    case PredicateOp::kGe:
      return order() >= 0;
    case PredicateOp::kIn:
      return SortedContains(leaf.values, value);
    case PredicateOp::kNotIn:
      return !SortedContains(leaf.values, value);
    case PredicateOp::kStartsWith:
      return begins();
    case PredicateOp::kNotStartsWith:
      return !begins();
    default:
      FailCheck("a leaf", __FILE__, __LINE__);
  }
}

BoundPredicate WithoutNaN(BoundPredicate leaf) {
  if (leaf.values.size() != 1 || !IsNaN(leaf.values.front())) return leaf;
  switch (leaf.op) {
    case PredicateOp::kEq:
    case PredicateOp::kGe:
      return SameLeafAs(PredicateOp::kIsNaN, std::move(leaf));
    case PredicateOp::kNe:
    case PredicateOp::kLt:
      return SameLeafAs(PredicateOp::kNotNaN, std::move(leaf));
    case PredicateOp::kLe:
      return SameLeafAs(PredicateOp::kNotNull, std::move(leaf));
    case PredicateOp::kGt:
      return BoundPredicate::False();
    default:
      return leaf;
  }
}

}  // namespace artemis

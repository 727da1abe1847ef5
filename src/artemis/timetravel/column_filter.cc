// Builds predicates.
#include "artemis/timetravel/column_filter.h"

namespace artemis {

namespace {

Predicate Leaf(PredicateOp op, const std::string& column, std::vector<UnboundValue> values) {
  Predicate leaf;
  leaf.op = op;
  leaf.column = column;
  leaf.values = std::move(values);
  return leaf;
}

Predicate Branch(PredicateOp op, std::vector<Predicate> args) {
  Predicate branch;
  branch.op = op;
  branch.args = std::move(args);
  return branch;
}

}  // namespace

Predicate Column::Compare(PredicateOp op, UnboundValue value) const {
  return Leaf(op, name_, {std::move(value)});
}
Predicate Column::In(std::vector<UnboundValue> values) const {
  return Leaf(PredicateOp::kIn, name_, std::move(values));
}
Predicate Column::NotIn(std::vector<UnboundValue> values) const {
  return Leaf(PredicateOp::kNotIn, name_, std::move(values));
}
Predicate Column::Between(UnboundValue low, UnboundValue high) const {
  return AllOf({*this >= std::move(low), *this <= std::move(high)});
}
Predicate Column::StartsWith(std::string prefix) const {
  return Leaf(PredicateOp::kStartsWith, name_, {std::move(prefix)});
}
Predicate Column::IsNull() const { return Leaf(PredicateOp::kIsNull, name_, {}); }
Predicate Column::IsNotNull() const { return Leaf(PredicateOp::kNotNull, name_, {}); }
Predicate Column::IsNaN() const { return Leaf(PredicateOp::kIsNaN, name_, {}); }

Predicate AllOf(std::vector<Predicate> predicates) {
  return Branch(PredicateOp::kAnd, std::move(predicates));
}
Predicate AnyOf(std::vector<Predicate> predicates) {
  return Branch(PredicateOp::kOr, std::move(predicates));
}
Predicate Not(Predicate predicate) { return Branch(PredicateOp::kNot, {std::move(predicate)}); }

}  // namespace artemis

// Predicates as they are written in a program:
//
//   Column("volts") > 25.0
//   AllOf({Column("mission") == "apollo-7", Column("volts").Between(20, 30)})
//
// They are the predicates of expr/predicate.h, whose meaning they have: a comparison with null keeps no row, NaN is greater than every
// number, values are converted to the column's type when the predicate is bound.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "artemis/expr/predicate.h"

namespace artemis {

// A column by its full name ("position.lat").
class Column {
 public:
  explicit Column(std::string name) : name_(std::move(name)) {}

  Predicate In(std::vector<UnboundValue> values) const;
  Predicate NotIn(std::vector<UnboundValue> values) const;
  // Both ends belong to it.
  Predicate Between(UnboundValue low, UnboundValue high) const;
  Predicate StartsWith(std::string prefix) const;
  Predicate IsNull() const;
  Predicate IsNotNull() const;
  Predicate IsNaN() const;

  // operator and value, for one that is chosen at run time.
  Predicate Compare(PredicateOp op, UnboundValue value) const;

 private:
  std::string name_;
};

inline Predicate operator==(const Column& column, UnboundValue value) {
  return column.Compare(PredicateOp::kEq, std::move(value));
}
inline Predicate operator!=(const Column& column, UnboundValue value) {
  return column.Compare(PredicateOp::kNe, std::move(value));
}
inline Predicate operator<(const Column& column, UnboundValue value) {
  return column.Compare(PredicateOp::kLt, std::move(value));
}
inline Predicate operator<=(const Column& column, UnboundValue value) {
  return column.Compare(PredicateOp::kLe, std::move(value));
}
inline Predicate operator>(const Column& column, UnboundValue value) {
  return column.Compare(PredicateOp::kGt, std::move(value));
}
inline Predicate operator>=(const Column& column, UnboundValue value) {
  return column.Compare(PredicateOp::kGe, std::move(value));
}

// Of nothing: every row, and no row.
Predicate AllOf(std::vector<Predicate> predicates);
Predicate AnyOf(std::vector<Predicate> predicates);
Predicate Not(Predicate predicate);

}  // namespace artemis

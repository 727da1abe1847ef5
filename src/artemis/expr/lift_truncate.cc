// Truncate: order is kept; text is cut to W code points, bytes to W bytes.
#include <algorithm>

#include "artemis/expr/lift_leaf.h"

namespace artemis {
namespace {

// Code points of text, bytes of binary.
int64_t LengthOf(const LeafLift& lift, const LiteralValue& value) {
  const auto& bytes = std::get<std::string>(value);
  if (lift.leaf.type.kind == TypeKind::kBinary) return static_cast<int64_t>(bytes.size());
  const auto starts_code_point = [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  };
  return std::count_if(bytes.begin(), bytes.end(), starts_code_point);
}

// A prefix no longer than W is a prefix of the partition value exactly when it is one of the value.
LiftedLeaf ExactPrefix(const LeafLift& lift) {
  const int64_t length = LengthOf(lift, lift.value());
  const int64_t width = lift.field.transform.parameter;
  if (length > width) return std::nullopt;
  if (length < width) return lift.Make(lift.leaf.op, {lift.value()});
  const bool plain = lift.leaf.op == PredicateOp::kStartsWith;
  return lift.Make(plain ? PredicateOp::kEq : PredicateOp::kNe, {lift.value()});
}

LiftedLeaf InclusiveText(const LeafLift& lift) {
  switch (lift.leaf.op) {
    case PredicateOp::kLt:
    case PredicateOp::kLe:
      return lift.Make(PredicateOp::kLe, {lift.Apply(lift.value())});
    case PredicateOp::kGt:
    case PredicateOp::kGe:
      return lift.Make(PredicateOp::kGe, {lift.Apply(lift.value())});
    case PredicateOp::kEq:
    case PredicateOp::kIn:
      return lift.MakeSet(PredicateOp::kIn);
    case PredicateOp::kStartsWith:
      if (auto exact = ExactPrefix(lift)) return exact;
      return lift.Make(PredicateOp::kEq, {lift.Apply(lift.value())});
    case PredicateOp::kNotStartsWith:
      return ExactPrefix(lift);
    default:
      return std::nullopt;
  }
}

LiftedLeaf StrictText(const LeafLift& lift) {
  switch (lift.leaf.op) {
    case PredicateOp::kLt:
    case PredicateOp::kLe:
      return lift.Make(PredicateOp::kLt, {lift.Apply(lift.value())});
    case PredicateOp::kGt:
    case PredicateOp::kGe:
      return lift.Make(PredicateOp::kGt, {lift.Apply(lift.value())});
    case PredicateOp::kNe:
    case PredicateOp::kNotIn:
      return lift.MakeSet(PredicateOp::kNotIn);
    case PredicateOp::kStartsWith:
      return ExactPrefix(lift);
    case PredicateOp::kNotStartsWith:
      if (auto exact = ExactPrefix(lift)) return exact;
      return lift.Make(PredicateOp::kNe, {lift.Apply(lift.value())});
    default:
      return std::nullopt;
  }
}

bool IsText(const LeafLift& lift) {
  return lift.leaf.type.kind == TypeKind::kString || lift.leaf.type.kind == TypeKind::kBinary;
}

}  // namespace

LiftedLeaf InclusiveTruncate(const LeafLift& lift) {
  return IsText(lift) ? InclusiveText(lift) : InclusiveOrdered(lift);
}

LiftedLeaf StrictTruncate(const LeafLift& lift) {
  return IsText(lift) ? StrictText(lift) : StrictOrdered(lift);
}

}  // namespace artemis

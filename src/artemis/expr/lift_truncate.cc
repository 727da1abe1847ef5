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

// Where a value stands to the width W: a value shorter than W is alone in its partition; one of W is
// the first of its partition; a longer one lies within.
enum class Reach : uint8_t { kAlone, kFirst, kWithin };

Reach ReachOf(const LeafLift& lift, const LiteralValue& value) {
  const int64_t length = LengthOf(lift, value);
  const int64_t width = lift.field.transform.parameter;
  if (length < width) return Reach::kAlone;
  return length == width ? Reach::kFirst : Reach::kWithin;
}

std::vector<LiteralValue> AloneAmong(const LeafLift& lift) {
  std::vector<LiteralValue> alone;
  for (const auto& value : lift.leaf.values) {
    if (ReachOf(lift, value) == Reach::kAlone) alone.push_back(value);
  }
  return alone;
}

// A prefix no longer than W is a prefix of the partition value exactly when it is one of the value.
LiftedLeaf ExactPrefix(const LeafLift& lift) {
  const bool plain = lift.leaf.op == PredicateOp::kStartsWith;
  switch (ReachOf(lift, lift.value())) {
    case Reach::kAlone:
      return lift.Make(lift.leaf.op, {lift.value()});
    case Reach::kFirst:
      return lift.Make(plain ? PredicateOp::kEq : PredicateOp::kNe, {lift.value()});
    default:
      return std::nullopt;
  }
}

LiftedLeaf InclusiveText(const LeafLift& lift) {
  const auto on_partition = [&](PredicateOp op) {
    return lift.Make(op, {lift.Apply(lift.value())});
  };
  switch (lift.leaf.op) {
    case PredicateOp::kLt:
      return on_partition(ReachOf(lift, lift.value()) == Reach::kWithin ? PredicateOp::kLe
                                                                        : PredicateOp::kLt);
    case PredicateOp::kLe:
      return on_partition(PredicateOp::kLe);
    case PredicateOp::kGt:
      return on_partition(ReachOf(lift, lift.value()) == Reach::kAlone ? PredicateOp::kGt
                                                                       : PredicateOp::kGe);
    case PredicateOp::kGe:
      return on_partition(PredicateOp::kGe);
    case PredicateOp::kEq:
    case PredicateOp::kIn:
      return lift.MakeSet(PredicateOp::kIn);
    case PredicateOp::kNe:
    case PredicateOp::kNotIn:
      return AllBut(lift, AloneAmong(lift));
    case PredicateOp::kStartsWith:
      if (auto exact = ExactPrefix(lift)) return exact;
      return on_partition(PredicateOp::kEq);
    case PredicateOp::kNotStartsWith:
      if (auto exact = ExactPrefix(lift)) return exact;
      return AllBut(lift, {});
    default:
      return std::nullopt;
  }
}

LiftedLeaf StrictText(const LeafLift& lift) {
  const auto on_partition = [&](PredicateOp op) {
    return lift.Make(op, {lift.Apply(lift.value())});
  };
  switch (lift.leaf.op) {
    case PredicateOp::kLt:
      return on_partition(PredicateOp::kLt);
    case PredicateOp::kLe:
      return on_partition(ReachOf(lift, lift.value()) == Reach::kAlone ? PredicateOp::kLe
                                                                       : PredicateOp::kLt);
    case PredicateOp::kGt:
      return on_partition(PredicateOp::kGt);
    case PredicateOp::kGe:
      return on_partition(ReachOf(lift, lift.value()) == Reach::kWithin ? PredicateOp::kGt
                                                                        : PredicateOp::kGe);
    case PredicateOp::kEq:
    case PredicateOp::kIn:
      return Only(lift, AloneAmong(lift));
    case PredicateOp::kNe:
    case PredicateOp::kNotIn:
      return lift.MakeSet(PredicateOp::kNotIn);
    case PredicateOp::kStartsWith:
      return ExactPrefix(lift);
    case PredicateOp::kNotStartsWith:
      if (auto exact = ExactPrefix(lift)) return exact;
      return on_partition(PredicateOp::kNe);
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

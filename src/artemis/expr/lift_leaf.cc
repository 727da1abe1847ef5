// What every lift of a leaf is made of.
#include "artemis/expr/lift_leaf.h"

#include <limits>

#include "artemis/base/error.h"
#include "artemis/expr/leaf_match.h"

namespace artemis {
namespace {

template <typename Int>
std::optional<LiteralValue> IntegerNeighbour(Int value, int step) {
  const Int end = step < 0 ? std::numeric_limits<Int>::min() : std::numeric_limits<Int>::max();
  if (value == end) return std::nullopt;
  return static_cast<Int>(value + step);
}

}  // namespace

LiteralValue LeafLift::Apply(const LiteralValue& value) const {
  auto result = ApplyTransform(field.transform, leaf.type, value);
  ARTEMIS_CHECK(result.has_value());
  return std::move(*result);
}

BoundPredicate LeafLift::Make(PredicateOp op, std::vector<LiteralValue> values) const {
  BoundPredicate result;
  result.op = op;
  result.field_id = field.field_id;
  result.type = result_type;
  result.values = std::move(values);
  return result;
}

BoundPredicate LeafLift::MakeSet(PredicateOp op) const {
  std::vector<LiteralValue> values;
  values.reserve(leaf.values.size());
  for (const auto& value : leaf.values) values.push_back(Apply(value));
  return MakeSet(op, std::move(values));
}

BoundPredicate LeafLift::MakeSet(PredicateOp op, std::vector<LiteralValue> values) const {
  SortUnique(values);
  if (values.size() == 1) op = op == PredicateOp::kIn ? PredicateOp::kEq : PredicateOp::kNe;
  return Make(op, std::move(values));
}

bool IsCountable(const Type& type) {
  switch (type.kind) {
    case TypeKind::kInt:
    case TypeKind::kLong:
    case TypeKind::kDate:
    case TypeKind::kTime:
    case TypeKind::kTimestamp:
    case TypeKind::kTimestamptz:
    case TypeKind::kTimestampNs:
    case TypeKind::kTimestamptzNs:
    case TypeKind::kDecimal:
      return true;
    default:
      return false;
  }
}

std::optional<LiteralValue> Neighbour(const Type& type, const LiteralValue& value, int step) {
  if (const auto* held = std::get_if<int32_t>(&value)) return IntegerNeighbour(*held, step);
  if (const auto* held = std::get_if<int64_t>(&value)) return IntegerNeighbour(*held, step);
  const auto* held = std::get_if<arrow::Decimal128>(&value);
  ARTEMIS_CHECK(held != nullptr);
  const arrow::Decimal128 next(*held + arrow::Decimal128(step));
  if (!next.FitsInPrecision(type.precision)) return std::nullopt;
  return next;
}

std::vector<LiteralValue> PartitionsWithin(const LeafLift& lift) {
  std::vector<LiteralValue> within;
  // Whether all values of the current partition up to the current one are among the leaf's.
  bool is_whole = false;
  const LiteralValue* previous = nullptr;
  for (const auto& value : lift.leaf.values) {
    const LiteralValue partition = lift.Apply(value);
    const auto is_edge = [&](const std::optional<LiteralValue>& neighbour) {
      return !neighbour || lift.Apply(*neighbour) != partition;
    };
    const auto before = Neighbour(lift.leaf.type, value, -1);
    if (is_edge(before)) {
      is_whole = true;
    } else if (previous == nullptr || *previous != *before) {
      is_whole = false;
    }
    if (is_whole && is_edge(Neighbour(lift.leaf.type, value, 1))) within.push_back(partition);
    previous = &value;
  }
  return within;
}

BoundPredicate AllBut(const LeafLift& lift, std::vector<LiteralValue> partitions) {
  if (partitions.empty()) return lift.Make(PredicateOp::kNotNull);
  return lift.MakeSet(PredicateOp::kNotIn, std::move(partitions));
}

LiftedLeaf Only(const LeafLift& lift, std::vector<LiteralValue> partitions) {
  if (partitions.empty()) return std::nullopt;
  return lift.MakeSet(PredicateOp::kIn, std::move(partitions));
}

}  // namespace artemis

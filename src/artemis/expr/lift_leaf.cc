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

std::optional<LiteralValue> Neighbour(const LiteralValue& value, int step) {
  if (const auto* held = std::get_if<int32_t>(&value)) return IntegerNeighbour(*held, step);
  if (const auto* held = std::get_if<int64_t>(&value)) return IntegerNeighbour(*held, step);
  const auto* held = std::get_if<arrow::Decimal128>(&value);
  ARTEMIS_CHECK(held != nullptr);
  return arrow::Decimal128(*held + arrow::Decimal128(step));
}

}  // namespace artemis

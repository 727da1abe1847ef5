// What a partition tuple leaves of a predicate, leaf by leaf.
#include <algorithm>

#include "artemis/base/error.h"
#include "artemis/expr/leaf_match.h"
#include "artemis/expr/lift.h"

namespace artemis {
namespace {

// Tuples written before a column was widened hold the narrower type.
LiteralValue WidenedFor(const Type& type, const LiteralValue& value) {
  const auto* int_value = std::get_if<int32_t>(&value);
  if (int_value != nullptr && type.kind == TypeKind::kLong) return int64_t{*int_value};
  const auto* float_value = std::get_if<float>(&value);
  if (float_value != nullptr && type.kind == TypeKind::kDouble) return double{*float_value};
  return value;
}

const std::optional<LiteralValue>* TupleValue(const PartitionSpec& spec,
                                              const PartitionTuple& tuple, FieldId field_id) {
  for (size_t i = 0; i < spec.fields.size(); ++i) {
    if (spec.fields[i].field_id == field_id) return i < tuple.size() ? &tuple[i] : nullptr;
  }
  FailCheck("a leaf on a field of the spec", __FILE__, __LINE__);
}

bool EvaluateTupleLeaf(const BoundPredicate& leaf, const PartitionSpec& spec,
                       const PartitionTuple& tuple) {
  const auto* value = TupleValue(spec, tuple, leaf.field_id);
  if (value == nullptr || !*value) return leaf.op == PredicateOp::kIsNull;
  return ValueHolds(leaf, WidenedFor(leaf.type, **value));
}

}  // namespace

bool EvaluateTuple(const BoundPredicate& projected, const PartitionSpec& spec,
                   const PartitionTuple& tuple) {
  const auto holds = [&](const BoundPredicate& arg) { return EvaluateTuple(arg, spec, tuple); };
  const auto& args = projected.args;
  switch (projected.op) {
    case PredicateOp::kTrue:
      return true;
    case PredicateOp::kFalse:
      return false;
    case PredicateOp::kAnd:
      return std::all_of(args.begin(), args.end(), holds);
    case PredicateOp::kOr:
      return std::any_of(args.begin(), args.end(), holds);
    case PredicateOp::kNot:
      return EvaluateTuple(Negate(args.front()), spec, tuple);
    default:
      return EvaluateTupleLeaf(projected, spec, tuple);
  }
}

BoundPredicate Residual(const BoundPredicate& predicate, const PartitionSpec& spec,
                        const Schema& schema, const PartitionTuple& tuple) {
  if (predicate.is_true() || predicate.is_false()) return predicate;
  if (predicate.op == PredicateOp::kNot) {
    return Residual(Negate(predicate.args.front()), spec, schema, tuple);
  }
  if (predicate.is_leaf()) {
    if (EvaluateTuple(ProjectStrict(predicate, spec, schema), spec, tuple)) {
      return BoundPredicate::True();
    }
    const bool possible = EvaluateTuple(ProjectInclusive(predicate, spec, schema), spec, tuple);
    return possible ? predicate : BoundPredicate::False();
  }
  std::vector<BoundPredicate> args;
  args.reserve(predicate.args.size());
  for (const auto& arg : predicate.args) args.push_back(Residual(arg, spec, schema, tuple));
  return predicate.op == PredicateOp::kAnd ? And(std::move(args)) : Or(std::move(args));
}

}  // namespace artemis

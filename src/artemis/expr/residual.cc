// What partition tuples leave of a predicate, leaf by leaf.
#include <algorithm>

#include "artemis/base/error.h"
#include "artemis/expr/leaf_match.h"
#include "artemis/expr/lift.h"
#include "artemis/expr/residual_plan.h"

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

// NOT is pushed down to the leaves.
BoundPredicate WithoutNot(const BoundPredicate& predicate) {
  if (predicate.op == PredicateOp::kNot) return WithoutNot(Negate(predicate.args.front()));
  BoundPredicate result = predicate;
  for (auto& arg : result.args) arg = WithoutNot(arg);
  return result;
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

ResidualLeaves::ResidualLeaves(const BoundPredicate& predicate, const PartitionSpec& spec,
                               const Schema& schema)
    : predicate_(WithoutNot(predicate)) {
  AddLeaves(predicate_, spec, schema);
}

void ResidualLeaves::AddLeaves(const BoundPredicate& predicate, const PartitionSpec& spec,
                               const Schema& schema) {
  if (predicate.is_leaf()) {
    leaves_.push_back(
        {ProjectStrict(predicate, spec, schema), ProjectInclusive(predicate, spec, schema)});
  }
  for (const auto& arg : predicate.args) AddLeaves(arg, spec, schema);
}

ResidualPlan::ResidualPlan(const ResidualLeaves& leaves, const PartitionSpec& spec)
    : leaves_(leaves), spec_(spec), residuals_{BoundPredicate::True()} {
  verdicts_.resize(leaves.leaves_.size());
}

BoundPredicate ResidualPlan::Remaining(const BoundPredicate& predicate, size_t* leaf) const {
  if (predicate.is_true() || predicate.is_false()) return predicate;
  if (predicate.is_leaf()) {
    const auto verdict = static_cast<Verdict>(verdicts_[(*leaf)++]);
    if (verdict == Verdict::kProven) return BoundPredicate::True();
    return verdict == Verdict::kRefuted ? BoundPredicate::False() : predicate;
  }
  std::vector<BoundPredicate> args;
  args.reserve(predicate.args.size());
  for (const auto& arg : predicate.args) args.push_back(Remaining(arg, leaf));
  return predicate.op == PredicateOp::kAnd ? And(std::move(args)) : Or(std::move(args));
}

uint32_t ResidualPlan::Of(const PartitionTuple& tuple) {
  for (size_t i = 0; i < verdicts_.size(); ++i) {
    const auto& leaf = leaves_.leaves_[i];
    Verdict verdict = Verdict::kOpen;
    if (EvaluateTuple(leaf.strict, spec_, tuple)) {
      verdict = Verdict::kProven;
    } else if (!EvaluateTuple(leaf.inclusive, spec_, tuple)) {
      verdict = Verdict::kRefuted;
    }
    verdicts_[i] = static_cast<char>(verdict);
  }
  if (const auto known = known_.find(verdicts_); known != known_.end()) return known->second;
  size_t leaf = 0;
  auto residual = Remaining(leaves_.predicate_, &leaf);
  uint32_t number = 0;
  if (!residual.is_true()) {
    number = static_cast<uint32_t>(residuals_.size());
    residuals_.push_back(std::move(residual));
  }
  known_.emplace(verdicts_, number);
  return number;
}

BoundPredicate Residual(const BoundPredicate& predicate, const PartitionSpec& spec,
                        const Schema& schema, const PartitionTuple& tuple) {
  const ResidualLeaves leaves(predicate, spec, schema);
  ResidualPlan plan(leaves, spec);
  return plan.residuals()[plan.Of(tuple)];
}

}  // namespace artemis

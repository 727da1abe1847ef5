// Building and walking predicates: And, Or, the fields used.
#include "artemis/expr/predicate.h"

#include <algorithm>

namespace artemis {
namespace {

void AddFlattened(PredicateOp op, PredicateOp neutral, BoundPredicate arg,
                  std::vector<BoundPredicate>& out) {
  if (arg.op == neutral) return;
  if (arg.op != op) {
    out.push_back(std::move(arg));
    return;
  }
  for (auto& inner : arg.args) AddFlattened(op, neutral, std::move(inner), out);
}

BoundPredicate Combine(PredicateOp op, PredicateOp neutral, PredicateOp dominating,
                       std::vector<BoundPredicate> args) {
  BoundPredicate result;
  for (auto& arg : args) AddFlattened(op, neutral, std::move(arg), result.args);
  const auto dominates = [&](const BoundPredicate& arg) { return arg.op == dominating; };
  if (std::any_of(result.args.begin(), result.args.end(), dominates)) {
    return dominating == PredicateOp::kFalse ? BoundPredicate::False() : BoundPredicate::True();
  }
  if (result.args.size() == 1) return BoundPredicate(std::move(result.args.front()));
  result.op = result.args.empty() ? neutral : op;
  return result;
}

void CollectFields(const BoundPredicate& predicate, std::vector<FieldId>& out) {
  for (const auto& arg : predicate.args) CollectFields(arg, out);
  if (predicate.is_leaf()) out.push_back(predicate.field_id);
}

}  // namespace

bool IsLeafOp(PredicateOp op) { return op >= PredicateOp::kIsNull; }

BoundPredicate BoundPredicate::False() {
  BoundPredicate result;
  result.op = PredicateOp::kFalse;
  return result;
}

BoundPredicate And(std::vector<BoundPredicate> args) {
  return Combine(PredicateOp::kAnd, PredicateOp::kTrue, PredicateOp::kFalse, std::move(args));
}

BoundPredicate Or(std::vector<BoundPredicate> args) {
  return Combine(PredicateOp::kOr, PredicateOp::kFalse, PredicateOp::kTrue, std::move(args));
}

std::vector<FieldId> ReferencedFields(const BoundPredicate& predicate) {
  std::vector<FieldId> fields;
  CollectFields(predicate, fields);
  std::sort(fields.begin(), fields.end());
  fields.erase(std::unique(fields.begin(), fields.end()), fields.end());
  return fields;
}

}  // namespace artemis

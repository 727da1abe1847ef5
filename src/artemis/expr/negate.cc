// Negation by De Morgan; every leaf has a counterpart that is null exactly where the leaf is.
#include "artemis/base/error.h"
#include "artemis/expr/predicate.h"

namespace artemis {
namespace {

std::vector<BoundPredicate> NegateAll(const std::vector<BoundPredicate>& args) {
  std::vector<BoundPredicate> result;
  result.reserve(args.size());
  for (const auto& arg : args) result.push_back(Negate(arg));
  return result;
}

}  // namespace

PredicateOp NegateOp(PredicateOp op) {
  switch (op) {
    case PredicateOp::kTrue:
      return PredicateOp::kFalse;
    case PredicateOp::kFalse:
      return PredicateOp::kTrue;
    case PredicateOp::kAnd:
      return PredicateOp::kOr;
    case PredicateOp::kOr:
      return PredicateOp::kAnd;
    case PredicateOp::kIsNull:
      return PredicateOp::kNotNull;
    case PredicateOp::kNotNull:
      return PredicateOp::kIsNull;
    case PredicateOp::kIsNaN:
      return PredicateOp::kNotNaN;
    case PredicateOp::kNotNaN:
      return PredicateOp::kIsNaN;
    case PredicateOp::kEq:
      return PredicateOp::kNe;
    case PredicateOp::kNe:
      return PredicateOp::kEq;
    case PredicateOp::kLt:
      return PredicateOp::kGe;
    case PredicateOp::kLe:
      return PredicateOp::kGt;
    case PredicateOp::kGt:
      return PredicateOp::kLe;
    case PredicateOp::kGe:
      return PredicateOp::kLt;
    case PredicateOp::kIn:
      return PredicateOp::kNotIn;
    case PredicateOp::kNotIn:
      return PredicateOp::kIn;
    case PredicateOp::kStartsWith:
      return PredicateOp::kNotStartsWith;
    case PredicateOp::kNotStartsWith:
      return PredicateOp::kStartsWith;
    case PredicateOp::kNot:
      break;
  }
  FailCheck("an operator with a negation", __FILE__, __LINE__);
}

BoundPredicate Negate(const BoundPredicate& predicate) {
  switch (predicate.op) {
    case PredicateOp::kAnd:
      return Or(NegateAll(predicate.args));
    case PredicateOp::kOr:
      return And(NegateAll(predicate.args));
    case PredicateOp::kNot:
      return Negate(Negate(predicate.args.front()));
    default:
      break;
  }
  BoundPredicate result = predicate;
  result.op = NegateOp(predicate.op);
  return result;
}

}  // namespace artemis

// What a predicate says of one row, from the definition.
#include "artemis/expr/reference_evaluator.h"

#include <algorithm>
#include <cmath>

namespace artemis {
namespace {

Truth TruthOf(bool value) { return value ? Truth::kTrue : Truth::kFalse; }

int CompareTexts(const std::string& a, const std::string& b) {
  for (size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
    const auto left = static_cast<unsigned char>(a[i]);
    const auto right = static_cast<unsigned char>(b[i]);
    if (left != right) return left < right ? -1 : 1;
  }
  if (a.size() == b.size()) return 0;
  return a.size() < b.size() ? -1 : 1;
}

bool IsNaNDouble(const LiteralValue& value) {
  if (const auto* held = std::get_if<float>(&value)) return std::isnan(*held);
  if (const auto* held = std::get_if<double>(&value)) return std::isnan(*held);
  return false;
}

bool TextBegins(const std::string& text, const std::string& prefix) {
  if (text.size() < prefix.size()) return false;
  for (size_t i = 0; i < prefix.size(); ++i) {
    if (text[i] != prefix[i]) return false;
  }
  return true;
}

Truth LeafTruth(const BoundPredicate& leaf, const std::optional<LiteralValue>& value) {
  if (leaf.op == PredicateOp::kIsNull) return TruthOf(!value);
  if (leaf.op == PredicateOp::kNotNull) return TruthOf(value.has_value());
  if (!value) return Truth::kNull;
  const auto is_member = [&] {
    return std::any_of(leaf.values.begin(), leaf.values.end(), [&](const LiteralValue& member) {
      return ReferenceCompare(*value, member) == 0;
    });
  };
  const auto begins = [&] {
    return TextBegins(std::get<std::string>(*value), std::get<std::string>(leaf.values[0]));
  };
  switch (leaf.op) {
    case PredicateOp::kIsNaN:
      return TruthOf(IsNaNDouble(*value));
    case PredicateOp::kNotNaN:
      return TruthOf(!IsNaNDouble(*value));
    case PredicateOp::kIn:
      return TruthOf(is_member());
    case PredicateOp::kNotIn:
      return TruthOf(!is_member());
    case PredicateOp::kStartsWith:
      return TruthOf(begins());
    case PredicateOp::kNotStartsWith:
      return TruthOf(!begins());
    default:
      break;
  }
  const int order = ReferenceCompare(*value, leaf.values[0]);
  switch (leaf.op) {
    case PredicateOp::kEq:
      return TruthOf(order == 0);
    case PredicateOp::kNe:
      return TruthOf(order != 0);
    case PredicateOp::kLt:
      return TruthOf(order < 0);
    case PredicateOp::kLe:
      return TruthOf(order <= 0);
    case PredicateOp::kGt:
      return TruthOf(order > 0);
    default:
      return TruthOf(order >= 0);
  }
}

}  // namespace

int ReferenceCompare(const LiteralValue& a, const LiteralValue& b) {
  if (IsNaNDouble(a) || IsNaNDouble(b)) {
    return static_cast<int>(IsNaNDouble(a)) - static_cast<int>(IsNaNDouble(b));
  }
  if (const auto* text = std::get_if<std::string>(&a)) {
    return CompareTexts(*text, std::get<std::string>(b));
  }
  return std::visit(
      [&](const auto& left) {
        const auto& right = std::get<std::decay_t<decltype(left)>>(b);
        if (left == right) return 0;
        return left < right ? -1 : 1;
      },
      a);
}

Truth ReferenceNot(Truth truth) {
  if (truth == Truth::kNull) return Truth::kNull;
  return TruthOf(truth == Truth::kFalse);
}

Truth ReferenceEvaluate(const BoundPredicate& predicate, const ReferenceRow& row) {
  switch (predicate.op) {
    case PredicateOp::kTrue:
      return Truth::kTrue;
    case PredicateOp::kFalse:
      return Truth::kFalse;
    case PredicateOp::kNot:
      return ReferenceNot(ReferenceEvaluate(predicate.args[0], row));
    case PredicateOp::kAnd: {
      Truth result = Truth::kTrue;
      for (const auto& arg : predicate.args) result = std::min(result, ReferenceEvaluate(arg, row));
      return result;
    }
    case PredicateOp::kOr: {
      Truth result = Truth::kFalse;
      for (const auto& arg : predicate.args) result = std::max(result, ReferenceEvaluate(arg, row));
      return result;
    }
    default:
      return LeafTruth(predicate, row.at(predicate.field_id));
  }
}

}  // namespace artemis

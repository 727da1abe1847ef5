// Binding: names to field ids, values to the fields' types, NOT pushed down to the leaves.
#include "artemis/base/error.h"
#include "artemis/expr/bind_value.h"
#include "artemis/expr/leaf_match.h"
#include "artemis/expr/predicate.h"
#include "artemis/schema/literal.h"

namespace artemis {
namespace {

bool ReachableThroughStructs(const std::vector<Field>& fields, FieldId id) {
  for (const auto& field : fields) {
    if (field.id == id) return true;
    if (field.type.kind == TypeKind::kStruct && ReachableThroughStructs(field.type.fields, id)) {
      return true;
    }
  }
  return false;
}

bool IsSetOp(PredicateOp op) { return op == PredicateOp::kIn || op == PredicateOp::kNotIn; }

bool IsPrefixOp(PredicateOp op) {
  return op == PredicateOp::kStartsWith || op == PredicateOp::kNotStartsWith;
}

bool IsNaNOp(PredicateOp op) { return op == PredicateOp::kIsNaN || op == PredicateOp::kNotNaN; }

bool IsNullOp(PredicateOp op) { return op == PredicateOp::kIsNull || op == PredicateOp::kNotNull; }

BoundPredicate WithOp(BoundPredicate leaf, PredicateOp op, std::vector<LiteralValue> values = {}) {
  leaf.op = op;
  leaf.values = std::move(values);
  return leaf;
}

// What a comparison says when its value lies between two neighbours of the type.
BoundPredicate CompareBetween(BoundPredicate leaf, const PlacedValue& place) {
  switch (leaf.op) {
    case PredicateOp::kNe:
      return WithOp(std::move(leaf), PredicateOp::kNotNull);
    case PredicateOp::kLt:
    case PredicateOp::kLe:
      if (!place.below) return BoundPredicate::False();
      if (!place.above) return WithOp(std::move(leaf), PredicateOp::kNotNull);
      return WithOp(std::move(leaf), PredicateOp::kLe, {*place.below});
    case PredicateOp::kGt:
    case PredicateOp::kGe:
      if (!place.above) return BoundPredicate::False();
      if (!place.below) return WithOp(std::move(leaf), PredicateOp::kNotNull);
      return WithOp(std::move(leaf), PredicateOp::kGe, {*place.above});
    default:
      return BoundPredicate::False();
  }
}

class PredicateBinder {
 public:
  explicit PredicateBinder(const Schema& schema) : schema_(schema) {}

  // `negated` says that an odd number of NOTs stand above.
  arrow::Result<BoundPredicate> BindNode(const Predicate& node, bool negated, int depth) {
    if (depth > kPredicateDepthMax) {
      return LimitExceededError("predicate is nested deeper than " +
                                std::to_string(kPredicateDepthMax) + " levels");
    }
    if (IsLeafOp(node.op)) return BindLeaf(node, negated ? NegateOp(node.op) : node.op);
    if (node.op == PredicateOp::kNot) {
      if (node.args.size() != 1) {
        return arrow::Status::Invalid("NOT takes one argument, found ", node.args.size());
      }
      return BindNode(node.args.front(), !negated, depth + 1);
    }
    std::vector<BoundPredicate> args;
    for (const auto& arg : node.args) {
      ARROW_ASSIGN_OR_RAISE(args.emplace_back(), BindNode(arg, negated, depth + 1));
    }
    const PredicateOp op = negated ? NegateOp(node.op) : node.op;
    const bool conjunction = op == PredicateOp::kAnd || op == PredicateOp::kTrue;
    return conjunction ? And(std::move(args)) : Or(std::move(args));
  }

 private:
  arrow::Result<BoundPredicate> BindLeaf(const Predicate& node, PredicateOp op) {
    ARROW_ASSIGN_OR_RAISE(const Field* field, RequireColumn(node.column));
    ARROW_RETURN_NOT_OK(CheckOperator(node, op, field->type));
    BoundPredicate leaf;
    leaf.op = op;
    leaf.field_id = field->id;
    leaf.type = field->type;
    if (node.values.empty() && !IsSetOp(op)) return leaf;

    std::vector<PlacedValue> places;
    for (const auto& value : node.values) {
      auto place = PlaceValue(field->type, value);
      if (!place.ok()) return WithContext(place.status(), "column '" + node.column + "'");
      places.push_back(place.MoveValueUnsafe());
    }
    if (IsSetOp(op)) return MakeSet(std::move(leaf), places);
    if (!places.front().exact) return CompareBetween(std::move(leaf), places.front());
    leaf.values.push_back(std::move(*places.front().exact));
    return WithoutNaN(std::move(leaf));
  }

  BoundPredicate MakeSet(BoundPredicate leaf, std::vector<PlacedValue>& places) {
    const bool in = leaf.op == PredicateOp::kIn;
    if (places.empty()) return in ? BoundPredicate::False() : BoundPredicate::True();
    for (auto& place : places) {
      if (place.exact) leaf.values.push_back(std::move(*place.exact));
    }
    SortUnique(leaf.values);
    if (leaf.values.size() > 1) return leaf;
    if (leaf.values.empty()) {
      return in ? BoundPredicate::False() : WithOp(std::move(leaf), PredicateOp::kNotNull);
    }
    leaf.op = in ? PredicateOp::kEq : PredicateOp::kNe;
    return WithoutNaN(std::move(leaf));
  }

  arrow::Result<const Field*> RequireColumn(const std::string& name) {
    ARROW_ASSIGN_OR_RAISE(const Field* field, RequireField(schema_, name));
    if (!field->type.is_primitive()) {
      return arrow::Status::Invalid("column '", name, "' has type ", field->type.ToString(),
                                    ": only columns of primitive types can be compared");
    }
    if (!ReachableThroughStructs(schema_.fields, field->id)) {
      return arrow::Status::Invalid("column '", name,
                                    "' lies in a list or a map: its values cannot be compared");
    }
    return field;
  }

  arrow::Status CheckOperator(const Predicate& node, PredicateOp op, const Type& type) {
    values_ += static_cast<int64_t>(node.values.size());
    if (values_ > kPredicateValuesMax) {
      return LimitExceededError("predicate holds more than " + std::to_string(kPredicateValuesMax) +
                                " values");
    }
    const size_t wanted = IsNullOp(op) || IsNaNOp(op) ? 0 : 1;
    if (!IsSetOp(op) && node.values.size() != wanted) {
      return arrow::Status::Invalid("column '", node.column, "': expected ", wanted,
                                    " values, found ", node.values.size());
    }
    const bool floating = type.kind == TypeKind::kFloat || type.kind == TypeKind::kDouble;
    if (IsNaNOp(op) && !floating) {
      return arrow::Status::Invalid("column '", node.column, "' of type ", type.ToString(),
                                    " has no NaN: expected float or double");
    }
    const bool text = type.kind == TypeKind::kString || type.kind == TypeKind::kBinary;
    if (IsPrefixOp(op) && !text) {
      return arrow::Status::Invalid("column '", node.column, "' of type ", type.ToString(),
                                    " has no prefixes: expected string or binary");
    }
    return arrow::Status::OK();
  }

  const Schema& schema_;
  int64_t values_ = 0;
};

}  // namespace

arrow::Result<BoundPredicate> Bind(const Predicate& predicate, const Schema& schema) {
  return PredicateBinder(schema).BindNode(predicate, /*negated=*/false, 1);
}

}  // namespace artemis

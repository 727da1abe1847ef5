// The inclusive and the strict projection of whole predicates.
#include "artemis/expr/lift.h"

#include <map>

#include "artemis/expr/lift_leaf.h"
#include "artemis/schema/literal.h"

namespace artemis {
namespace {

enum class Projection : uint8_t { kInclusive, kStrict };

bool TestsNull(PredicateOp op) { return op == PredicateOp::kIsNull || op == PredicateOp::kNotNull; }

BoundPredicate AsIs(const LeafLift& lift) { return lift.Make(lift.leaf.op, lift.leaf.values); }

LiftedLeaf LiftLeaf(const LeafLift& lift, Projection projection) {
  const bool inclusive = projection == Projection::kInclusive;
  const TransformKind kind = lift.field.transform.kind;
  if (kind == TransformKind::kVoid || kind == TransformKind::kUnknown) return std::nullopt;
  if (kind == TransformKind::kIdentity || TestsNull(lift.leaf.op)) return AsIs(lift);
  switch (kind) {
    case TransformKind::kBucket:
      return inclusive ? InclusiveBucket(lift) : StrictBucket(lift);
    case TransformKind::kTruncate:
      return inclusive ? InclusiveTruncate(lift) : StrictTruncate(lift);
    default:
      return inclusive ? InclusiveTime(lift) : StrictTime(lift);
  }
}

BoundPredicate ProjectLeaf(const BoundPredicate& leaf, const PartitionSpec& spec,
                           Projection projection) {
  std::vector<BoundPredicate> parts;
  for (const auto& field : spec.fields) {
    if (field.source_id != leaf.field_id) continue;
    const auto result_type = TransformResultType(field.transform, leaf.type);
    if (!result_type.ok()) continue;
    const LeafLift lift{.leaf = leaf, .field = field, .result_type = *result_type};
    if (auto lifted = LiftLeaf(lift, projection)) parts.push_back(std::move(*lifted));
  }
  return projection == Projection::kInclusive ? And(std::move(parts)) : Or(std::move(parts));
}

// The bounds that the members of an AND set to one column.
struct AndedBounds {
  std::optional<LiteralValue> lower, upper;
  bool lower_open = false, upper_open = false;

  void RaiseTo(const LiteralValue& value, bool open) {
    const int order = lower ? Sign(CompareValues(value, *lower)) : 1;
    if (order > 0) lower_open = false;
    if (order > 0) lower = value;
    if (order >= 0) lower_open |= open;
  }
  void LowerTo(const LiteralValue& value, bool open) {
    const int order = upper ? Sign(CompareValues(value, *upper)) : -1;
    if (order < 0) upper_open = false;
    if (order < 0) upper = value;
    if (order <= 0) upper_open |= open;
  }
  bool IsEmpty(const Type& type) const {
    if (!lower || !upper) return false;
    if (CompareValues(*lower, *upper) > 0) return true;
    if (!lower_open && !upper_open) return false;
    if (CompareValues(*lower, *upper) == 0) return true;
    return lower_open && upper_open && IsCountable(type) && Neighbour(type, *lower, 1) == upper;
  }
  static int Sign(std::weak_ordering order) { return order < 0 ? -1 : (order > 0 ? 1 : 0); }
};

// Whether no value lies within the bounds that the members of an AND set to some column. The ends
// of such a range may share a partition, so its bounds alone would keep that.
bool HoldsEmptyRange(const std::vector<BoundPredicate>& args) {
  std::map<FieldId, AndedBounds> columns;
  for (const auto& arg : args) {
    const PredicateOp op = arg.op;
    if (op == PredicateOp::kEq || op == PredicateOp::kGe || op == PredicateOp::kGt) {
      columns[arg.field_id].RaiseTo(arg.values.front(), op == PredicateOp::kGt);
    }
    if (op == PredicateOp::kEq || op == PredicateOp::kLe || op == PredicateOp::kLt) {
      columns[arg.field_id].LowerTo(arg.values.front(), op == PredicateOp::kLt);
    }
    if (arg.is_leaf() && columns.contains(arg.field_id) &&
        columns[arg.field_id].IsEmpty(arg.type)) {
      return true;
    }
  }
  return false;
}

BoundPredicate Project(const BoundPredicate& predicate, const PartitionSpec& spec,
                       Projection projection) {
  if (predicate.is_true() || predicate.is_false()) return predicate;
  if (predicate.op == PredicateOp::kNot) {
    return Project(Negate(predicate.args.front()), spec, projection);
  }
  if (predicate.is_leaf()) return ProjectLeaf(predicate, spec, projection);
  if (projection == Projection::kInclusive && predicate.op == PredicateOp::kAnd &&
      HoldsEmptyRange(predicate.args)) {
    return BoundPredicate::False();
  }
  std::vector<BoundPredicate> args;
  args.reserve(predicate.args.size());
  for (const auto& arg : predicate.args) {
    BoundPredicate lifted = Project(arg, spec, projection);
    if (args.empty() || args.back() != lifted) args.push_back(std::move(lifted));
  }
  return predicate.op == PredicateOp::kAnd ? And(std::move(args)) : Or(std::move(args));
}

}  // namespace

BoundPredicate ProjectInclusive(const BoundPredicate& predicate, const PartitionSpec& spec,
                                const Schema&) {
  return Project(predicate, spec, Projection::kInclusive);
}

BoundPredicate ProjectStrict(const BoundPredicate& predicate, const PartitionSpec& spec,
                             const Schema&) {
  return Project(predicate, spec, Projection::kStrict);
}

}  // namespace artemis

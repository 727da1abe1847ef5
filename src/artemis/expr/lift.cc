// The inclusive and the strict projection of whole predicates.
#include "artemis/expr/lift.h"

#include "artemis/expr/lift_leaf.h"

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

BoundPredicate Project(const BoundPredicate& predicate, const PartitionSpec& spec,
                       Projection projection) {
  if (predicate.is_true() || predicate.is_false()) return predicate;
  if (predicate.op == PredicateOp::kNot) {
    return Project(Negate(predicate.args.front()), spec, projection);
  }
  if (predicate.is_leaf()) return ProjectLeaf(predicate, spec, projection);
  std::vector<BoundPredicate> args;
  args.reserve(predicate.args.size());
  for (const auto& arg : predicate.args) args.push_back(Project(arg, spec, projection));
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

// Words for decisions.
#include "artemis/scan/decision_text.h"

#include "artemis/scan/field_ranges.h"
#include "artemis/schema/literal.h"

namespace artemis {

namespace {

constexpr size_t kLeavesShown = 4;

std::string BoundText(const Type& type, const std::optional<LiteralValue>& bound) {
  return bound ? FormatLiteral(type, *bound) : "?";
}

bool HasBounds(const std::optional<ColumnRange>& range) {
  return range && (range->lower || range->upper);
}

std::string Interval(const BoundPredicate& leaf, const ColumnRange& range) {
  return "[" + BoundText(leaf.type, range.lower) + ", " + BoundText(leaf.type, range.upper) + "]";
}

std::string ColumnAndBounds(const BoundPredicate& leaf, const Schema& schema,
                            const RangeLookup& ranges) {
  const auto range = ranges(leaf.field_id);
  std::string text = schema.FullName(leaf.field_id);
  if (range && range->lower && range->upper) text += " in " + Interval(leaf, *range);
  return text;
}

// "5", "< 5", "one of 3 values"; empty for null and NaN tests.
std::string Sought(const BoundPredicate& leaf) {
  const auto value = [&] { return FormatLiteral(leaf.type, leaf.values.front()); };
  switch (leaf.op) {
    case PredicateOp::kEq:
      return value();
    case PredicateOp::kNe:
      return "other than " + value();
    case PredicateOp::kLt:
      return "< " + value();
    case PredicateOp::kLe:
      return "<= " + value();
    case PredicateOp::kGt:
      return "> " + value();
    case PredicateOp::kGe:
      return ">= " + value();
    case PredicateOp::kIn:
      return "one of " + std::to_string(leaf.values.size()) + " values";
    case PredicateOp::kNotIn:
      return "none of " + std::to_string(leaf.values.size()) + " values";
    case PredicateOp::kStartsWith:
      return value() + "…";
    case PredicateOp::kNotStartsWith:
      return "other than " + value() + "…";
    default:
      return "";
  }
}

std::string LeafReason(const BoundPredicate& leaf, const Schema& schema,
                       const RangeLookup& ranges) {
  const std::string column = schema.FullName(leaf.field_id);
  const auto range = ranges(leaf.field_id);
  switch (leaf.op) {
    case PredicateOp::kIsNull:
      return column + " may be null";
    case PredicateOp::kNotNull:
      return column + " may be other than null";
    case PredicateOp::kIsNaN:
      return column + " may be NaN";
    case PredicateOp::kNotNaN:
      return column + " may be other than NaN";
    default:
      break;
  }
  if (!HasBounds(range)) return column + " has no bounds and may hold " + Sought(leaf);
  // Bounds do not cover NaN, which is greater than every number.
  ColumnRange without_nan = *range;
  without_nan.has_nan = Ternary::kNo;
  const bool by_nan = !MayMatch(leaf, [&](FieldId) { return std::optional(without_nan); });
  return "bounds of " + column + " " + Interval(leaf, *range) + " may hold " + Sought(leaf) +
         (by_nan ? ", as NaN" : "");
}

}  // namespace

std::string ReasonToDrop(const BoundPredicate& predicate, const Schema& schema,
                         const RangeLookup& ranges) {
  const BoundPredicate* leaf = ExcludingLeaf(predicate, ranges);
  if (leaf == nullptr || !leaf->is_leaf()) return "dropped in pass 2 by its bounds";
  return "dropped in pass 2 by " + ColumnAndBounds(*leaf, schema, ranges);
}

std::string ReasonToKeep(const BoundPredicate& residual, const Schema& schema,
                         const RangeLookup& ranges) {
  const std::vector<BoundPredicate> alone = {residual};
  const auto& leaves = residual.op == PredicateOp::kAnd ? residual.args : alone;
  std::string text;
  for (const auto& leaf : leaves) {
    if (!leaf.is_leaf() || leaves.size() > kLeavesShown) {
      return "kept: rows are checked for " + FormatPredicate(residual, schema);
    }
    text += (text.empty() ? "kept: " : "; ") + LeafReason(leaf, schema, ranges);
  }
  return text;
}

ManifestDecision DecideOnManifest(const ManifestFile& manifest, const SpecProjection* projection) {
  if (projection == nullptr) return {true, "kept"};
  const RangeLookup ranges = SummaryRanges(manifest, projection->partition_type);
  if (MayMatch(projection->inclusive, ranges)) return {true, "kept"};
  const BoundPredicate* leaf = ExcludingLeaf(projection->inclusive, ranges);
  if (leaf == nullptr || !leaf->is_leaf()) return {false, "dropped in pass 1 by its partitions"};
  Schema partition;
  partition.fields = projection->partition_type.fields;
  return {false, "dropped in pass 1 by " + ColumnAndBounds(*leaf, partition, ranges)};
}

}  // namespace artemis

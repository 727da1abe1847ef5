// A tree of nodes in prefix order.
#include "artemis/expr/range_judge.h"

#include <algorithm>
#include <limits>

#include "artemis/expr/leaf_match.h"
#include "artemis/schema/literal.h"

namespace artemis {
namespace {

constexpr int64_t kLeastNumber = std::numeric_limits<int64_t>::min();
constexpr int64_t kGreatestNumber = std::numeric_limits<int64_t>::max();

uint8_t FlagsOfKind(PredicateOp op) {
  switch (op) {
    case PredicateOp::kIsNull:
      return RangeColumn::kMayBeNull;
    case PredicateOp::kNotNull:
      return RangeColumn::kMayBeNaN | RangeColumn::kMayBeValue;
    case PredicateOp::kIsNaN:
      return RangeColumn::kMayBeNaN;
    case PredicateOp::kNotNaN:
      return RangeColumn::kMayBeValue;
    default:
      return 0;
  }
}

}  // namespace

RangeJudge::RangeJudge(const BoundPredicate& predicate, const RangeTable& table) : table_(table) {
  Add(predicate);
}

void RangeJudge::Add(const BoundPredicate& predicate) {
  const size_t at = nodes_.size();
  nodes_.emplace_back();
  switch (predicate.op) {
    case PredicateOp::kTrue:
      break;
    case PredicateOp::kFalse:
      nodes_[at].kind = NodeKind::kNever;
      break;
    case PredicateOp::kAnd:
    case PredicateOp::kOr:
      nodes_[at].kind = predicate.op == PredicateOp::kAnd ? NodeKind::kAnd : NodeKind::kOr;
      for (const auto& arg : predicate.args) Add(arg);
      break;
    case PredicateOp::kNot:
      nodes_.pop_back();
      return Add(negated_.emplace_back(Negate(predicate.args.front())));
    default:
      AddLeaf(predicate, &nodes_[at]);
  }
  nodes_[at].end = static_cast<uint32_t>(nodes_.size());
}

void RangeJudge::AddLeaf(const BoundPredicate& leaf, Node* node) const {
  const RangeColumn* column = table_.Find(leaf.field_id, leaf.type);
  if (column == nullptr) return;
  node->column = column;
  node->leaf = &leaf;
  node->kind = NodeKind::kOther;
  node->flags = FlagsOfKind(leaf.op);
  if (node->flags != 0) {
    node->kind = NodeKind::kIsFlagged;
    return;
  }
  if (leaf.values.size() != 1 || IsNaN(leaf.values.front())) return;
  if (column->domain() == KeyDomain::kText) {
    using enum PredicateOp;
    const bool compares =
        leaf.op == kEq || leaf.op == kLt || leaf.op == kLe || leaf.op == kGt || leaf.op == kGe;
    if (!compares) return;
    node->kind = NodeKind::kText;
    node->text = TextKey(leaf.values.front());
  } else if (AddNumber(leaf, node)) {
    node->kind = NodeKind::kMeets;
  }
}

bool RangeJudge::AddNumber(const BoundPredicate& leaf, Node* node) const {
  const int64_t key = OrderKey(leaf.values.front());
  node->least = kLeastNumber;
  node->greatest = kGreatestNumber;
  switch (leaf.op) {
    case PredicateOp::kEq:
      node->least = node->greatest = key;
      return true;
    case PredicateOp::kLe:
      node->greatest = key;
      return true;
    case PredicateOp::kLt:
      node->greatest = key - 1;
      return key != kLeastNumber;
    case PredicateOp::kGe:
      node->least = key;
      node->flags = RangeColumn::kMayBeNaN;
      return true;
    case PredicateOp::kGt:
      if (key == kGreatestNumber) return false;
      node->least = key + 1;
      node->flags = RangeColumn::kMayBeNaN;
      return true;
    default:
      return false;
  }
}

bool RangeJudge::MeetsText(const Node& node, size_t row) {
  const RangeColumn& column = *node.column;
  if ((column.flags()[row] & RangeColumn::kMayBeValue) == 0) return false;
  const uint32_t lower = column.lower_texts()[row], upper = column.upper_texts()[row];
  const std::string_view key = node.text;
  const auto low = [&] { return column.texts().At(lower); };
  const auto high = [&] { return column.texts().At(upper); };
  switch (node.leaf->op) {
    case PredicateOp::kEq:
      return (lower == 0 || low() <= key) && (upper == 0 || high() >= key);
    case PredicateOp::kLt:
      return lower == 0 || low() < key;
    case PredicateOp::kLe:
      return lower == 0 || low() <= key;
    case PredicateOp::kGt:
      return upper == 0 || high() > key;
    default:
      return upper == 0 || high() >= key;
  }
}

bool RangeJudge::MayBeAt(const Node& node, size_t row) const {
  switch (node.kind) {
    case NodeKind::kMeets: {
      const uint8_t flags = node.column->flags()[row];
      if ((flags & node.flags) != 0) return true;
      return (flags & RangeColumn::kMayBeValue) != 0 &&
             node.column->lower_keys()[row] <= node.greatest &&
             node.column->upper_keys()[row] >= node.least;
    }
    case NodeKind::kIsFlagged:
      return (node.column->flags()[row] & node.flags) != 0;
    case NodeKind::kText:
      return MeetsText(node, row);
    case NodeKind::kOther: {
      const auto range = [&](FieldId) {
        return std::optional(node.column->At(row, node.leaf->type));
      };
      return artemis::MayMatch(*node.leaf, range);
    }
    default:
      return node.kind != NodeKind::kNever;
  }
}

bool RangeJudge::May(size_t at, size_t row) const {
  const Node& node = nodes_[at];
  if (node.kind != NodeKind::kAnd && node.kind != NodeKind::kOr) return MayBeAt(node, row);
  const bool stops = node.kind == NodeKind::kOr;
  for (size_t inner = at + 1; inner < node.end; inner = nodes_[inner].end) {
    if (May(inner, row) == stops) return stops;
  }
  return !stops;
}

bool RangeJudge::MayMustMatch(size_t row) const {
  for (size_t at = nodes_.front().kind == NodeKind::kAnd ? 1 : 0; at < nodes_.size();
       at = nodes_[at].end) {
    const Node& node = nodes_[at];
    if (node.kind != NodeKind::kMeets && node.kind != NodeKind::kText) continue;
    if ((node.column->flags()[row] & RangeColumn::kMayBeNull) != 0) return false;
    if (node.kind == NodeKind::kText) continue;
    // Where there may be NaN only, the bounds say nothing.
    if ((node.column->flags()[row] & RangeColumn::kMayBeValue) == 0) continue;
    if (node.column->lower_keys()[row] < node.least) return false;
    if (node.column->upper_keys()[row] > node.greatest) return false;
  }
  return true;
}

}  // namespace artemis

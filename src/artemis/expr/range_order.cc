// Binary searches for the bounds that a conjunction sets to each column.
#include "artemis/expr/range_order.h"

#include <algorithm>
#include <limits>
#include <numeric>

#include "artemis/schema/literal.h"

namespace artemis {
namespace {

constexpr int64_t kLeastOrdered = std::numeric_limits<int64_t>::min();
constexpr int64_t kGreatestOrdered = std::numeric_limits<int64_t>::max();

// More than one row in so many are found as quickly by a sweep.
constexpr size_t kRowsPerCandidate = 8;

struct KeyBounds {
  int64_t least = kLeastOrdered, greatest = kGreatestOrdered;
};
using BoundsOfColumns = std::map<FieldId, KeyBounds>;

// The keys between which the value of a row lies that satisfies the leaf; strict bounds are taken as wide ones.
std::optional<KeyBounds> BoundsOfLeaf(const BoundPredicate& leaf) {
  if (leaf.values.empty()) return std::nullopt;
  const auto extremes = [&] {
    KeyBounds bounds{kGreatestOrdered, kLeastOrdered};
    for (const auto& value : leaf.values) {
      bounds.least = std::min(bounds.least, OrderKey(value));
      bounds.greatest = std::max(bounds.greatest, OrderKey(value));
    }
    return bounds;
  };
  switch (leaf.op) {
    case PredicateOp::kEq:
    case PredicateOp::kIn:
      return extremes();
    case PredicateOp::kLt:
    case PredicateOp::kLe:
      return KeyBounds{kLeastOrdered, OrderKey(leaf.values.front())};
    case PredicateOp::kGt:
    case PredicateOp::kGe:
      return KeyBounds{OrderKey(leaf.values.front()), kGreatestOrdered};
    default:
      return std::nullopt;
  }
}

void AddBounds(const BoundPredicate& predicate, const RangeTable& table, BoundsOfColumns* bounds) {
  if (predicate.op == PredicateOp::kAnd) {
    for (const auto& arg : predicate.args) AddBounds(arg, table, bounds);
  }
  if (!predicate.is_leaf()) return;
  const RangeColumn* column = table.Find(predicate.field_id, predicate.type);
  if (column == nullptr || column->domain() != KeyDomain::kInteger) return;
  if (const auto of_leaf = BoundsOfLeaf(predicate)) {
    KeyBounds& all = (*bounds)[predicate.field_id];
    all.least = std::max(all.least, of_leaf->least);
    all.greatest = std::min(all.greatest, of_leaf->greatest);
  }
}

std::vector<uint32_t> RowsInOrder(const RangeColumn& column) {
  std::vector<uint32_t> rows;
  for (uint32_t row = 0; row < column.size(); ++row) {
    if ((column.flags()[row] & RangeColumn::kMayBeValue) != 0) rows.push_back(row);
  }
  std::stable_sort(rows.begin(), rows.end(), [&](uint32_t a, uint32_t b) {
    return column.lower_keys()[a] < column.lower_keys()[b];
  });
  rows.shrink_to_fit();
  return rows;
}

bool HasSingleValues(const RangeColumn& column) {
  for (size_t row = 0; row < column.size(); ++row) {
    const uint8_t flags = column.flags()[row];
    if ((flags & RangeColumn::kMayBeValue) == 0) continue;
    if ((flags & RangeColumn::kHasLower) == 0 || (flags & RangeColumn::kHasUpper) == 0)
      return false;
    if (column.lower_keys()[row] != column.upper_keys()[row]) return false;
  }
  return true;
}

}  // namespace

RangeOrder::RangeOrder(const RangeTable& table) {
  for (const auto& [id, column] : table.columns) {
    if (column.domain() != KeyDomain::kInteger || !HasSingleValues(column)) continue;
    rows_.emplace(id, RowsInOrder(column));
  }
}

std::optional<std::span<const uint32_t>> RangeOrder::Candidates(const BoundPredicate& predicate,
                                                                const RangeTable& table) const {
  BoundsOfColumns bounds;
  AddBounds(predicate, table, &bounds);
  std::optional<std::span<const uint32_t>> best;
  for (const auto& [id, wanted] : bounds) {
    const auto order = rows_.find(id);
    if (order == rows_.end()) continue;
    const auto& rows = order->second;
    const int64_t* keys = table.columns.at(id).lower_keys();
    const auto first = std::partition_point(rows.begin(), rows.end(),
                                            [&](uint32_t row) { return keys[row] < wanted.least; });
    const auto end = std::partition_point(
        first, rows.end(), [&](uint32_t row) { return keys[row] <= wanted.greatest; });
    const std::span<const uint32_t> found(first, end);
    if (!best || found.size() < best->size()) best = found;
  }
  if (best && best->size() * kRowsPerCandidate > table.rows) best.reset();
  return best;
}

int64_t RangeOrder::MemoryBytes() const {
  size_t bytes = 0;
  for (const auto& [id, rows] : rows_) bytes += rows.capacity() * sizeof(uint32_t);
  return static_cast<int64_t>(bytes);
}

}  // namespace artemis

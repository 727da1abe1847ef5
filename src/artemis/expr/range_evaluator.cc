// May and must: a leaf is judged by which kinds of rows a set can hold (null, NaN, values between
// the bounds).
#include "artemis/expr/range_evaluator.h"

#include <algorithm>
#include <limits>

#include "artemis/base/error.h"
#include "artemis/expr/leaf_match.h"
#include "artemis/schema/literal.h"

namespace artemis {
namespace {

LiteralValue NaNOf(const Type& type) {
  if (type.kind == TypeKind::kFloat) return std::numeric_limits<float>::quiet_NaN();
  return std::numeric_limits<double>::quiet_NaN();
}

bool LessThan(const LiteralValue& a, const LiteralValue& b) { return CompareValues(a, b) < 0; }

// The kinds of rows that one column's set can hold, seen from one leaf.
class RowKinds {
 public:
  RowKinds(const BoundPredicate& leaf, const ColumnRange& range) : leaf_(leaf), range_(range) {
    const bool floating = leaf.type.kind == TypeKind::kFloat || leaf.type.kind == TypeKind::kDouble;
    may_null_ = range.all_null || range.has_null != Ternary::kNo;
    may_nan_ = floating && !range.all_null && (range.all_nan || range.has_nan != Ternary::kNo);
    may_value_ = !range.all_null && !(floating && range.all_nan);
    lower_ = Usable(range.lower);
    upper_ = Usable(range.upper);
    if (lower_ != nullptr && upper_ != nullptr && LessThan(*upper_, *lower_)) {
      lower_ = upper_ = nullptr;
    }
  }

  bool May() const {
    switch (leaf_.op) {
      case PredicateOp::kIsNull:
        return may_null_;
      case PredicateOp::kNotNull:
        return may_nan_ || may_value_;
      case PredicateOp::kIsNaN:
        return may_nan_;
      case PredicateOp::kNotNaN:
        return may_value_;
      default:
        return (may_nan_ && NaNHolds()) || (may_value_ && SomeValueMayHold());
    }
  }

  bool Must() const {
    if (leaf_.op == PredicateOp::kIsNull) return range_.all_null;
    if (may_null_) return false;
    switch (leaf_.op) {
      case PredicateOp::kNotNull:
        return true;
      case PredicateOp::kIsNaN:
        return !may_value_;
      case PredicateOp::kNotNaN:
        return !may_nan_;
      default:
        return (!may_nan_ || NaNHolds()) && (!may_value_ || EveryValueHolds());
    }
  }

 private:
  // Bounds that break the contract say nothing: old writers put NaN there.
  const LiteralValue* Usable(const std::optional<LiteralValue>& bound) const {
    if (!bound || IsNaN(*bound)) return nullptr;
    if (!leaf_.values.empty() && bound->index() != leaf_.values.front().index()) return nullptr;
    return &*bound;
  }

  bool NaNHolds() const { return ValueHolds(leaf_, NaNOf(leaf_.type)); }

  // The one value that every ordinary row has, or null.
  const LiteralValue* SingleValue() const {
    if (lower_ == nullptr || upper_ == nullptr || CompareValues(*lower_, *upper_) != 0) {
      return nullptr;
    }
    const bool may_be_cut =
        leaf_.type.kind == TypeKind::kString || leaf_.type.kind == TypeKind::kBinary;
    return may_be_cut && !range_.bounds_exact ? nullptr : lower_;
  }

  bool WithinBounds(const LiteralValue& value) const {
    if (IsNaN(value)) return false;
    return (lower_ == nullptr || !LessThan(value, *lower_)) &&
           (upper_ == nullptr || !LessThan(*upper_, value));
  }

  bool AnyWithinBounds() const {
    const auto& values = leaf_.values;
    const auto first = lower_ == nullptr
                           ? values.begin()
                           : std::lower_bound(values.begin(), values.end(), *lower_, LessThan);
    return first != values.end() && WithinBounds(*first);
  }

  static const std::string& TextOf(const LiteralValue& value) {
    return std::get<std::string>(value);
  }

  bool SomePrefixMayHold() const {
    const std::string& prefix = TextOf(leaf_.values.front());
    if (lower_ != nullptr && TextOf(*lower_).substr(0, prefix.size()) > prefix) return false;
    return upper_ == nullptr || TextOf(*upper_) >= prefix;
  }

  bool BothBoundsHavePrefix() const {
    const std::string& prefix = TextOf(leaf_.values.front());
    return lower_ != nullptr && upper_ != nullptr && StartsWith(TextOf(*lower_), prefix) &&
           StartsWith(TextOf(*upper_), prefix);
  }

  bool SomeValueMayHold() const {
    if (const auto* single = SingleValue()) return ValueHolds(leaf_, *single);
    switch (leaf_.op) {
      case PredicateOp::kEq:
        return WithinBounds(leaf_.values.front());
      case PredicateOp::kIn:
        return AnyWithinBounds();
      case PredicateOp::kLt:
      case PredicateOp::kLe:
        return lower_ == nullptr || ValueHolds(leaf_, *lower_);
      case PredicateOp::kGt:
      case PredicateOp::kGe:
        return UpperMayHold();
      case PredicateOp::kStartsWith:
        return SomePrefixMayHold();
      case PredicateOp::kNotStartsWith:
        return !BothBoundsHavePrefix();
      default:
        return true;
    }
  }

  // Without an upper bound no ordinary value is past a NaN still.
  bool UpperMayHold() const {
    if (IsNaN(leaf_.values.front())) return false;
    return upper_ == nullptr || ValueHolds(leaf_, *upper_);
  }

  bool EveryValueHolds() const {
    if (const auto* single = SingleValue()) return ValueHolds(leaf_, *single);
    switch (leaf_.op) {
      case PredicateOp::kNe:
        return IsOutside(leaf_.values.front());
      case PredicateOp::kNotIn:
        return !AnyWithinBounds();
      case PredicateOp::kLt:
      case PredicateOp::kLe:
        return LessThanEvery() || (upper_ && ValueHolds(leaf_, *upper_));
      case PredicateOp::kGt:
      case PredicateOp::kGe:
        return lower_ != nullptr && ValueHolds(leaf_, *lower_);
      case PredicateOp::kStartsWith:
        return BothBoundsHavePrefix();
      case PredicateOp::kNotStartsWith:
        return !SomePrefixMayHold();
      default:
        return false;
    }
  }

  bool LessThanEvery() const { return IsNaN(leaf_.values.front()); }
  bool IsOutside(const LiteralValue& value) const { return !WithinBounds(value); }

  const BoundPredicate& leaf_;
  const ColumnRange& range_;
  bool may_null_ = true;
  bool may_nan_ = true;
  bool may_value_ = true;
  const LiteralValue* lower_ = nullptr;
  const LiteralValue* upper_ = nullptr;
};

bool LeafMay(const BoundPredicate& leaf, const RangeLookup& ranges) {
  const std::optional<ColumnRange> range = ranges(leaf.field_id);
  return !range || RowKinds(leaf, *range).May();
}

bool LeafMust(const BoundPredicate& leaf, const RangeLookup& ranges) {
  const std::optional<ColumnRange> range = ranges(leaf.field_id);
  return range && RowKinds(leaf, *range).Must();
}

}  // namespace

bool MayMatch(const BoundPredicate& predicate, const RangeLookup& ranges) {
  const auto may = [&](const BoundPredicate& arg) { return MayMatch(arg, ranges); };
  const auto& args = predicate.args;
  switch (predicate.op) {
    case PredicateOp::kTrue:
      return true;
    case PredicateOp::kFalse:
      return false;
    case PredicateOp::kAnd:
      return std::all_of(args.begin(), args.end(), may);
    case PredicateOp::kOr:
      return std::any_of(args.begin(), args.end(), may);
    case PredicateOp::kNot:
      return MayMatch(Negate(args.front()), ranges);
    default:
      return LeafMay(predicate, ranges);
  }
}

bool MustMatch(const BoundPredicate& predicate, const RangeLookup& ranges) {
  const auto must = [&](const BoundPredicate& arg) { return MustMatch(arg, ranges); };
  const auto& args = predicate.args;
  switch (predicate.op) {
    case PredicateOp::kTrue:
      return true;
    case PredicateOp::kFalse:
      return false;
    case PredicateOp::kAnd:
      return std::all_of(args.begin(), args.end(), must);
    case PredicateOp::kOr:
      return std::any_of(args.begin(), args.end(), must);
    case PredicateOp::kNot:
      return MustMatch(Negate(args.front()), ranges);
    default:
      return LeafMust(predicate, ranges);
  }
}

const BoundPredicate* ExcludingLeaf(const BoundPredicate& predicate, const RangeLookup& ranges) {
  if (predicate.op == PredicateOp::kAnd) {
    for (const auto& arg : predicate.args) {
      if (const auto* leaf = ExcludingLeaf(arg, ranges)) return leaf;
    }
    return nullptr;
  }
  const bool judged = predicate.is_leaf() || predicate.is_false();
  return judged && !MayMatch(predicate, ranges) ? &predicate : nullptr;
}

}  // namespace artemis

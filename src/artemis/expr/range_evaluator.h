// Decides from what is known of a set of rows (a manifest, a partition, a file, a row group)
// whether any, or every, row can satisfy a predicate. One evaluator serves all of them.
#pragma once

#include <functional>
#include <optional>

#include "artemis/expr/predicate.h"

namespace artemis {

enum class Ternary : uint8_t { kNo, kYes, kUnknown };

// What is known of one column in a set of rows. The default knows nothing.
struct ColumnRange {
  Ternary has_null = Ternary::kUnknown;
  Ternary has_nan = Ternary::kUnknown;
  // Every row is null / every non-null row is NaN. kYes only when certain.
  bool all_null = false;
  bool all_nan = false;
  // Bounds of the non-null, non-NaN values; may be wider than the values themselves. Absent when
  // unknown. Bounds that cannot be (NaN, lower > upper, another type than the leaf's) count as
  // absent.
  std::optional<LiteralValue> lower;
  std::optional<LiteralValue> upper;
  // The bounds are values of the set, not cut short: partition summaries, tuples, exact Parquet
  // statistics. Otherwise equal bounds of strings and binary are not taken for "all rows are
  // equal".
  bool bounds_exact = false;
};

// The range of a field; nullopt when nothing is known of it (it is then kept).
using RangeLookup = std::function<std::optional<ColumnRange>(FieldId)>;

// False only when no row of the set can satisfy `predicate`.
bool MayMatch(const BoundPredicate& predicate, const RangeLookup& ranges);
// True only when every row of the set satisfies `predicate`.
bool MustMatch(const BoundPredicate& predicate, const RangeLookup& ranges);
// The first leaf (in reading order) that alone excludes the set, for explanations; null when none
// does. Points into `predicate`. A leaf below an OR never excludes alone.
const BoundPredicate* ExcludingLeaf(const BoundPredicate& predicate, const RangeLookup& ranges);

}  // namespace artemis

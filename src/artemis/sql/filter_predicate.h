// Turns DuckDB's filters on a scan into our predicates, for pruning only: the result is implied by the filter, so what
// fails it may be skipped; DuckDB still applies the filter itself. What has no counterpart becomes true.
//
// Understood: comparisons with constants, BETWEEN, [NOT] IN, IS [NOT] NULL, starts_with, LIKE with a fixed beginning, isnan,
// boolean columns, AND, OR, NOT; columns inside structs; widening casts of the column; casts between timestamps and dates;
// partition fields made by time transforms.
// Only for sql/.
#pragma once

#include <functional>

#include <duckdb/planner/expression.hpp>
#include <duckdb/planner/table_filter.hpp>

#include "artemis/expr/predicate.h"

namespace artemis {

struct VirtualColumn;

struct FilterContext {
  // The field a column reference names; null when it is none of the scan's columns (a virtual one).
  std::function<const Field*(const duckdb::Expression&)> field_of;
  // The virtual column a column reference names; null or unset when it is none.
  std::function<const VirtualColumn*(const duckdb::Expression&)> virtual_column_of = {};
  // Whether DuckDB's TimeZone is UTC: only then do casts between zoned and other times mean what pruning takes them for.
  bool utc = true;
};

struct TranslatedFilter {
  // Implied by the filter.
  BoundPredicate predicate;
  // Whether the filter is implied by it, too: both keep the same rows.
  bool is_equivalent = true;
};

// A boolean expression over the scan's columns.
TranslatedFilter TranslateFilter(const duckdb::Expression& expression,
                                 const FilterContext& context);

// Whether a virtual column is in the expression.
bool RefersToVirtualColumn(const duckdb::Expression& expression, const FilterContext& context);

// Its predicate alone.
BoundPredicate PredicateFromExpression(const duckdb::Expression& expression,
                                       const FilterContext& context);

// A pushed-down filter on the column of `field`. A dynamic filter counts as it stands.
BoundPredicate PredicateFromFilter(const duckdb::TableFilter& filter, const Field& field, bool utc);

}  // namespace artemis

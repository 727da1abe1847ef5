// Predicates as SQL text: what --where takes beside the JSON form of expr/predicate.h.
//
// Understood: comparisons of a column with a constant, on either side; BETWEEN; IN; IS [NOT] NULL; LIKE 'abc%' and
// starts_with(column, 'abc'); isnan(column); a boolean column alone; TRUE and FALSE; AND, OR, NOT. Constants are numbers,
// strings, booleans, and DATE, TIME, TIMESTAMP[TZ] and UUID literals or casts. Columns may be qualified by structs:
// position.lat.
#pragma once

#include <string_view>

#include <arrow/result.h>

#include "artemis/expr/predicate.h"

namespace artemis {

// Parses with DuckDB's parser; executes nothing and knows no table: Bind finds out whether columns and types fit.
// Invalid when the text is no SQL expression, or holds anything else than the above: the message names that part.
// LimitExceeded when nested deeper than 100. Thread-safe.
arrow::Result<Predicate> PredicateFromSql(std::string_view where_text);

}  // namespace artemis

// A partition transform as a function of DuckDB's, for files whose spec does not have the field. Only for sql/.
#pragma once

#include <duckdb/planner/expression.hpp>

#include "artemis/schema/transform.h"

namespace artemis {

// `transform` of `argument`, which is of the DuckDB type of `source`. Null stays null.
duckdb::unique_ptr<duckdb::Expression> TransformExpression(
    const Transform& transform, const Type& source,
    duckdb::unique_ptr<duckdb::Expression> argument);

}  // namespace artemis

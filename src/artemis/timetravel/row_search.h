// Where in a table the rows are that a filter is true for.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <arrow/result.h>

#include "artemis/catalog/catalog.h"
#include "artemis/expr/predicate.h"

namespace artemis {

// By data file, as its manifest names it, the positions of its live rows for which `predicate` (bound to the current schema) is true,
// ascending; files without such a row are absent. Files that cannot hold one are not read. Errors of PlanScan and ReadPlan.
arrow::Result<std::map<std::string, std::vector<int64_t>>> FindRows(const TableMetadata& metadata,
                                                                    const BoundPredicate& predicate,
                                                                    FileSystem& files);

}  // namespace artemis

// Whether a file that another commit added may hold rows that a change should have seen.
#pragma once

#include <functional>
#include <memory>

#include "artemis/expr/predicate.h"
#include "artemis/table/manifest.h"
#include "artemis/table/metadata.h"

namespace artemis {

// True of a data file that may hold rows for which `predicate`, bound to the current schema of `metadata`, is true: by partition tuple,
// then by bounds. What ReplaceFilesChange::conflicts and RowDeltaChange::conflicts take.
std::function<bool(const DataFile&)> MayHoldRowsOf(BoundPredicate predicate,
                                                   std::shared_ptr<const TableMetadata> metadata);

}  // namespace artemis

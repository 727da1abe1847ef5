// How replay options bind to the schema of a pin; shared by replay and diff.
#pragma once

#include <optional>
#include <vector>

#include <arrow/result.h>

#include "artemis/replay/replay.h"

namespace artemis {

// The filter bound to `schema`; kTrue without one.
arrow::Result<BoundPredicate> BindFilter(const ReplayOptions& options, const Schema& schema);
// The chosen top-level columns by id; Invalid names an unknown or nested one.
arrow::Result<std::optional<std::vector<FieldId>>> ChosenColumns(const ReplayOptions& options,
                                                                 const Schema& schema);

}  // namespace artemis

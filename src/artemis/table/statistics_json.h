// The statistics files a table's metadata lists, as carried JSON (specification, "Table Statistics").
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <arrow/result.h>

#include "artemis/base/ids.h"

namespace artemis {

// `json` is an array of objects with a snapshot-id; gives it without those of `removed`. Invalid when it is
// no array.
arrow::Result<std::string> WithoutSnapshots(std::string_view json,
                                            const std::set<SnapshotId>& removed);

// The statistics-path of each object of the array. Invalid when it is no array, or one has none.
arrow::Result<std::vector<std::string>> StatisticsPaths(std::string_view json);

}  // namespace artemis

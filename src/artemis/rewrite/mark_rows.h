// Rows of a data file marked deleted, beside those that are deleted already.
#pragma once

#include <cstdint>
#include <vector>

#include <arrow/result.h>

#include "artemis/scan/scan_plan.h"
#include "artemis/write/delete_files.h"

namespace artemis {

class DeleteLoader;

// What to write for the task's file so that the rows at `positions` (ascending, unique, all live) are deleted. Where a data file has one
// vector (format version 3), the positions deleted so far join them, and the delete files of this data file alone, which that makes
// moot, are added to `moot`.
arrow::Result<PositionDeletes> MarkRows(const ScanTask& task, std::vector<int64_t> positions,
                                        int32_t format_version, DeleteLoader& deletes,
                                        std::vector<DataFile>* moot);

}  // namespace artemis

// Position delete files of format version 2 (specification, "Position Delete Files").
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <arrow/result.h>

#include "artemis/io/file_system.h"
#include "artemis/table/manifest.h"
#include "artemis/write/delete_files.h"

namespace artemis {

// Writes one Parquet file of the columns file_path and pos for `deletes`, which share their spec and partition, and gives its entry
// with exact bounds. Durable but for its name. Requires positions as WriteDeletes has checked them. On failure a cut-off file may
// stay at `path`.
arrow::Result<DataFile> WritePositionDeleteFile(FileSystem& files, const std::string& path,
                                                std::vector<const PositionDeletes*> deletes);

}  // namespace artemis

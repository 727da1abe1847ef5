// Deletion vectors of format version 3: one Puffin file with a blob for each data file (specification, "Deletion Vectors").
#pragma once

#include <string>
#include <vector>

#include <arrow/result.h>

#include "artemis/io/file_system.h"
#include "artemis/table/manifest.h"
#include "artemis/write/delete_files.h"

namespace artemis {

// Writes the Puffin file and gives one entry per data file, in the order of `deletes`. Durable but for its name. Requires positions as
// WriteDeletes has checked them. On failure a cut-off file may stay at `path`. One vector is held in memory at a time.
arrow::Result<std::vector<DataFile>> WriteDeletionVectors(
    FileSystem& files, const std::string& path, const std::vector<const PositionDeletes*>& deletes);

}  // namespace artemis

// --map for SQL, whose reader opens data files by itself.
#pragma once

#include <memory>

#include "artemis/cli/mapped_files.h"
#include "artemis/sql/scan_source.h"

namespace artemis {

// `inner` with the data files of its plans where `map` says. Thread-safe.
std::shared_ptr<ScanSource> MakeMappedScanSource(std::shared_ptr<ScanSource> inner, PathMap map);

}  // namespace artemis

// The manifests of the files a commit adds.
#pragma once

#include <vector>

#include <arrow/result.h>

#include "artemis/commit/snapshot_producer.h"

namespace artemis {

// Writes one manifest of ADDED entries per partition spec of `files`, by spec id. Invalid when the table lacks a file's spec.
arrow::Result<std::vector<ManifestFile>> WriteAddedManifests(const LoadedTable& base,
                                                             const std::vector<DataFile>& files,
                                                             ManifestStore& store);

}  // namespace artemis

// What a snapshot names: its manifests and their live entries.
#pragma once

#include <memory>
#include <vector>

#include <arrow/result.h>

#include "artemis/table/manifest.h"
#include "artemis/table/table_view.h"

namespace artemis {

class FileSystem;
class ManifestCache;

// The live files of a snapshot with their entries (all metrics): what `artemis-table files` shows.
arrow::Result<std::vector<ManifestEntry>> ListFiles(const TableView& view, FileSystem& files);
// The manifests of a snapshot in list order; `cache` may be null.
arrow::Result<std::shared_ptr<const std::vector<ManifestFile>>> SharedManifests(
    const TableView& view, FileSystem& files, ManifestCache* cache);
arrow::Result<std::vector<ManifestFile>> ListManifests(const TableView& view, FileSystem& files,
                                                       ManifestCache* cache = nullptr);

}  // namespace artemis

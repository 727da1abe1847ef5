// Manifest lists for v1 snapshots that embed their manifests: what an upgrade of the format version needs (specification, "Version 2":
// manifest-list is required). Never commits.
#pragma once

#include <string>
#include <vector>

#include <arrow/result.h>

#include "artemis/table/metadata.h"

namespace artemis {

class FileSystem;

struct ListedSnapshots {
  // The metadata as it was given, but that every snapshot names a manifest list and embeds nothing.
  TableMetadata metadata;
  // The lists that were written: to be removed when the commit that would name them is lost.
  std::vector<std::string> written;
};

// Reads the embedded manifests for their counts, and writes one v2 list per snapshot that has none into `metadata_folder`: sequence numbers
// are 0, as those of v1. Lists and folder are durable on return. A snapshot with neither is given an empty list. Failures of reading name
// the manifest; on any failure the lists written so far are removed.
arrow::Result<ListedSnapshots> WriteMissingManifestLists(TableMetadata metadata, FileSystem& files,
                                                         const std::string& metadata_folder);

}  // namespace artemis

// Manifests that a commit carries on from its base, and the merging of small ones.
#pragma once

#include <vector>

#include <arrow/result.h>

#include "artemis/commit/snapshot_producer.h"

namespace artemis {

// The manifests of the base's current snapshot that still hold live files, in list order. Empty before the first snapshot.
// They are carried over as they are: never rewritten unless merged or holding a removed file (C7).
arrow::Result<std::vector<ManifestFile>> CarriedManifests(const LoadedTable& base,
                                                          FileSystem& files);

// `entry` as a later snapshot carries it: EXISTING, with its own snapshot id and sequence numbers written out.
ManifestEntry AsExisting(ManifestEntry entry);

// Merges data manifests of one spec that are smaller than options.manifest_target_bytes, once there are
// options.manifest_min_count_to_merge of them, into manifests of about the target size. Others are left alone.
arrow::Result<std::vector<ManifestFile>> MergeSmallManifests(const LoadedTable& base,
                                                             std::vector<ManifestFile> manifests,
                                                             ManifestStore& store,
                                                             const CommitOptions& options);

}  // namespace artemis

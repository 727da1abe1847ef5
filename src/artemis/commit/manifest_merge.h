// Manifests that a commit carries on from its base, and the merging of small ones.
#pragma once

#include <vector>

#include <arrow/result.h>

#include "artemis/commit/snapshot_step.h"

namespace artemis {

// The manifests of the base's parent that still hold live files, in list order. Empty before the first snapshot.
// They are carried over as they are: never rewritten unless merged or holding a removed file (C7).
arrow::Result<std::vector<ManifestFile>> CarriedManifests(const SnapshotBase& base,
                                                          FileSystem& files);

// Merges manifests of one spec and content that are smaller than settings.manifest_target_bytes, once there are
// settings.manifest_min_count_to_merge of them, into manifests of about the target size. Others are left alone; nothing happens where
// settings.merge_manifests is off.
arrow::Status MergeSmallManifests(const SnapshotBase& base, const CommitSettings& settings,
                                  ManifestStore& store, SnapshotChange* change);

}  // namespace artemis

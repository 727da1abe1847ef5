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

// Sorts entries of one spec by their partition tuples, those of one tuple in their order, so that manifests cut from them have narrow
// partition bounds.
void SortByPartition(std::vector<ManifestEntry>* entries);

// Merges manifests of one spec and content that are smaller than settings.manifest_target_bytes, once there are
// settings.manifest_min_count_to_merge of them, into manifests of about the target size: neighbours by the least partition tuple they
// hold, entries sorted by theirs. Others are left alone; nothing happens where settings.merge_manifests is off.
arrow::Status MergeSmallManifests(const SnapshotBase& base, const CommitSettings& settings,
                                  ManifestStore& store, SnapshotChange* change);

}  // namespace artemis

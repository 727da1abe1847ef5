// Carries and merges manifests.
#include "artemis/commit/manifest_merge.h"

#include <algorithm>
#include <map>
#include <utility>

#include "artemis/scan/scan_plan.h"
#include "artemis/schema/literal.h"
#include "artemis/schema/partition_key.h"

namespace artemis {

namespace {

bool HoldsLiveFiles(const ManifestFile& manifest) {
  // Counts that were not written (v1) leave only the cautious answer.
  if (!manifest.added_files || !manifest.existing_files) return true;
  return *manifest.added_files + *manifest.existing_files > 0;
}

// One merged manifest of `group`: entries of this commit stay ADDED, all others become EXISTING.
arrow::Result<ManifestFile> MergeGroup(const SnapshotBase& base,
                                       const std::vector<const ManifestFile*>& group,
                                       ManifestStore& store) {
  std::vector<ManifestEntry> merged;
  for (const auto* file : group) {
    ARROW_ASSIGN_OR_RAISE(auto manifest, store.Read(base.metadata(), *file));
    for (auto& entry : manifest.entries) {
      if (entry.snapshot_id == store.snapshot_id()) {
        merged.push_back(std::move(entry));
      } else if (entry.status != EntryStatus::kDeleted) {
        merged.push_back(AsExisting(std::move(entry)));
      }
    }
  }
  SortByPartition(&merged);
  const auto& first = *group.front();
  return store.Write(base.metadata(), *base.metadata().FindSpec(first.spec_id), merged,
                     first.content);
}

using ManifestGroups =
    std::map<std::pair<ManifestContent, SpecId>, std::vector<const ManifestFile*>>;

ManifestGroups SmallManifests(const SnapshotBase& base, const SnapshotChange& change,
                              const CommitSettings& settings) {
  ManifestGroups groups;
  for (const auto& manifest : change.manifests) {
    if (manifest.length_bytes >= settings.manifest_target_bytes) continue;
    const PartitionSpec* spec = base.metadata().FindSpec(manifest.spec_id);
    if (spec == nullptr || spec->has_unknown_transform()) continue;
    groups[{manifest.content, manifest.spec_id}].push_back(&manifest);
  }
  std::erase_if(groups, [&](const auto& group) {
    return static_cast<int64_t>(group.second.size()) < settings.manifest_min_count_to_merge;
  });
  return groups;
}

// The least tuple that a manifest may hold, by its list entry.
PartitionTuple LeastTuple(const ManifestFile& manifest, const Type& tuple_type) {
  PartitionTuple least(std::min(manifest.partitions.size(), tuple_type.fields.size()));
  for (size_t i = 0; i < least.size(); ++i) {
    const auto& bounds = manifest.partitions[i];
    if (bounds.contains_null || !bounds.lower_bound) continue;
    auto value = FromBytes(tuple_type.fields[i].type, *bounds.lower_bound);
    if (value.ok()) least[i] = *std::move(value);
  }
  return least;
}

// Puts neighbours next to each other; in the order of the list where their partitions cannot be told.
void SortByLeastTuple(const SnapshotBase& base, std::vector<const ManifestFile*>* group) {
  const PartitionSpec& spec = *base.metadata().FindSpec(group->front()->spec_id);
  const auto tuple_type = PartitionType(spec, base.metadata().CurrentSchema());
  if (!tuple_type.ok()) return;
  std::vector<std::pair<PartitionTuple, const ManifestFile*>> placed;
  for (const auto* manifest : *group) {
    placed.emplace_back(LeastTuple(*manifest, *tuple_type), manifest);
  }
  std::stable_sort(placed.begin(), placed.end(),
                   [](const auto& a, const auto& b) { return IsTupleBefore(a.first, b.first); });
  std::transform(placed.begin(), placed.end(), group->begin(),
                 [](const auto& each) { return each.second; });
}

// Consecutive manifests of about the target size together.
std::vector<std::vector<const ManifestFile*>> Bins(const std::vector<const ManifestFile*>& group,
                                                   int64_t target_bytes) {
  std::vector<std::vector<const ManifestFile*>> bins;
  int64_t bytes = 0;
  for (const auto* manifest : group) {
    if (bins.empty() || bytes + manifest->length_bytes > target_bytes) {
      bins.emplace_back();
      bytes = 0;
    }
    bins.back().push_back(manifest);
    bytes += manifest->length_bytes;
  }
  return bins;
}

}  // namespace

void SortByPartition(std::vector<ManifestEntry>* entries) {
  const auto before = [](const ManifestEntry& a, const ManifestEntry& b) {
    return IsTupleBefore(a.file.partition, b.file.partition);
  };
  if (std::is_sorted(entries->begin(), entries->end(), before)) return;
  std::stable_sort(entries->begin(), entries->end(), before);
}

arrow::Result<std::vector<ManifestFile>> CarriedManifests(const SnapshotBase& base,
                                                          FileSystem& files) {
  if (base.parent == nullptr) return std::vector<ManifestFile>{};
  const TableView view{base.table.metadata, base.parent->id, nullptr};
  ARROW_ASSIGN_OR_RAISE(auto manifests, ListManifests(view, files));
  std::erase_if(manifests, [](const auto& manifest) { return !HoldsLiveFiles(manifest); });
  return manifests;
}

arrow::Status MergeSmallManifests(const SnapshotBase& base, const CommitSettings& settings,
                                  ManifestStore& store, SnapshotChange* change) {
  if (!settings.merge_manifests) return arrow::Status::OK();
  // Null: taken into the one that stands in the place of the first of its bin.
  std::map<const ManifestFile*, std::optional<ManifestFile>> replaced;
  for (auto& [key, group] : SmallManifests(base, *change, settings)) {
    SortByLeastTuple(base, &group);
    for (const auto& bin : Bins(group, settings.manifest_target_bytes)) {
      if (bin.size() < 2) continue;
      ARROW_ASSIGN_OR_RAISE(auto merged, MergeGroup(base, bin, store));
      for (const auto* manifest : bin) {
        replaced[manifest] = std::nullopt;
        if (manifest->added_snapshot_id != store.snapshot_id()) ++change->manifests_replaced;
      }
      replaced[bin.front()] = std::move(merged);
    }
  }
  if (replaced.empty()) return arrow::Status::OK();
  std::vector<ManifestFile> result;
  for (auto& manifest : change->manifests) {
    const auto found = replaced.find(&manifest);
    if (found == replaced.end()) {
      result.push_back(std::move(manifest));
    } else if (found->second) {
      result.push_back(std::move(*found->second));
    }
  }
  change->manifests = std::move(result);
  return arrow::Status::OK();
}

}  // namespace artemis

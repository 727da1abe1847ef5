// Carries and merges manifests.
#include "artemis/commit/manifest_merge.h"

#include <map>

#include "artemis/scan/scan_plan.h"

namespace artemis {

namespace {

bool HoldsLiveFiles(const ManifestFile& manifest) {
  // Counts that were not written (v1) leave only the cautious answer.
  if (!manifest.added_files || !manifest.existing_files) return true;
  return *manifest.added_files + *manifest.existing_files > 0;
}

// One merged manifest of `group`: entries of this commit stay ADDED, all others become EXISTING.
arrow::Result<ManifestFile> MergeGroup(const LoadedTable& base,
                                       const std::vector<ManifestFile>& group,
                                       ManifestStore& store) {
  std::vector<ManifestEntry> merged;
  for (const auto& file : group) {
    ARROW_ASSIGN_OR_RAISE(auto manifest, store.Read(*base.metadata, file));
    for (auto& entry : manifest.entries) {
      if (entry.snapshot_id == store.snapshot_id()) {
        merged.push_back(std::move(entry));
      } else if (entry.status != EntryStatus::kDeleted) {
        merged.push_back(AsExisting(std::move(entry)));
      }
    }
  }
  return store.Write(*base.metadata, *base.metadata->FindSpec(group.front().spec_id), merged);
}

}  // namespace

arrow::Result<std::vector<ManifestFile>> CarriedManifests(const LoadedTable& base,
                                                          FileSystem& files) {
  const Snapshot* current = base.metadata->CurrentSnapshot();
  if (current == nullptr) return std::vector<ManifestFile>{};
  const TableView view{base.metadata, current->id, nullptr};
  ARROW_ASSIGN_OR_RAISE(auto manifests, ListManifests(view, files));
  std::erase_if(manifests, [](const auto& manifest) { return !HoldsLiveFiles(manifest); });
  return manifests;
}

ManifestEntry AsExisting(ManifestEntry entry) {
  entry.status = EntryStatus::kExisting;
  return entry;
}

arrow::Result<std::vector<ManifestFile>> MergeSmallManifests(const LoadedTable& base,
                                                             std::vector<ManifestFile> manifests,
                                                             ManifestStore& store,
                                                             const CommitOptions& options) {
  std::map<SpecId, std::vector<ManifestFile>> small;
  for (const auto& manifest : manifests) {
    const bool is_small = manifest.length_bytes < options.manifest_target_bytes.value_or(int64_t{8} << 20);
    if (is_small && manifest.content == ManifestContent::kData)
      small[manifest.spec_id].push_back(manifest);
  }
  std::map<std::string, std::optional<ManifestFile>> replaced;
  for (const auto& [spec_id, group] : small) {
    if (static_cast<int>(group.size()) < options.manifest_min_count_to_merge.value_or(100)) continue;
    if (base.metadata->FindSpec(spec_id) == nullptr) continue;
    for (size_t begin = 0; begin < group.size();) {
      size_t end = begin;
      int64_t bytes = 0;
      while (end < group.size() &&
             (end == begin || bytes + group[end].length_bytes <= options.manifest_target_bytes.value_or(int64_t{8} << 20))) {
        bytes += group[end++].length_bytes;
      }
      if (end - begin > 1) {
        const std::vector<ManifestFile> bin(group.begin() + static_cast<ptrdiff_t>(begin),
                                            group.begin() + static_cast<ptrdiff_t>(end));
        ARROW_ASSIGN_OR_RAISE(auto merged, MergeGroup(base, bin, store));
        for (const auto& manifest : bin) replaced[manifest.path] = std::nullopt;
        replaced[bin.front().path] = std::move(merged);
      }
      begin = end;
    }
  }
  std::vector<ManifestFile> result;
  for (auto& manifest : manifests) {
    const auto found = replaced.find(manifest.path);
    if (found == replaced.end()) {
      result.push_back(std::move(manifest));
    } else if (found->second) {
      result.push_back(std::move(*found->second));
    }
  }
  return result;
}

}  // namespace artemis

// Writes manifests of added files.
#include "artemis/commit/added_manifests.h"

#include <map>

namespace artemis {

arrow::Result<std::vector<ManifestFile>> WriteAddedManifests(const LoadedTable& base,
                                                             const std::vector<DataFile>& files,
                                                             ManifestStore& store) {
  std::map<SpecId, std::vector<ManifestEntry>> by_spec;
  for (const auto& file : files) {
    ManifestEntry entry;
    entry.status = EntryStatus::kAdded;
    entry.snapshot_id = store.snapshot_id();
    entry.file = file;
    by_spec[file.spec_id].push_back(std::move(entry));
  }
  std::vector<ManifestFile> manifests;
  for (const auto& [spec_id, entries] : by_spec) {
    const auto* spec = base.metadata->FindSpec(spec_id);
    if (spec == nullptr) {
      return arrow::Status::Invalid("data file ", entries.front().file.path, " has partition spec ",
                                    spec_id.value, ", which table ", base.name.ToString(),
                                    " does not have");
    }
    ARROW_ASSIGN_OR_RAISE(auto manifest, store.Write(*base.metadata, *spec, entries));
    manifests.push_back(std::move(manifest));
  }
  return manifests;
}

}  // namespace artemis

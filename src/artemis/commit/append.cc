// Append: one new manifest per spec in front of the manifests of the newest snapshot, small ones merged now and then.
#include <algorithm>

#include "artemis/commit/commit.h"
#include "artemis/commit/manifest_merge.h"
#include "artemis/commit/snapshot_producer.h"

namespace artemis {

namespace {

arrow::Result<std::vector<ManifestFile>> WriteAdded(const LoadedTable& base,
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

}  // namespace

arrow::Result<CommitResult> AppendFiles(Catalog& catalog, const TableName& table,
                                        std::vector<DataFile> files, const CommitOptions& options) {
  std::optional<std::vector<ManifestFile>> added;
  const auto build = [&](const LoadedTable& base,
                         ManifestStore& store) -> arrow::Result<SnapshotChange> {
    if (!added) {
      // The manifests of the added files do not depend on the base: a retry uses them again.
      ARROW_ASSIGN_OR_RAISE(added, WriteAdded(base, files, store));
      store.KeepForRetry();
    }
    SnapshotChange change;
    change.operation = "append";
    change.added = files;
    change.manifests = *added;
    ARROW_ASSIGN_OR_RAISE(auto carried, CarriedManifests(base, catalog.files()));
    change.manifests.insert(change.manifests.end(), carried.begin(), carried.end());
    ARROW_ASSIGN_OR_RAISE(change.manifests,
                          MergeSmallManifests(base, std::move(change.manifests), store, options));
    return change;
  };
  return CommitSnapshot(catalog, table, build, options);
}

}  // namespace artemis

// Append: one new manifest per spec in front of the manifests of the newest snapshot, small ones merged now and then.
#include <algorithm>

#include "artemis/commit/added_manifests.h"
#include "artemis/commit/commit.h"
#include "artemis/commit/manifest_merge.h"
#include "artemis/commit/snapshot_producer.h"

namespace artemis {

arrow::Result<CommitResult> AppendFiles(Catalog& catalog, const TableName& table,
                                        std::vector<DataFile> files, const CommitOptions& options) {
  std::optional<std::vector<ManifestFile>> added;
  const auto build = [&](const LoadedTable& base,
                         ManifestStore& store) -> arrow::Result<SnapshotChange> {
    if (!added) {
      // The manifests of the added files do not depend on the base: a retry uses them again.
      ARROW_ASSIGN_OR_RAISE(added, WriteAddedManifests(base, files, store));
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

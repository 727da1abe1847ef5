// Replace: data files leave and enter in one snapshot; manifests that hold a leaving file are rewritten, the others kept (C7).
#include <algorithm>
#include <set>
#include <unordered_set>

#include "artemis/base/error.h"
#include "artemis/commit/added_manifests.h"
#include "artemis/commit/commit.h"
#include "artemis/commit/manifest_merge.h"
#include "artemis/commit/snapshot_producer.h"

namespace artemis {

namespace {

class ReplaceBuilder {
 public:
  ReplaceBuilder(const ReplaceFilesChange& change, Catalog& catalog)
      : change_(change), catalog_(catalog) {
    for (const auto& file : change.removed) {
      leaving_.insert(file.path);
      leaving_specs_.insert(file.spec_id);
    }
  }

  arrow::Result<SnapshotChange> Build(const LoadedTable& base, ManifestStore& store) {
    ARROW_ASSIGN_OR_RAISE(auto carried, CarriedManifests(base, catalog_.files()));
    ARROW_RETURN_NOT_OK(Validate(base, carried, store));
    SnapshotChange result;
    result.operation = change_.added.empty() ? "delete" : "overwrite";
    result.added = change_.added;
    ARROW_ASSIGN_OR_RAISE(result.manifests, WriteAddedManifests(base, change_.added, store));
    found_.clear();
    for (const auto& manifest : carried) {
      if (manifest.content != ManifestContent::kData ||
          !leaving_specs_.contains(manifest.spec_id)) {
        result.manifests.push_back(manifest);
        continue;
      }
      ARROW_ASSIGN_OR_RAISE(auto rewritten, WithoutLeaving(base, manifest, store, result));
      result.manifests.push_back(std::move(rewritten));
    }
    if (found_.size() != leaving_.size()) return Gone(base);
    return result;
  }

 private:
  arrow::Result<ManifestFile> WithoutLeaving(const LoadedTable& base, const ManifestFile& file,
                                             ManifestStore& store, SnapshotChange& result) {
    ARROW_ASSIGN_OR_RAISE(auto manifest, store.Read(*base.metadata, file));
    const bool touched =
        std::any_of(manifest.entries.begin(), manifest.entries.end(), [&](const auto& entry) {
          return entry.status != EntryStatus::kDeleted && leaving_.contains(entry.file.path);
        });
    if (!touched) return file;
    std::vector<ManifestEntry> entries;
    for (auto& entry : manifest.entries) {
      if (entry.status == EntryStatus::kDeleted) continue;
      if (!leaving_.contains(entry.file.path)) {
        entries.push_back(AsExisting(std::move(entry)));
        continue;
      }
      found_.insert(entry.file.path);
      result.removed.push_back(entry.file);
      entry.status = EntryStatus::kDeleted;
      entry.snapshot_id = store.snapshot_id();
      entries.push_back(std::move(entry));
    }
    const auto* spec = base.metadata->FindSpec(file.spec_id);
    if (spec == nullptr)
      return arrow::Status::Invalid("no partition spec ", file.spec_id.value, " in ",
                                    base.name.ToString());
    return store.Write(*base.metadata, *spec, entries);
  }

  arrow::Status Gone(const LoadedTable& base) const {
    for (const auto& path : leaving_) {
      if (!found_.contains(path)) {
        return CommitConflictError("table " + base.name.ToString() + " no longer holds " + path +
                                   ": another commit removed it");
      }
    }
    return arrow::Status::OK();
  }

  // Serializable isolation: files that came after `validate_from` and may hold rows of the predicate, and delete files that came
  // after it, make the change stale.
  arrow::Status Validate(const LoadedTable& base, const std::vector<ManifestFile>& manifests,
                         ManifestStore& store) const {
    if (!change_.conflicts) return arrow::Status::OK();
    ARROW_ASSIGN_OR_RAISE(const auto newer, SnapshotsSince(base));
    for (const auto& manifest : manifests) {
      if (!newer.contains(manifest.added_snapshot_id)) continue;
      if (manifest.content == ManifestContent::kDeletes) {
        return CommitConflictError("table " + base.name.ToString() +
                                   " got delete files since the plan was made");
      }
      ARROW_ASSIGN_OR_RAISE(const auto read, store.Read(*base.metadata, manifest));
      for (const auto& entry : read.entries) {
        if (entry.status != EntryStatus::kAdded || !newer.contains(entry.snapshot_id)) continue;
        if (change_.conflicts(entry.file)) {
          return CommitConflictError("table " + base.name.ToString() + " got " + entry.file.path +
                                     " since the plan was made");
        }
      }
    }
    return arrow::Status::OK();
  }

  arrow::Result<std::set<SnapshotId>> SnapshotsSince(const LoadedTable& base) const {
    std::set<SnapshotId> newer;
    auto id = base.metadata->current_snapshot_id;
    while (id != change_.validate_from) {
      const Snapshot* snapshot = id ? base.metadata->FindSnapshot(*id) : nullptr;
      if (snapshot == nullptr) {
        return CommitConflictError("the snapshot that " + base.name.ToString() +
                                   " was planned on is no ancestor of the current one");
      }
      newer.insert(*id);
      id = snapshot->parent_id;
    }
    return newer;
  }

  const ReplaceFilesChange& change_;
  Catalog& catalog_;
  std::unordered_set<std::string> leaving_;
  std::set<SpecId> leaving_specs_;
  std::unordered_set<std::string> found_;
};

}  // namespace

arrow::Result<CommitResult> ReplaceFiles(Catalog& catalog, const TableName& table,
                                         ReplaceFilesChange change, const CommitOptions& options) {
  ReplaceBuilder builder(change, catalog);
  return CommitSnapshot(
      catalog, table,
      [&](const LoadedTable& base, ManifestStore& store) { return builder.Build(base, store); },
      options);
}

}  // namespace artemis

// From manifests to the next metadata.
#include "artemis/commit/snapshot_step.h"

#include <algorithm>
#include <unordered_map>

#include "artemis/base/error.h"
#include "artemis/base/uuid.h"
#include "artemis/table/update.h"

namespace artemis {

namespace {

bool HasAllCounts(const ManifestFile& file) {
  return file.added_files && file.existing_files && file.deleted_files && file.added_rows &&
         file.existing_rows && file.deleted_rows;
}

// v1 lists may leave counts out, later ones may not.
arrow::Status FillCounts(const TableMetadata& metadata, ManifestStore& store, ManifestFile* file) {
  ARROW_ASSIGN_OR_RAISE(const auto manifest, store.Read(metadata, *file));
  int64_t files[3] = {};
  int64_t rows[3] = {};
  for (const auto& entry : manifest.entries) {
    ++files[static_cast<int>(entry.status)];
    rows[static_cast<int>(entry.status)] += entry.file.record_count;
  }
  file->existing_files = files[0], file->added_files = files[1], file->deleted_files = files[2];
  file->existing_rows = rows[0], file->added_rows = rows[1], file->deleted_rows = rows[2];
  return arrow::Status::OK();
}

ManifestCounts CountManifests(const SnapshotChange& change, SnapshotId snapshot_id) {
  ManifestCounts counts;
  for (const auto& manifest : change.manifests) {
    ++(manifest.added_snapshot_id == snapshot_id ? counts.created : counts.kept);
  }
  counts.replaced = change.manifests_replaced;
  return counts;
}

}  // namespace

arrow::Result<const Snapshot*> BranchHead(const TableMetadata& metadata,
                                          const std::string& branch) {
  const auto ref = metadata.refs.find(branch);
  if (ref == metadata.refs.end()) {
    if (branch == kMainBranch) return static_cast<const Snapshot*>(nullptr);
    return NoSuchSnapshotError("branch '" + branch + "'", "make it first: artemis-table branch");
  }
  if (ref->second.kind != SnapshotRef::Kind::kBranch) {
    return arrow::Status::Invalid("'", branch, "' is a tag and cannot be moved by a commit");
  }
  return metadata.FindSnapshot(ref->second.snapshot_id);
}

std::vector<const Snapshot*> AncestorsOf(const TableMetadata& metadata,
                                         std::optional<SnapshotId> from) {
  std::unordered_map<SnapshotId, const Snapshot*> unseen;
  for (const auto& snapshot : metadata.snapshots) unseen.emplace(snapshot.id, &snapshot);
  std::vector<const Snapshot*> chain;
  while (from) {
    const auto found = unseen.find(*from);
    if (found == unseen.end()) break;
    chain.push_back(found->second);
    from = found->second->parent_id;
    unseen.erase(found);
  }
  return chain;
}

bool IsAncestor(const TableMetadata& metadata, std::optional<SnapshotId> from,
                SnapshotId candidate) {
  const auto chain = AncestorsOf(metadata, from);
  return std::any_of(chain.begin(), chain.end(),
                     [&](const Snapshot* snapshot) { return snapshot->id == candidate; });
}

arrow::Result<TableMetadata> SnapshotStep::Apply(const LoadedTable& base,
                                                 const StepContext& context) {
  const TableMetadata& metadata = *base.metadata;
  ARROW_ASSIGN_OR_RAISE(const Snapshot* parent, BranchHead(metadata, context.options.branch));
  if (!store_) {
    store_.emplace(context.catalog.files(), MetadataFolder(metadata), RandomSnapshotId(),
                   context.settings);
  }
  counts_ = CommitCounts();
  ARROW_ASSIGN_OR_RAISE(auto built, Build({base, parent}, *store_, context));
  for (auto& manifest : built.manifests) {
    if (!HasAllCounts(manifest)) ARROW_RETURN_NOT_OK(FillCounts(metadata, *store_, &manifest));
  }
  counts_ = {built.operation, built.counts.added().data_files, built.counts.added().records};
  Snapshot snapshot;
  snapshot.id = store_->snapshot_id();
  if (parent != nullptr) snapshot.parent_id = parent->id;
  snapshot.sequence_number = SequenceNumber(metadata.last_sequence_number.value + 1);  // C6
  snapshot.schema_id = metadata.current_schema_id;
  snapshot.summary = MakeSummary(built.operation, built.counts, CountManifests(built, snapshot.id),
                                 metadata, parent, context.settings, context.options);
  snapshot.summary.merge(built.extra_summary);
  int64_t next_row_id = metadata.next_row_id;
  ARROW_ASSIGN_OR_RAISE(snapshot.manifest_list,
                        store_->WriteList(std::move(built.manifests), metadata, snapshot.parent_id,
                                          snapshot.sequence_number, context.attempt, &next_row_id));
  if (metadata.format_version >= 3) {
    snapshot.first_row_id = metadata.next_row_id;
    snapshot.added_rows = next_row_id - metadata.next_row_id;
  }
  snapshot.timestamp = NextSnapshotTime(metadata, context.catalog.clock().Now());
  return AddSnapshot(metadata, std::move(snapshot), context.options.branch);
}

std::optional<SnapshotId> SnapshotStep::snapshot_id() const {
  return store_ ? std::optional(store_->snapshot_id()) : std::nullopt;
}

void SnapshotStep::DiscardAttempt() {
  if (store_) store_->DiscardAttempt();
}

void SnapshotStep::DiscardAll() {
  if (store_) store_->DiscardAll();
}

void SnapshotStep::DiscardUnused() {
  if (store_) store_->DiscardUnused();
}

}  // namespace artemis

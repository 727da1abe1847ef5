// Cherry-pick: the change of one snapshot applied again on the head of a branch.
#include <set>

#include "artemis/base/error.h"
#include "artemis/commit/commit.h"
#include "artemis/commit/commit_loop.h"
#include "artemis/commit/file_change.h"
#include "artemis/commit/manifest_filter.h"
#include "artemis/io/location.h"
#include "artemis/scan/snapshot_files.h"
#include "artemis/schema/partition_key.h"
#include "artemis/table/update.h"

namespace artemis {

namespace {

constexpr char kSourceKey[] = "source-snapshot-id";
constexpr char kStagedKey[] = "wap.id";
constexpr char kPublishedKey[] = "published-wap-id";

std::string SummaryMember(const Snapshot& snapshot, const char* key) {
  const auto found = snapshot.summary.find(key);
  return found == snapshot.summary.end() ? "" : found->second;
}

class CherryPickStep : public CommitStep {
 public:
  explicit CherryPickStep(SnapshotId picked) : picked_(picked) {}

  arrow::Result<TableMetadata> Apply(const LoadedTable& base, const StepContext& context) override {
    const TableMetadata& metadata = *base.metadata;
    const Snapshot* picked = metadata.FindSnapshot(picked_);
    if (picked == nullptr) return NoSuchSnapshotError(ToString(picked_));
    ARROW_ASSIGN_OR_RAISE(const Snapshot* head, BranchHead(metadata, context.options.branch));
    ARROW_RETURN_NOT_OK(CheckNotPicked(metadata, head, *picked));
    const auto head_id = head != nullptr ? std::optional(head->id) : std::nullopt;
    if (picked->parent_id == head_id) return FastForwarded(metadata, context);
    if (copy_ == nullptr) {
      ARROW_ASSIGN_OR_RAISE(copy_, MakeCopy({base, head}, *picked, context));
    }
    ARROW_RETURN_NOT_OK(CheckNotLive(base, head, context));
    return copy_->Apply(base, context);
  }

  const CommitCounts& counts() const override { return copy_ ? copy_->counts() : counts_; }
  std::optional<SnapshotId> snapshot_id() const override {
    return copy_ ? copy_->snapshot_id() : std::optional(picked_);
  }
  bool is_new_snapshot() const override { return copy_ != nullptr; }
  void DiscardAttempt() override {
    if (copy_) copy_->DiscardAttempt();
  }
  void DiscardAll() override {
    if (copy_) copy_->DiscardAll();
  }
  void DiscardUnused() override {
    if (copy_) copy_->DiscardUnused();
  }

 private:
  static arrow::Status CheckNotPicked(const TableMetadata& metadata, const Snapshot* head,
                                      const Snapshot& picked) {
    const std::string staged = SummaryMember(picked, kStagedKey);
    const auto from = head != nullptr ? std::optional(head->id) : std::nullopt;
    for (const Snapshot* snapshot : AncestorsOf(metadata, from)) {
      const bool is_same_stage =
          !staged.empty() && (SummaryMember(*snapshot, kStagedKey) == staged ||
                              SummaryMember(*snapshot, kPublishedKey) == staged);
      if (snapshot->id == picked.id || is_same_stage ||
          SummaryMember(*snapshot, kSourceKey) == ToString(picked.id)) {
        return arrow::Status::Invalid("snapshot ", picked.id.value,
                                      " is in the branch already, as snapshot ",
                                      snapshot->id.value);
      }
    }
    return arrow::Status::OK();
  }

  arrow::Result<TableMetadata> FastForwarded(const TableMetadata& metadata,
                                             const StepContext& context) {
    DiscardAll();
    copy_.reset();
    const std::string& branch = context.options.branch;
    if (branch == kMainBranch) {
      return SetMainSnapshot(metadata, picked_, context.catalog.clock().Now());
    }
    SnapshotRef ref = metadata.refs.at(branch);
    ref.snapshot_id = picked_;
    return SetRef(metadata, branch, ref);
  }

  // Ancestors that say so may be expired, or be picks of the same snapshot on another line: the files themselves tell.
  arrow::Status CheckNotLive(const LoadedTable& base, const Snapshot* head,
                             const StepContext& context) const {
    if (head == nullptr) return arrow::Status::OK();
    const TableMetadata& metadata = *base.metadata;
    PartitionFilter among(metadata);
    std::set<std::string> paths;
    for (const DataFile& file : added_) {
      among.Add(file.spec_id, file.partition);
      paths.insert(LocalPath(file.path));
    }
    ManifestStore reader(context.catalog.files(), MetadataFolder(metadata), picked_,
                         context.settings);
    const TableView view{base.metadata, head->id, nullptr};
    ARROW_ASSIGN_OR_RAISE(const auto manifests, ListManifests(view, context.catalog.files()));
    for (const ManifestFile& manifest : manifests) {
      if (manifest.content != ManifestContent::kData || !among.MayHold(manifest)) continue;
      ARROW_ASSIGN_OR_RAISE(const auto live, reader.Read(metadata, manifest, true));
      for (const ManifestEntry& entry : live.entries) {
        if (!paths.contains(LocalPath(entry.file.path))) continue;
        return arrow::Status::Invalid("snapshot ", picked_.value,
                                      " is in the branch already: its file ", entry.file.path,
                                      " is live there");
      }
    }
    return arrow::Status::OK();
  }

  arrow::Result<std::unique_ptr<CommitStep>> MakeCopy(const SnapshotBase& base,
                                                      const Snapshot& picked,
                                                      const StepContext& context) {
    const bool replaces_partitions =
        picked.operation() == "overwrite" && SummaryMember(picked, "replace-partitions") == "true";
    if (picked.operation() != "append" && !replaces_partitions) {
      return arrow::Status::Invalid("cannot cherry-pick snapshot ", picked.id.value, " (",
                                    picked.operation(),
                                    "): its parent is not the head of the branch, and only an "
                                    "append or an overwrite of whole partitions can be applied "
                                    "elsewhere");
    }
    ManifestStore reader(context.catalog.files(), MetadataFolder(base.metadata()), picked.id,
                         context.settings);
    ARROW_ASSIGN_OR_RAISE(auto changes, ReadChanges(base.metadata(), picked, reader));
    FileChange change;
    change.operation = picked.operation();
    change.extra_summary[kSourceKey] = ToString(picked.id);
    const std::string staged = SummaryMember(picked, kStagedKey);
    if (!staged.empty()) change.extra_summary[kPublishedKey] = staged;
    if (replaces_partitions) {
      change.extra_summary["replace-partitions"] = "true";
      change.is_planned = true;
      change.planned_on = picked.parent_id;
      change.ignores_isolation = true;
      change.conflicts = InPartitionsOf(changes.added_data);
      change.removed_paths = std::move(changes.removed_data);
    }
    added_ = changes.added_data;
    change.added_data = std::move(changes.added_data);
    return std::make_unique<FileChangeStep>(std::move(change));
  }

  // A file that came to a replaced partition since makes the pick stale.
  static std::function<bool(const DataFile&)> InPartitionsOf(const std::vector<DataFile>& files) {
    std::set<std::pair<SpecId, std::string>> replaced;
    for (const auto& file : files) replaced.emplace(file.spec_id, PartitionKey(file.partition));
    return [replaced](const DataFile& file) {
      return replaced.contains({file.spec_id, PartitionKey(file.partition)});
    };
  }

  const SnapshotId picked_;
  // Where the snapshot itself cannot be taken: the copy, and what it adds.
  std::unique_ptr<CommitStep> copy_;
  std::vector<DataFile> added_;
  CommitCounts counts_{"cherry-pick", 0, 0};
};

}  // namespace

arrow::Result<CommitResult> CherryPick(Catalog& catalog, const TableName& table,
                                       SnapshotId snapshot_id, const CommitOptions& options) {
  return RunCommit(catalog, table, std::make_unique<CherryPickStep>(snapshot_id), options);
}

}  // namespace artemis

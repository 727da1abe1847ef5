// The ledger of one table's changes, the state it gives, and the swap.
#include "artemis/rewrite/staged_table.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <tuple>
#include <unordered_set>
#include <utility>

#include "artemis/base/error.h"
#include "artemis/commit/commit_event.h"
#include "artemis/commit/commit_loop.h"
#include "artemis/commit/file_change.h"
#include "artemis/commit/metadata_step.h"
#include "artemis/io/file_system.h"
#include "artemis/read/delete_rows.h"
#include "artemis/rewrite/mark_rows.h"
#include "artemis/rewrite/row_conflicts.h"
#include "artemis/scan/scan_plan.h"
#include "artemis/write/delete_files.h"

namespace artemis {
namespace {

// What names columns, partitions and orders in files that are written before the commit.
auto IdsOf(const TableMetadata& metadata) {
  return std::tuple(metadata.last_column_id, metadata.last_partition_id,
                    metadata.partition_specs.size(), metadata.default_spec_id,
                    metadata.sort_orders.size());
}

// Applied to a table in which another writer has given ids away, the change would give out others than the files have.
MetadataChange UnderIdsOf(const TableMetadata& base, MetadataChange change) {
  return [ids = IdsOf(base),
          change = std::move(change)](const TableMetadata& now) -> arrow::Result<TableMetadata> {
    if (IdsOf(now) != ids) {
      return CommitConflictError("another writer has changed the table's columns or layout");
    }
    return change(now);
  };
}

}  // namespace

// The changes applied to the base, as long as nothing more is changed.
struct StagedTable::Preview {
  std::vector<std::unique_ptr<CommitStep>> steps;
  LoadedTable state;
  CommitCounts counts;
  std::optional<SnapshotId> snapshot_id;
};

StagedTable::StagedTable(Catalog& catalog, LoadedTable base, CommitOptions options)
    : catalog_(catalog), base_(std::move(base)), options_(std::move(options)) {}

std::unique_ptr<StagedTable> StagedTable::OfNewTable(Catalog& catalog, const TableName& name,
                                                     TableMetadata metadata,
                                                     CommitOptions options) {
  LoadedTable base{name, "", std::make_shared<const TableMetadata>(std::move(metadata))};
  auto staged = std::make_unique<StagedTable>(catalog, std::move(base), std::move(options));
  staged->is_new_ = true;
  return staged;
}

StagedTable::~StagedTable() { Discard(); }

void StagedTable::AddFiles(std::vector<DataFile> files) {
  DropPreview();
  RemoveDeleteFiles();
  added_.insert(added_.end(), std::make_move_iterator(files.begin()),
                std::make_move_iterator(files.end()));
}

arrow::Status StagedTable::DeleteRows(const std::map<std::string, std::vector<int64_t>>& rows) {
  DropPreview();
  RemoveDeleteFiles();
  for (const auto& [path, positions] : rows) {
    std::vector<int64_t> sorted = positions;
    std::sort(sorted.begin(), sorted.end());
    sorted.erase(std::unique(sorted.begin(), sorted.end()), sorted.end());
    std::vector<int64_t>& known = deleted_[path];
    std::vector<int64_t> all;
    std::set_union(known.begin(), known.end(), sorted.begin(), sorted.end(),
                   std::back_inserter(all));
    known = std::move(all);
  }
  return arrow::Status::OK();
}

arrow::Status StagedTable::DeleteAllRows() {
  DropPreview();
  RemoveDeleteFiles();
  for (const auto& file : added_) (void)catalog_.files().Delete(file.path);
  added_.clear();
  deleted_.clear();
  reads_.clear();
  removes_base_ = !is_new_;
  return arrow::Status::OK();
}

arrow::Status StagedTable::ChangeMetadata(MetadataChange change) {
  ARROW_ASSIGN_OR_RAISE(const TableMetadata now, ChangedMetadata());
  ARROW_RETURN_NOT_OK(change(now).status());
  DropPreview();
  RemoveDeleteFiles();
  metadata_changes_.push_back(std::move(change));
  return arrow::Status::OK();
}

void StagedTable::NoteRead(BoundPredicate predicate) {
  DropPreview();
  RemoveDeleteFiles();
  reads_.push_back(std::move(predicate));
}

arrow::Result<TableMetadata> StagedTable::ChangedMetadata() const {
  TableMetadata metadata = *base_.metadata;
  for (const auto& change : metadata_changes_) {
    ARROW_ASSIGN_OR_RAISE(metadata, change(metadata));
  }
  return metadata;
}

bool StagedTable::IsOwn(const std::string& path) const {
  return std::any_of(added_.begin(), added_.end(),
                     [&](const DataFile& file) { return file.path == path; });
}

// An own file that is empty by now never enters the table.
arrow::Status StagedTable::MarkOwnRows(RowDeltaChange* delta,
                                       std::vector<PositionDeletes>* marks) const {
  for (const auto& file : added_) {
    const auto found = deleted_.find(file.path);
    if (found == deleted_.end()) {
      delta->added_data.push_back(file);
    } else if (static_cast<int64_t>(found->second.size()) < file.record_count) {
      delta->added_data.push_back(file);
      marks->push_back({file, found->second});
    }
  }
  return arrow::Status::OK();
}

arrow::Status StagedTable::MarkBaseRows(const TableMetadata& metadata, RowDeltaChange* delta,
                                        std::vector<PositionDeletes>* marks) const {
  std::unordered_set<std::string> wanted;
  for (const auto& [path, positions] : deleted_) {
    if (!IsOwn(path)) wanted.insert(path);
  }
  if (wanted.empty() && !removes_base_) return arrow::Status::OK();
  // A rollback may be among the changes.
  const auto changed = std::make_shared<const TableMetadata>(metadata);
  const TableView view{changed, changed->current_snapshot_id,
                       std::make_shared<const Schema>(changed->CurrentSchema())};
  PlanOptions planning;
  planning.prune_row_groups = false;
  ARROW_ASSIGN_OR_RAISE(const auto plan,
                        PlanScan(view, BoundPredicate::True(), catalog_.files(), planning));
  DeleteLoader deletes(catalog_.files(), changed);
  for (const auto& task : plan.tasks) {
    if (removes_base_) {
      delta->removed_data.push_back(task.file);
      continue;
    }
    if (wanted.erase(task.file.path) == 0) continue;
    const std::vector<int64_t>& positions = deleted_.at(task.file.path);
    ARROW_ASSIGN_OR_RAISE(const auto deleted, deletes.PositionsFor(task));
    if (static_cast<int64_t>(positions.size() + deleted.size()) == task.file.record_count) {
      delta->removed_data.push_back(task.file);
      continue;
    }
    ARROW_ASSIGN_OR_RAISE(auto marked, MarkRows(task, positions, metadata.format_version, deletes,
                                                &delta->removed_deletes));
    delta->referenced.push_back(task.file.path);
    marks->push_back(std::move(marked));
  }
  if (wanted.empty()) return arrow::Status::OK();
  return arrow::Status::Invalid("rows of ", *wanted.begin(),
                                " are to be deleted, which is no file of ", base_.name.ToString());
}

arrow::Result<RowDeltaChange> StagedTable::BuildDelta(const TableMetadata& metadata) {
  RowDeltaChange delta;
  std::vector<PositionDeletes> marks;
  ARROW_RETURN_NOT_OK(MarkOwnRows(&delta, &marks));
  ARROW_RETURN_NOT_OK(MarkBaseRows(metadata, &delta, &marks));
  ARROW_ASSIGN_OR_RAISE(delta.added_deletes, WriteDeletes(metadata, catalog_.files(), marks));
  delete_files_ = delta.added_deletes;
  if (!rests_on_rows()) return delta;
  delta.validate_from = metadata.current_snapshot_id;
  std::vector<std::function<bool(const DataFile&)>> tests;
  for (const auto& read : reads_) tests.push_back(MayHoldRowsOf(read, base_.metadata));
  delta.conflicts = [tests](const DataFile& file) {
    return tests.empty() ||
           std::any_of(tests.begin(), tests.end(), [&](const auto& test) { return test(file); });
  };
  return delta;
}

arrow::Result<std::vector<std::unique_ptr<CommitStep>>> StagedTable::MakeSteps() {
  const bool has_rows = !added_.empty() || !deleted_.empty() || removes_base_;
  ARROW_ASSIGN_OR_RAISE(const auto changed, ChangedMetadata());
  const bool gives_ids = has_rows && IdsOf(changed) != IdsOf(*base_.metadata);
  std::vector<std::unique_ptr<CommitStep>> steps;
  for (const auto& change : metadata_changes_) {
    const bool is_bound = gives_ids && steps.empty();
    steps.push_back(std::make_unique<MetadataStep>(
        "alter", is_bound ? UnderIdsOf(*base_.metadata, change) : change));
  }
  if (!has_rows) return steps;
  if (!delta_) {
    ARROW_RETURN_NOT_OK(RequireWritableVersion(base_.name, changed.format_version));
    ARROW_ASSIGN_OR_RAISE(delta_, BuildDelta(changed));
  }
  if (!rests_on_rows()) {
    steps.push_back(MakeAppendStep(delta_->added_data));
  } else if (!delta_->added_data.empty() || !delta_->added_deletes.empty() ||
             !delta_->removed_data.empty()) {
    steps.push_back(MakeRowDeltaStep(*delta_));
  }
  return steps;
}

arrow::Result<LoadedTable> StagedTable::State() {
  if (!is_changed()) return base_;
  if (preview_) return preview_->state;
  auto preview = std::make_unique<Preview>();
  ARROW_ASSIGN_OR_RAISE(preview->steps, MakeSteps());
  preview->state = base_;
  preview_ = std::move(preview);
  const StepContext context{catalog_, options_,
                            ResolveSettings(options_, base_.metadata->properties)};
  for (const auto& step : preview_->steps) {
    auto next = step->Apply(preview_->state, context);
    if (!next.ok()) {
      DropPreview();
      return next.status();
    }
    preview_->state.metadata = std::make_shared<const TableMetadata>(*std::move(next));
    preview_->counts = step->counts();
    if (const auto id = step->snapshot_id()) preview_->snapshot_id = id;
  }
  return preview_->state;
}

arrow::Result<CommitResult> StagedTable::Commit() {
  if (is_settled_)
    return arrow::Status::Invalid("the changes of ", base_.name.ToString(),
                                  " were committed or discarded before");
  if (is_new_) return Finish(CreateNew());
  DropPreview();
  auto steps = MakeSteps();
  if (!steps.ok()) return Finish(steps.status());
  for (const auto& retention : retentions_) {
    const auto expire = [retention, &clock = catalog_.clock()](const TableMetadata& metadata) {
      return artemis::ExpireSnapshots(metadata, retention, clock.Now());
    };
    steps->push_back(std::make_unique<MetadataStep>("expire", expire));
  }
  if (steps->empty()) return Finish(CommitResult{base_, base_.metadata->current_snapshot_id});
  return Finish(RunCommit(catalog_, base_.name, *std::move(steps), options_));
}

arrow::Result<CommitResult> StagedTable::Commit(CommitOptions options) {
  options_ = std::move(options);
  return Commit();
}

arrow::Result<CommitResult> StagedTable::CreateNew() {
  ARROW_ASSIGN_OR_RAISE(const LoadedTable state, State());
  const CommitCounts counts = preview_ ? preview_->counts : CommitCounts();
  CommitEvent event(base_.name, options_);
  auto created = catalog_.Create(base_.name, *state.metadata, {"create", options_.author});
  const CommitCounts made{"create", counts.added_files, counts.added_rows};
  if (!created.ok()) {
    const bool unknown = FindDetail<CommitUnknown>(created.status()) != nullptr;
    event.Failed(unknown ? "unknown" : "failed", 1, made);
    return created.status();
  }
  const auto snapshot_id = created->metadata->current_snapshot_id;
  event.Done(snapshot_id, 1, made);
  return CommitResult{*std::move(created), snapshot_id};
}

// What is, or may be, in the table by now is no longer ours to remove.
arrow::Result<CommitResult> StagedTable::Finish(arrow::Result<CommitResult> result) {
  const bool is_unknown = !result.ok() && FindDetail<CommitUnknown>(result.status()) != nullptr;
  if (result.ok() && !result->already_done) {
    for (const auto& file : added_) {
      const bool entered =
          !delta_ || std::any_of(delta_->added_data.begin(), delta_->added_data.end(),
                                 [&](const DataFile& each) { return each.path == file.path; });
      if (!entered) (void)catalog_.files().Delete(file.path);
    }
    is_settled_ = true;
  }
  if (is_unknown) is_settled_ = true;
  Discard();
  return result;
}

void StagedTable::DropPreview() {
  if (!preview_) return;
  for (const auto& step : preview_->steps) step->DiscardAll();
  preview_.reset();
}

void StagedTable::RemoveDeleteFiles() {
  std::set<std::string> paths;
  for (const auto& file : delete_files_) paths.insert(file.path);
  for (const auto& path : paths) (void)catalog_.files().Delete(path);
  delete_files_.clear();
  delta_.reset();
}

void StagedTable::Discard() {
  if (std::exchange(is_settled_, true)) return;
  DropPreview();
  RemoveDeleteFiles();
  for (const auto& file : added_) (void)catalog_.files().Delete(file.path);
}

}  // namespace artemis

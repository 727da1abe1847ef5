// Collects changes and commits them.
#include "artemis/timetravel/table_transaction.h"

#include <utility>

#include "artemis/base/error.h"
#include "artemis/commit/snapshot_step.h"
#include "artemis/rewrite/staged_table.h"
#include "artemis/table/update.h"
#include "artemis/timetravel/json_records.h"
#include "artemis/timetravel/row_search.h"
#include "artemis/timetravel/schema_change.h"

namespace artemis {

namespace {

// Ids that a transaction gave are its own only while nobody else gave them.
MetadataChange RequireSameIds(std::shared_ptr<const TableMetadata> base,
                              std::shared_ptr<const bool> is_required) {
  return [base = std::move(base), is_required = std::move(is_required)](
             const TableMetadata& metadata) -> arrow::Result<TableMetadata> {
    if (!*is_required || (metadata.last_column_id == base->last_column_id &&
                          metadata.partition_specs == base->partition_specs)) {
      return metadata;
    }
    return CommitConflictError(
        "another writer added columns or changed the partitioning since the transaction began, "
        "which wrote or sought rows in columns of its own");
  };
}

}  // namespace

TableTransaction::TableTransaction(std::shared_ptr<Catalog> catalog, LoadedTable base)
    : catalog_(std::move(catalog)),
      base_(std::move(base)),
      pending_(base_.metadata),
      staged_(std::make_unique<StagedTable>(*catalog_, base_)),
      requires_same_ids_(std::make_shared<bool>(false)) {
  // It fails only where it is required.
  (void)staged_->ChangeMetadata(RequireSameIds(base_.metadata, requires_same_ids_));
}

TableTransaction::~TableTransaction() = default;
TableTransaction::TableTransaction(TableTransaction&&) noexcept = default;

arrow::Status TableTransaction::RequireOpen() const {
  if (!is_over_) return arrow::Status::OK();
  return arrow::Status::Invalid("the transaction is over: begin another one");
}

bool TableTransaction::GivesIds() const {
  return pending_->last_column_id != base_.metadata->last_column_id ||
         pending_->partition_specs != base_.metadata->partition_specs;
}

void TableTransaction::AddRows(std::vector<DataFile> files) {
  for (const auto& file : files) rows_added_ += file.record_count;
  staged_->AddFiles(std::move(files));
  is_changed_ = has_rows_ = true;
}

arrow::Status TableTransaction::Append(arrow::RecordBatchReader& rows) {
  ARROW_RETURN_NOT_OK(RequireOpen());
  ARROW_ASSIGN_OR_RAISE(auto files, WriteRows(pending_, catalog_->files(), rows));
  AddRows(std::move(files));
  return arrow::Status::OK();
}

arrow::Status TableTransaction::Append(const std::shared_ptr<arrow::RecordBatch>& rows) {
  ARROW_ASSIGN_OR_RAISE(const auto stream, AsStream(rows));
  return Append(*stream);
}

arrow::Status TableTransaction::AppendJson(std::string_view records) {
  ARROW_ASSIGN_OR_RAISE(const auto rows, ReadJsonRecords(*pending_, records));
  return Append(*rows);
}

arrow::Result<int64_t> TableTransaction::Delete(const Predicate& where) {
  ARROW_RETURN_NOT_OK(RequireOpen());
  ARROW_ASSIGN_OR_RAISE(const auto predicate, Bind(where, pending_->CurrentSchema()));
  ARROW_ASSIGN_OR_RAISE(const LoadedTable state, staged_->State());
  ARROW_ASSIGN_OR_RAISE(const auto rows, FindRows(*state.metadata, predicate, catalog_->files()));
  int64_t count = 0;
  for (const auto& [path, positions] : rows) count += std::ssize(positions);
  staged_->NoteRead(predicate);
  if (count == 0) return 0;
  ARROW_RETURN_NOT_OK(staged_->DeleteRows(rows));
  rows_deleted_ += count;
  is_changed_ = has_rows_ = has_deletes_ = true;
  return count;
}

arrow::Result<int64_t> TableTransaction::Overwrite(const Predicate& where,
                                                   arrow::RecordBatchReader& rows) {
  ARROW_RETURN_NOT_OK(RequireOpen());
  ARROW_RETURN_NOT_OK(Bind(where, pending_->CurrentSchema()).status());
  ARROW_ASSIGN_OR_RAISE(auto files, WriteRows(pending_, catalog_->files(), rows));
  const auto deleted = Delete(where);
  if (deleted.ok()) {
    AddRows(std::move(files));
  } else {
    RemoveFiles(catalog_->files(), files);
  }
  return deleted;
}

arrow::Result<int64_t> TableTransaction::Overwrite(
    const Predicate& where, const std::shared_ptr<arrow::RecordBatch>& rows) {
  ARROW_ASSIGN_OR_RAISE(const auto stream, AsStream(rows));
  return Overwrite(where, *stream);
}

arrow::Status TableTransaction::ChangeMetadata(const MetadataChange& change) {
  ARROW_RETURN_NOT_OK(RequireOpen());
  ARROW_ASSIGN_OR_RAISE(auto next, change(*pending_));
  ARROW_RETURN_NOT_OK(staged_->ChangeMetadata(change));
  pending_ = std::make_shared<const TableMetadata>(std::move(next));
  is_changed_ = true;
  return arrow::Status::OK();
}

arrow::Status TableTransaction::AddColumn(std::string_view full_name, std::string_view type) {
  return ChangeMetadata(AddingColumn(full_name, type));
}
arrow::Status TableTransaction::RenameColumn(std::string_view full_name,
                                             std::string_view new_name) {
  return ChangeMetadata(RenamingColumn(full_name, new_name));
}
arrow::Status TableTransaction::DropColumn(std::string_view full_name) {
  return ChangeMetadata(DroppingColumn(full_name));
}
arrow::Status TableTransaction::WidenColumn(std::string_view full_name, std::string_view type) {
  return ChangeMetadata(WideningColumn(full_name, type));
}

arrow::Status TableTransaction::SetProperty(const std::string& key, const std::string& value) {
  return ChangeMetadata(
      [key, value](const TableMetadata& metadata) -> arrow::Result<TableMetadata> {
        return SetProperties(metadata, {{key, value}});
      });
}

arrow::Status TableTransaction::Tag(const std::string& name, SnapshotId id) {
  return ChangeMetadata([name, id](const TableMetadata& metadata) -> arrow::Result<TableMetadata> {
    if (metadata.refs.contains(name)) {
      return arrow::Status::AlreadyExists("ref '", name, "' exists");
    }
    SnapshotRef tag;
    tag.kind = SnapshotRef::Kind::kTag;
    tag.snapshot_id = id;
    return SetRef(metadata, name, tag);
  });
}

arrow::Status TableTransaction::RollbackTo(SnapshotId id) {
  if (has_rows_) {
    return arrow::Status::Invalid(
        "a rollback comes before rows that enter or leave in one transaction: it would take them "
        "back, too");
  }
  return ChangeMetadata([id, &clock = catalog_->clock()](
                            const TableMetadata& metadata) -> arrow::Result<TableMetadata> {
    if (metadata.FindSnapshot(id) == nullptr) return NoSuchSnapshotError(artemis::ToString(id));
    if (!IsAncestor(metadata, metadata.current_snapshot_id, id)) {
      return arrow::Status::Invalid("snapshot ", id.value,
                                    " is no ancestor of the current snapshot");
    }
    return SetMainSnapshot(metadata, id, clock.Now());
  });
}

arrow::Status TableTransaction::ExpireSnapshots(const OlderThan& older_than,
                                                std::optional<int32_t> keep_min) {
  ARROW_RETURN_NOT_OK(RequireOpen());
  const SnapshotRetention retention{older_than, keep_min};
  ARROW_RETURN_NOT_OK(PlanExpiry(*pending_, retention, catalog_->clock().Now()).status());
  staged_->ExpireSnapshots(retention);
  is_changed_ = true;
  return arrow::Status::OK();
}

arrow::Result<TableChange> TableTransaction::Commit(const CommitOptions& options) {
  ARROW_RETURN_NOT_OK(RequireOpen());
  is_over_ = true;
  // Without a commit the rows that were written are gone by the end.
  const auto staged = std::move(staged_);
  if (has_deletes_ && options.branch != "main") {
    return arrow::Status::Invalid("rows of main were deleted: they are no rows of branch '",
                                  options.branch, "'");
  }
  TableChange change;
  change.snapshot_id = base_.metadata->current_snapshot_id;
  if (!is_changed_) return change;
  *requires_same_ids_ = GivesIds() && has_rows_;
  ARROW_ASSIGN_OR_RAISE(const auto committed, staged->Commit(options));
  change.snapshot_id = committed.snapshot_id;
  change.already_done = committed.already_done;
  if (change.already_done) return change;
  change.rows_added = rows_added_;
  change.rows_deleted = rows_deleted_;
  return change;
}

}  // namespace artemis

// Collects changes and commits them.
#include "artemis/timetravel/table_transaction.h"

#include <utility>

#include "artemis/base/error.h"
#include "artemis/commit/snapshot_step.h"
#include "artemis/table/update.h"
#include "artemis/timetravel/json_records.h"
#include "artemis/timetravel/schema_change.h"

namespace artemis {

namespace {

// Ids that a transaction gave are its own only while nobody else gave them.
MetadataChange RequireSameIds(std::shared_ptr<const TableMetadata> base) {
  return [base = std::move(base)](const TableMetadata& metadata) -> arrow::Result<TableMetadata> {
    if (metadata.last_column_id == base->last_column_id &&
        metadata.partition_specs == base->partition_specs) {
      return metadata;
    }
    return CommitConflictError(
        "another writer added columns or changed the partitioning since the transaction began, "
        "which wrote rows in columns of its own");
  };
}

}  // namespace

TableTransaction::TableTransaction(std::shared_ptr<Catalog> catalog, LoadedTable base)
    : catalog_(std::move(catalog)), base_(std::move(base)), pending_(base_.metadata) {}

TableTransaction::~TableTransaction() {
  if (!is_over_) RemoveWritten();
}

TableTransaction::TableTransaction(TableTransaction&&) noexcept = default;

arrow::Status TableTransaction::RequireOpen() const {
  if (!is_over_) return arrow::Status::OK();
  return arrow::Status::Invalid("the transaction is over: begin another one");
}

bool TableTransaction::GivesIds() const {
  return pending_->last_column_id != base_.metadata->last_column_id ||
         pending_->partition_specs != base_.metadata->partition_specs;
}

void TableTransaction::RemoveWritten() {
  if (!written_.empty()) RemoveFiles(catalog_->files(), written_);
  written_.clear();
}

arrow::Status TableTransaction::Append(arrow::RecordBatchReader& rows) {
  ARROW_RETURN_NOT_OK(RequireOpen());
  ARROW_ASSIGN_OR_RAISE(auto files, WriteRows(pending_, catalog_->files(), rows));
  for (const auto& file : files) rows_added_ += file.record_count;
  written_.insert(written_.end(), files.begin(), files.end());
  steps_.push_back([files](Transaction& transaction) { transaction.Append(files); });
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

arrow::Status TableTransaction::ChangeMetadata(const MetadataChange& change) {
  ARROW_RETURN_NOT_OK(RequireOpen());
  ARROW_ASSIGN_OR_RAISE(auto next, change(*pending_));
  pending_ = std::make_shared<const TableMetadata>(std::move(next));
  steps_.push_back([change](Transaction& transaction) { transaction.UpdateMetadata(change); });
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
  steps_.push_back(
      [retention](Transaction& transaction) { transaction.ExpireSnapshots(retention); });
  return arrow::Status::OK();
}

arrow::Result<TableChange> TableTransaction::Commit(const CommitOptions& options) {
  ARROW_RETURN_NOT_OK(RequireOpen());
  is_over_ = true;
  TableChange change;
  change.snapshot_id = base_.metadata->current_snapshot_id;
  if (steps_.empty()) return change;
  Transaction transaction(*catalog_, base_.name);
  if (GivesIds() && !written_.empty()) transaction.UpdateMetadata(RequireSameIds(base_.metadata));
  for (const auto& step : steps_) step(transaction);
  const auto committed = transaction.Commit(options);
  const bool repeated = committed.ok() && committed->already_done;
  if (repeated || IsCertainlyNotCommitted(committed.status())) RemoveWritten();
  ARROW_RETURN_NOT_OK(committed.status());
  change.snapshot_id = committed->snapshot_id;
  change.already_done = repeated;
  if (!repeated) change.rows_added = rows_added_;
  return change;
}

}  // namespace artemis

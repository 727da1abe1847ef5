// Every call on the parts that do the work.
#include "artemis/timetravel/table.h"

#include <utility>

#include "artemis/base/error.h"
#include "artemis/base/time_text.h"
#include "artemis/rewrite/overwrite.h"
#include "artemis/schema/evolution.h"
#include "artemis/table/update.h"
#include "artemis/timetravel/json_records.h"
#include "artemis/timetravel/schema_change.h"

namespace artemis {

namespace {

using OptionalSnapshot = std::optional<Snapshot>;

TableChange FromRewrite(const RewriteResult& result) {
  TableChange change;
  change.snapshot_id = result.commit.snapshot_id;
  change.rows_added = result.rows_added;
  change.rows_deleted = result.rows_deleted;
  change.already_done = result.commit.already_done;
  return change;
}

RewriteOptions ToRewrite(const CommitOptions& commit) {
  RewriteOptions options;
  options.commit = commit;
  return options;
}

}  // namespace

Table::Table(std::shared_ptr<Catalog> catalog, TableName name)
    : catalog_(std::move(catalog)), name_(std::move(name)) {}

arrow::Result<Schema> Table::CurrentSchema() const {
  ARROW_ASSIGN_OR_RAISE(const auto table, Load());
  return table.metadata->CurrentSchema();
}

arrow::Result<std::vector<Snapshot>> Table::Snapshots() const {
  ARROW_ASSIGN_OR_RAISE(const auto table, Load());
  return table.metadata->snapshots;
}

arrow::Result<std::optional<Snapshot>> Table::CurrentSnapshot() const {
  ARROW_ASSIGN_OR_RAISE(const auto table, Load());
  const Snapshot* snapshot = table.metadata->CurrentSnapshot();
  return snapshot != nullptr ? OptionalSnapshot(*snapshot) : OptionalSnapshot();
}

arrow::Result<Snapshot> Table::SnapshotById(SnapshotId id) const {
  ARROW_ASSIGN_OR_RAISE(const auto table, Load());
  if (const Snapshot* snapshot = table.metadata->FindSnapshot(id)) return *snapshot;
  return Resolve(*catalog_, table, id).status();
}

arrow::Result<std::vector<CurrentInterval>> Table::History() const {
  ARROW_ASSIGN_OR_RAISE(const auto table, Load());
  return SnapshotHistory(*catalog_, table);
}

arrow::Result<SnapshotView> Table::TimeTravel(const ReplayTarget& target,
                                              ProjectionMode mode) const {
  ARROW_ASSIGN_OR_RAISE(const auto table, Load());
  ARROW_ASSIGN_OR_RAISE(auto pin, Resolve(*catalog_, table, target, mode));
  return SnapshotView(catalog_, name_, std::move(pin));
}

arrow::Result<TableChange> Table::Append(std::shared_ptr<arrow::RecordBatchReader> rows,
                                         const CommitOptions& options) const {
  ARROW_ASSIGN_OR_RAISE(const auto table, Load());
  ARROW_ASSIGN_OR_RAISE(auto files, WriteRows(table.metadata, catalog_->files(), *rows));
  const auto committed = AppendFiles(*catalog_, name_, files, options);
  const bool repeated = committed.ok() && committed->already_done;
  if (repeated || IsCertainlyNotCommitted(committed.status()))
    RemoveFiles(catalog_->files(), files);
  ARROW_RETURN_NOT_OK(committed.status());
  TableChange change;
  change.snapshot_id = committed->snapshot_id;
  change.already_done = repeated;
  if (repeated) return change;
  for (const auto& file : files) change.rows_added += file.record_count;
  return change;
}

arrow::Result<TableChange> Table::Append(const std::shared_ptr<arrow::RecordBatch>& rows,
                                         const CommitOptions& options) const {
  ARROW_ASSIGN_OR_RAISE(auto stream, AsStream(rows));
  return Append(std::move(stream), options);
}

arrow::Result<TableChange> Table::AppendJson(std::string_view records,
                                             const CommitOptions& options) const {
  ARROW_ASSIGN_OR_RAISE(const auto table, Load());
  ARROW_ASSIGN_OR_RAISE(auto rows, ReadJsonRecords(*table.metadata, records));
  return Append(std::move(rows), options);
}

arrow::Result<TableChange> Table::Overwrite(const Predicate& where,
                                            std::shared_ptr<arrow::RecordBatchReader> rows,
                                            const CommitOptions& options) const {
  ARROW_ASSIGN_OR_RAISE(const auto result, OverwriteWhere(*catalog_, name_, where, std::move(rows),
                                                          ToRewrite(options)));
  return FromRewrite(result);
}

arrow::Result<TableChange> Table::Overwrite(const Predicate& where,
                                            const std::shared_ptr<arrow::RecordBatch>& rows,
                                            const CommitOptions& options) const {
  ARROW_ASSIGN_OR_RAISE(auto stream, AsStream(rows));
  return Overwrite(where, std::move(stream), options);
}

arrow::Result<TableChange> Table::Delete(const Predicate& where,
                                         const CommitOptions& options) const {
  ARROW_ASSIGN_OR_RAISE(const auto result,
                        DeleteWhere(*catalog_, name_, where, ToRewrite(options)));
  return FromRewrite(result);
}

arrow::Status Table::Alter(const SchemaChange& change) const {
  return UpdateMetadata(*catalog_, name_, "alter", change).status();
}

arrow::Status Table::AddColumn(std::string_view full_name, std::string_view type) const {
  return Alter(AddingColumn(full_name, type));
}
arrow::Status Table::RenameColumn(std::string_view full_name, std::string_view new_name) const {
  return Alter(RenamingColumn(full_name, new_name));
}
arrow::Status Table::DropColumn(std::string_view full_name) const {
  return Alter(DroppingColumn(full_name));
}
arrow::Status Table::WidenColumn(std::string_view full_name, std::string_view type) const {
  return Alter(WideningColumn(full_name, type));
}

arrow::Status Table::RollbackTo(SnapshotId id, const CommitOptions& options) const {
  ARROW_RETURN_NOT_OK(SnapshotById(id).status());
  return artemis::RollbackTo(*catalog_, name_, id, false, options).status();
}

arrow::Status Table::RollbackTo(TimestampMs time, const CommitOptions& options) const {
  ARROW_ASSIGN_OR_RAISE(const auto then, TimeTravel(time));
  if (then.snapshot_id()) return RollbackTo(*then.snapshot_id(), options);
  return arrow::Status::Invalid("table ", name_.ToString(), " had no snapshot yet at ",
                                FormatTime(time), ": there is nothing to roll back to");
}

arrow::Status Table::Tag(const std::string& name, std::optional<SnapshotId> id) const {
  if (id) ARROW_RETURN_NOT_OK(SnapshotById(*id).status());
  RefChange change;
  change.name = name;
  change.kind = SnapshotRef::Kind::kTag;
  change.snapshot_id = id;
  return SetRef(*catalog_, name_, change).status();
}

arrow::Result<Expiry> Table::ExpireSnapshots(const OlderThan& older_than,
                                             std::optional<int32_t> keep_min,
                                             const CommitOptions& options) const {
  const SnapshotRetention retention{older_than, keep_min};
  ARROW_ASSIGN_OR_RAISE(auto result,
                        artemis::ExpireSnapshots(*catalog_, name_, retention, options));
  return std::move(result.expired);
}

arrow::Result<TableTransaction> Table::NewTransaction() const {
  ARROW_ASSIGN_OR_RAISE(auto table, Load());
  return TableTransaction(catalog_, std::move(table));
}

}  // namespace artemis

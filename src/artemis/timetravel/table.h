// The plain time-travel API: tables as users of table libraries know them. Everything it does can be done with the parts below it, which
// know more. Guide, whose code is compiled and run: docs/time-travel-api.md
//
//   auto table = *CreateTable("lab.readings", schema);
//   auto first = *table.AppendJson(R"([{"mission": "apollo-7", "volts": 28.1}])");
//   table.AppendJson(R"({"mission": "gemini-4", "volts": 24.5})");
//   auto then = *table.TimeTravel(*first.snapshot_id);
//   auto rows = *then.ToTable(Column("volts") > 25.0);
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <arrow/record_batch.h>
#include <arrow/result.h>
#include <arrow/type.h>

#include "artemis/catalog/open_catalog.h"
#include "artemis/commit/commit.h"
#include "artemis/commit/expire.h"
#include "artemis/timetravel/column_filter.h"
#include "artemis/timetravel/schema_match.h"
#include "artemis/timetravel/snapshot_history.h"
#include "artemis/timetravel/snapshot_view.h"
#include "artemis/timetravel/table_change.h"
#include "artemis/timetravel/table_transaction.h"

namespace artemis {

struct TableOptions {
  // Where names are looked up; of a path the file system and the clock are taken (table_place.h).
  CatalogOptions catalog;
  // Of a table that is made: "mission_id, day(ts) as day".
  std::string partition;
  std::map<std::string, std::string> properties;
  // Unset: 2, or 3 where a column needs it.
  std::optional<int32_t> format_version;
};

// One table. Holds no state of it: every call reads the newest, so that changes by others are seen. Copies are the same table.
// Thread-safe. Failures besides those named: what the catalog and the file system say; NoSuchTable where it was dropped.
//
// Calls that commit take what commit.h says of a commit: retries, author, message, once_key, branch. CommitConflict: nothing was changed.
// CommitUnknown: it may have been; nothing is removed.
class Table {
 public:
  Table(std::shared_ptr<Catalog> catalog, TableName name);

  const TableName& name() const { return name_; }
  Catalog& catalog() const { return *catalog_; }
  arrow::Result<LoadedTable> Load() const { return catalog_->Load(name_); }
  // The columns of today.
  arrow::Result<Schema> CurrentSchema() const;

  // ---- What was ----

  // All snapshots, in the order of the metadata: their ids, times (UTC), parents, operations, manifest lists, schemas and summaries.
  arrow::Result<std::vector<Snapshot>> Snapshots() const;
  // Unset before the first commit.
  arrow::Result<std::optional<Snapshot>> CurrentSnapshot() const;
  // NoSuchSnapshot for an id the table never had; SnapshotExpired, with the oldest time that is left, for one it had.
  arrow::Result<Snapshot> SnapshotById(SnapshotId id) const;
  // Which of them was current, from when to when.
  arrow::Result<std::vector<CurrentInterval>> History() const;

  // The table at a snapshot, at a time, at a tag or branch, or (without a target) as it is: by the rules of docs/design/replay.md. Before
  // the first commit a view without rows, which no error is; before the table existed NoSuchTable with the time it was made; where the
  // history was expired SnapshotExpired with the oldest time that is left; NoSuchSnapshot. Never another snapshot in silence.
  // `mode` says whose columns: the snapshot's, or (kCurrent) the table's of today.
  arrow::Result<SnapshotView> TimeTravel(const ReplayTarget& target = {},
                                         ProjectionMode mode = ProjectionMode::kSnapshotTime) const;

  // ---- What changes ----

  // One snapshot per call. Columns are matched by name: any order, optional ones may be missing, narrower types are widened. Invalid
  // names a column that the table does not have, a value that does not fit, a required one that is missing.
  arrow::Result<TableChange> Append(std::shared_ptr<arrow::RecordBatchReader> rows,
                                    const CommitOptions& options = {}) const;
  arrow::Result<TableChange> Append(const std::shared_ptr<arrow::RecordBatch>& rows,
                                    const CommitOptions& options = {}) const;
  // "[{…}, …]" or objects one after another (json_records.h).
  arrow::Result<TableChange> AppendJson(std::string_view records,
                                        const CommitOptions& options = {}) const;
  // Removes the rows for which `where` is true and adds `rows`, in one snapshot (rewrite/overwrite.h).
  arrow::Result<TableChange> Overwrite(const Predicate& where,
                                       std::shared_ptr<arrow::RecordBatchReader> rows,
                                       const CommitOptions& options = {}) const;
  arrow::Result<TableChange> Overwrite(const Predicate& where,
                                       const std::shared_ptr<arrow::RecordBatch>& rows,
                                       const CommitOptions& options = {}) const;
  // No matching row: no snapshot.
  arrow::Result<TableChange> Delete(const Predicate& where,
                                    const CommitOptions& options = {}) const;

  // Schema evolution, by field id: no file is written again, and no snapshot made. `type` as in "double", "decimal(9, 2)".
  arrow::Status AddColumn(std::string_view full_name, std::string_view type) const;
  arrow::Status RenameColumn(std::string_view full_name, std::string_view new_name) const;
  arrow::Status DropColumn(std::string_view full_name) const;
  arrow::Status WidenColumn(std::string_view full_name, std::string_view type) const;

  // Makes an ancestor of the current snapshot current again; nothing is removed, and what was rolled back can still be read by its id.
  // Invalid where it is no ancestor; NoSuchSnapshot, SnapshotExpired. Where it is current already nothing is changed.
  arrow::Status RollbackTo(SnapshotId id, const CommitOptions& options = {}) const;
  // The one that was current at a time. Invalid where there was none yet; errors of TimeTravel.
  arrow::Status RollbackTo(TimestampMs time, const CommitOptions& options = {}) const;

  // Names a snapshot, which expiry then leaves alone: the current one unless another is given. AlreadyExists.
  arrow::Status Tag(const std::string& name, std::optional<SnapshotId> id = std::nullopt) const;

  // Takes snapshots out of the metadata that are older than an age (std::chrono) or committed before an instant (TimestampMs): two types
  // that do not mix (commit/expire.h, with what stays in every case). `keep_min`: at least so many of each branch stay. Files stay;
  // `artemis-table files --orphans` lists them. Says what is gone.
  arrow::Result<Expiry> ExpireSnapshots(const OlderThan& older_than,
                                        std::optional<int32_t> keep_min = std::nullopt,
                                        const CommitOptions& options = {}) const;

  // Several changes that are seen at once, or not at all.
  arrow::Result<TableTransaction> NewTransaction() const;

 private:
  using SchemaChange = std::function<arrow::Result<TableMetadata>(const TableMetadata&)>;
  arrow::Status Alter(const SchemaChange& change) const;

  std::shared_ptr<Catalog> catalog_;
  TableName name_;
};

// Makes the table, or opens the one that is there, where its columns are those of `schema` (schema_match.h); else SchemaMismatch, which
// names the first that differs, and nothing is changed. The field ids of `schema` become the table's and have to be those of a table
// that is there; where all are 0 they are given anew, and names alone are compared. `where`: table_place.h. The other options say what
// a new table is made like; of one that is there they are not compared.
arrow::Result<Table> CreateTable(const std::string& where, const Schema& schema,
                                 const TableOptions& options = {});
// Of Arrow's types (schema/arrow_schema.h); field ids under "PARQUET:field_id" count as above.
arrow::Result<Table> CreateTable(const std::string& where, const arrow::Schema& schema,
                                 const TableOptions& options = {});
// In a catalog that is open.
arrow::Result<Table> CreateTable(std::shared_ptr<Catalog> catalog, const TableName& name,
                                 const Schema& schema, const TableOptions& options = {});
// NoSuchTable where it is not there.
arrow::Result<Table> OpenTable(const std::string& where, const TableOptions& options = {});

}  // namespace artemis

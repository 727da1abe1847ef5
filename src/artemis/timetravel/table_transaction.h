// Several changes of one table in one swap, through the plain API: all of them are seen at once, or none.
//
//   auto transaction = *table.NewTransaction();
//   transaction.AddColumn("site", "string");
//   transaction.AppendJson(R"({"mission": "apollo-7", "volts": 28.1, "site": "KSC"})");
//   transaction.ExpireSnapshots(std::chrono::hours(24 * 7));
//   auto change = *transaction.Commit();
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <arrow/record_batch.h>
#include <arrow/result.h>

#include "artemis/catalog/catalog.h"
#include "artemis/commit/commit.h"
#include "artemis/commit/expire.h"
#include "artemis/expr/predicate.h"
#include "artemis/timetravel/table_change.h"

namespace artemis {

class StagedTable;

// Each change sees those before it. Rows are written when they are given, to files that no reader sees until Commit; without it, or where
// it fails for certain, they are removed. A change that fails changes nothing, and the others can still be committed.
//
// What others commit meanwhile stays: the changes are applied to the newest metadata, as every commit's are (docs/design/commit.md). Only
// where rows were written in columns or a partitioning that this transaction itself made, a change of either by others is a
// CommitConflict: the ids would name something else. Rows that others added meanwhile and that a Delete or Overwrite of the transaction
// should have seen are a CommitConflict as well (CommitOptions::isolation): unlike Table's, which plan again, they need a new transaction.
// All rows that enter and leave make one snapshot.
//
// Not thread-safe.
class TableTransaction {
 public:
  TableTransaction(std::shared_ptr<Catalog> catalog, LoadedTable base);
  ~TableTransaction();
  TableTransaction(TableTransaction&&) noexcept;
  TableTransaction(const TableTransaction&) = delete;

  // As those of Table.
  arrow::Status Append(arrow::RecordBatchReader& rows);
  arrow::Status Append(const std::shared_ptr<arrow::RecordBatch>& rows);
  arrow::Status AppendJson(std::string_view records);
  // Takes out the rows for which `where` is true, also those that the transaction itself added; its columns are those of this point of
  // the transaction. Files of which no row is left leave the table; in others rows are marked deleted (merge-on-read), whatever the
  // table's write.delete.mode says, so that nothing has to be written again when others were faster. Says how many rows.
  arrow::Result<int64_t> Delete(const Predicate& where);
  // The same, and adds `rows`.
  arrow::Result<int64_t> Overwrite(const Predicate& where, arrow::RecordBatchReader& rows);
  arrow::Result<int64_t> Overwrite(const Predicate& where,
                                   const std::shared_ptr<arrow::RecordBatch>& rows);
  arrow::Status AddColumn(std::string_view full_name, std::string_view type);
  arrow::Status RenameColumn(std::string_view full_name, std::string_view new_name);
  arrow::Status DropColumn(std::string_view full_name);
  arrow::Status WidenColumn(std::string_view full_name, std::string_view type);
  arrow::Status SetProperty(const std::string& key, const std::string& value);
  arrow::Status Tag(const std::string& name, SnapshotId id);
  // To an ancestor of the current snapshot. Invalid once rows have entered or left: they would be rolled back, too.
  arrow::Status RollbackTo(SnapshotId id);
  // Of what all changes of the transaction leave.
  arrow::Status ExpireSnapshots(const OlderThan& older_than,
                                std::optional<int32_t> keep_min = std::nullopt);
  // Any other change of the metadata (table/update.h).
  arrow::Status ChangeMetadata(const MetadataChange& change);

  // Once only. Without changes nothing is committed. The snapshot is the one made, or the current one where none was. Invalid: rows were
  // deleted, and options.branch is another than main, whose rows they are.
  arrow::Result<TableChange> Commit(const CommitOptions& options = {});

 private:
  arrow::Status RequireOpen() const;
  bool GivesIds() const;
  void AddRows(std::vector<DataFile> files);

  std::shared_ptr<Catalog> catalog_;
  LoadedTable base_;
  // The metadata after the changes so far, rows excepted.
  std::shared_ptr<const TableMetadata> pending_;
  std::unique_ptr<StagedTable> staged_;
  // Set at Commit; the first change of staged_ looks at it.
  std::shared_ptr<bool> requires_same_ids_;
  int64_t rows_added_ = 0, rows_deleted_ = 0;
  bool is_changed_ = false, has_rows_ = false, has_deletes_ = false;
  bool is_over_ = false;
};

}  // namespace artemis

// Several changes of one table in one swap, through the plain API: all of them are seen at once, or none.
//
//   auto transaction = *table.NewTransaction();
//   transaction.AddColumn("site", "string");
//   transaction.AppendJson(R"({"mission": "apollo-7", "volts": 28.1, "site": "KSC"})");
//   transaction.ExpireSnapshots(std::chrono::hours(24 * 7));
//   auto change = *transaction.Commit();
#pragma once

#include <functional>
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
#include "artemis/timetravel/table_change.h"

namespace artemis {

// Each change sees those before it. Rows are written when they are given, to files that no reader sees until Commit; without it, or where
// it fails for certain, they are removed. A change that fails changes nothing, and the others can still be committed.
//
// What others commit meanwhile stays: the changes are applied to the newest metadata, as every commit's are (docs/design/commit.md). Only
// where rows were written in columns or a partitioning that this transaction itself made, a change of either by others is a
// CommitConflict: the ids would name something else. Each Append makes a snapshot of its own; only the last enters the history.
//
// Not thread-safe. Deletes and overwrites by predicate are no part of it: they plan on what is committed.
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
  arrow::Status AddColumn(std::string_view full_name, std::string_view type);
  arrow::Status RenameColumn(std::string_view full_name, std::string_view new_name);
  arrow::Status DropColumn(std::string_view full_name);
  arrow::Status WidenColumn(std::string_view full_name, std::string_view type);
  arrow::Status SetProperty(const std::string& key, const std::string& value);
  arrow::Status Tag(const std::string& name, SnapshotId id);
  // To an ancestor of what is current at this point of the transaction.
  arrow::Status RollbackTo(SnapshotId id);
  arrow::Status ExpireSnapshots(const OlderThan& older_than,
                                std::optional<int32_t> keep_min = std::nullopt);
  // Any other change of the metadata (table/update.h).
  arrow::Status ChangeMetadata(const MetadataChange& change);

  // Once only. Without changes nothing is committed. The snapshot is the last one made, or the current one where none was.
  arrow::Result<TableChange> Commit(const CommitOptions& options = {});

 private:
  arrow::Status RequireOpen() const;
  bool GivesIds() const;
  void RemoveWritten();

  std::shared_ptr<Catalog> catalog_;
  LoadedTable base_;
  // The metadata after the changes so far, appends excepted.
  std::shared_ptr<const TableMetadata> pending_;
  std::vector<std::function<void(Transaction&)>> steps_;
  std::vector<DataFile> written_;
  int64_t rows_added_ = 0;
  bool is_over_ = false;
};

}  // namespace artemis

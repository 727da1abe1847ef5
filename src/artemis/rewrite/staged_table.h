// Changes of one table that their maker sees before anyone else: rows that enter, rows that are deleted, metadata that changes, in any
// order and in several steps; one swap at the end, with at most one snapshot.
//
//   StagedTable staged(catalog, base);
//   staged.AddFiles(files);
//   staged.State()            // a table to plan and read on, with those rows
//   staged.DeleteRows({{path, {0, 7}}});
//   staged.Commit();
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <arrow/result.h>

#include "artemis/commit/commit.h"
#include "artemis/commit/expire.h"
#include "artemis/expr/predicate.h"

namespace artemis {

class CommitStep;
struct PositionDeletes;

// Not thread-safe. The catalog must outlive it. Without Commit, the destructor takes everything back (Discard).
class StagedTable {
 public:
  // Of a table as it was loaded. NotImplemented comes from State and Commit for a table of version 1.
  StagedTable(Catalog& catalog, LoadedTable base, CommitOptions options = {});
  // Of a table that does not exist before Commit enters it, with its rows: `metadata` as MakeTableMetadata gives it.
  static std::unique_ptr<StagedTable> OfNewTable(Catalog& catalog, const TableName& name,
                                                 TableMetadata metadata,
                                                 CommitOptions options = {});
  ~StagedTable();

  StagedTable(const StagedTable&) = delete;
  StagedTable& operator=(const StagedTable&) = delete;

  const TableName& name() const { return base_.name; }
  // The table as it was before all changes.
  const LoadedTable& base() const { return base_; }
  bool is_new() const { return is_new_; }
  bool is_changed() const {
    return !metadata_changes_.empty() || !added_.empty() || !deleted_.empty() || removes_base_ ||
           !retentions_.empty();
  }

  // Data files of State()'s schema that are durable. They belong to the staged table from now on.
  void AddFiles(std::vector<DataFile> files);
  // Rows of State(), by data file (its path as the manifest has it) and position; 0 is the file's first row. Live ones only. Invalid
  // names a path that is no file of the table.
  arrow::Status DeleteRows(const std::map<std::string, std::vector<int64_t>>& rows);
  // All rows of State() leave, as whole files: those of the base, and those that were added so far. Every file that another commit adds
  // meanwhile is a conflict.
  arrow::Status DeleteAllRows();
  // Tried at once on State()'s metadata: the error of `change`. Where it gives out ids (of columns, partition fields, specs or orders) and
  // rows are changed, too, another writer that gives out some meanwhile is a conflict: the files were written under these.
  arrow::Status ChangeMetadata(MetadataChange change);
  // Takes old snapshots out of the metadata once all other changes are made; State still has them.
  void ExpireSnapshots(SnapshotRetention retention) { retentions_.push_back(std::move(retention)); }
  // The rows that were looked for to choose what leaves, or what enters (an upsert that found none): bound to base's current schema. A file
  // that another commit adds meanwhile is a conflict where it may hold such rows. Where rows leave without any call, every such file is one;
  // rows that only enter, without any call, conflict with none.
  void NoteRead(BoundPredicate predicate);

  // The table with all changes so far. Its snapshot is in no catalog, and its manifests go with the next change: not for longer than
  // until then.
  arrow::Result<LoadedTable> State();

  // Swaps. Failures as in commit.h; AlreadyExists for a new table whose name was taken. Files stay only where they are, or may be, in
  // the table. Nothing changed: no commit. Once only.
  arrow::Result<CommitResult> Commit();
  // With these options in place of those it was made with.
  arrow::Result<CommitResult> Commit(CommitOptions options);
  // Removes what was written, unless a commit succeeded or may have.
  void Discard();

 private:
  struct Preview;

  // Whether another commit's rows could have led to other changes.
  bool rests_on_rows() const { return !deleted_.empty() || removes_base_ || !reads_.empty(); }
  bool IsOwn(const std::string& path) const;
  arrow::Result<RowDeltaChange> BuildDelta(const TableMetadata& metadata);
  arrow::Status MarkOwnRows(RowDeltaChange* delta, std::vector<PositionDeletes>* marks) const;
  arrow::Status MarkBaseRows(const TableMetadata& metadata, RowDeltaChange* delta,
                             std::vector<PositionDeletes>* marks) const;
  arrow::Result<std::vector<std::unique_ptr<CommitStep>>> MakeSteps();
  arrow::Result<TableMetadata> ChangedMetadata() const;
  void DropPreview();
  void RemoveDeleteFiles();
  arrow::Result<CommitResult> Finish(arrow::Result<CommitResult> result);
  arrow::Result<CommitResult> CreateNew();

  Catalog& catalog_;
  LoadedTable base_;
  CommitOptions options_;
  bool is_new_ = false;
  bool is_settled_ = false;
  // All rows of the base leave.
  bool removes_base_ = false;
  std::vector<MetadataChange> metadata_changes_;
  std::vector<DataFile> added_;
  std::map<std::string, std::vector<int64_t>> deleted_;
  std::vector<BoundPredicate> reads_;
  std::vector<SnapshotRetention> retentions_;
  // Written for deleted_ as it stands; emptied when that changes.
  std::optional<RowDeltaChange> delta_;
  std::vector<DataFile> delete_files_;
  std::unique_ptr<Preview> preview_;
};

}  // namespace artemis

// Append, replace, row delta, delete and rewrite: each is a change of files under rules of its own.
#include "artemis/commit/commit.h"
#include "artemis/commit/commit_loop.h"
#include "artemis/commit/file_change.h"

namespace artemis {

std::unique_ptr<CommitStep> MakeAppendStep(std::vector<DataFile> files) {
  FileChange change;
  change.operation = "append";
  change.added_data = std::move(files);
  return std::make_unique<FileChangeStep>(std::move(change));
}

std::unique_ptr<CommitStep> MakeReplaceStep(ReplaceFilesChange replace) {
  FileChange change;
  change.is_planned = replace.validate_from.has_value() || replace.conflicts != nullptr;
  change.planned_on = replace.validate_from;
  change.conflicts = std::move(replace.conflicts);
  if (change.is_planned) change.deletes_of_removed = RowDeleteRule::kAll;
  change.removed_data = std::move(replace.removed);
  change.added_data = std::move(replace.added);
  return std::make_unique<FileChangeStep>(std::move(change));
}

std::unique_ptr<CommitStep> MakeRowDeltaStep(RowDeltaChange delta) {
  FileChange change;
  change.is_planned = delta.validate_from.has_value() || delta.conflicts != nullptr;
  change.planned_on = delta.validate_from;
  change.conflicts = std::move(delta.conflicts);
  if (change.is_planned) change.deletes_of_removed = RowDeleteRule::kAll;
  // Rows that come again elsewhere must not come back from the dead; rows that are only deleted may be deleted twice.
  if (change.is_planned && !delta.added_data.empty()) {
    change.deletes_of_referenced = RowDeleteRule::kAll;
  }
  change.added_data = std::move(delta.added_data);
  change.added_deletes = std::move(delta.added_deletes);
  change.removed_data = std::move(delta.removed_data);
  change.removed_deletes = std::move(delta.removed_deletes);
  change.referenced = std::move(delta.referenced);
  return std::make_unique<FileChangeStep>(std::move(change));
}

std::unique_ptr<CommitStep> MakeDeleteStep(std::vector<std::string> paths) {
  FileChange change;
  change.operation = "delete";
  change.removed_paths = std::move(paths);
  change.missing_is_invalid = true;
  return std::make_unique<FileChangeStep>(std::move(change));
}

std::unique_ptr<CommitStep> MakeRewriteStep(RewriteFilesChange rewrite) {
  FileChange change;
  change.operation = "replace";
  change.keeps_rows = true;
  change.is_planned = rewrite.validate_from.has_value();
  change.planned_on = rewrite.validate_from;
  change.deletes_of_removed =
      rewrite.data_sequence_number ? RowDeleteRule::kPosition : RowDeleteRule::kAll;
  change.data_sequence_number = rewrite.data_sequence_number;
  change.removed_data = std::move(rewrite.removed);
  change.added_data = std::move(rewrite.added);
  change.removed_deletes = std::move(rewrite.removed_deletes);
  change.added_deletes = std::move(rewrite.added_deletes);
  return std::make_unique<FileChangeStep>(std::move(change));
}

arrow::Result<CommitResult> AppendFiles(Catalog& catalog, const TableName& table,
                                        std::vector<DataFile> files, const CommitOptions& options) {
  return RunCommit(catalog, table, MakeAppendStep(std::move(files)), options);
}

arrow::Result<CommitResult> ReplaceFiles(Catalog& catalog, const TableName& table,
                                         ReplaceFilesChange change, const CommitOptions& options) {
  return RunCommit(catalog, table, MakeReplaceStep(std::move(change)), options);
}

arrow::Result<CommitResult> RowDelta(Catalog& catalog, const TableName& table,
                                     RowDeltaChange change, const CommitOptions& options) {
  return RunCommit(catalog, table, MakeRowDeltaStep(std::move(change)), options);
}

arrow::Result<CommitResult> DeleteFiles(Catalog& catalog, const TableName& table,
                                        std::vector<std::string> paths,
                                        const CommitOptions& options) {
  return RunCommit(catalog, table, MakeDeleteStep(std::move(paths)), options);
}

arrow::Result<CommitResult> RewriteFiles(Catalog& catalog, const TableName& table,
                                         RewriteFilesChange change, const CommitOptions& options) {
  return RunCommit(catalog, table, MakeRewriteStep(std::move(change)), options);
}

}  // namespace artemis

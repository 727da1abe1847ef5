// Several changes of one table in one swap: all of them are seen at once, or none.
//
//   Transaction(catalog, name)
//       .UpdateMetadata([](const TableMetadata& m) { return SetProperties(m, {{"k", "v"}}); })
//       .Append(files)
//       .Commit(options);
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <arrow/result.h>

#include "artemis/commit/change.h"
#include "artemis/commit/expire.h"

namespace artemis {

class CommitStep;

// Not thread-safe. The catalog must outlive it. Each step sees what the steps before it have made; on a conflict all of them are applied
// again, in order, to the newest metadata (C3). Each file step makes a snapshot of its own; only the last one of the branch enters
// the snapshot log, since no reader ever saw the others as current.
class Transaction {
 public:
  Transaction(Catalog& catalog, TableName table);
  ~Transaction();
  Transaction(Transaction&&) noexcept;

  // Files of a later step that were written under ids which `change` gives out need it to fail (CommitConflictError) where the newest
  // metadata makes it give out others.
  Transaction& UpdateMetadata(MetadataChange change);
  Transaction& Append(std::vector<DataFile> files);
  Transaction& Replace(ReplaceFilesChange change);
  Transaction& RowDelta(RowDeltaChange change);
  Transaction& DeleteFiles(std::vector<std::string> paths);
  Transaction& RewriteFiles(RewriteFilesChange change);
  // Of what the steps before it have left; the snapshots that they made are as old as they say.
  Transaction& ExpireSnapshots(SnapshotRetention retention);

  // Once only. `operation` is what history and the event call it; empty: that of the last step. Failures as in commit.h; without
  // steps Invalid.
  arrow::Result<CommitResult> Commit(const CommitOptions& options = {},
                                     const std::string& operation = "");

 private:
  Transaction& Add(std::unique_ptr<CommitStep> step);

  Catalog& catalog_;
  const TableName table_;
  std::vector<std::unique_ptr<CommitStep>> steps_;
};

}  // namespace artemis

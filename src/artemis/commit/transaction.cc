// Collects the steps of a transaction.
#include "artemis/commit/transaction.h"

#include "artemis/commit/commit_loop.h"
#include "artemis/commit/file_change.h"
#include "artemis/commit/metadata_step.h"

namespace artemis {

Transaction::Transaction(Catalog& catalog, TableName table)
    : catalog_(catalog), table_(std::move(table)) {}
Transaction::~Transaction() = default;
Transaction::Transaction(Transaction&&) noexcept = default;

Transaction& Transaction::Add(std::unique_ptr<CommitStep> step) {
  steps_.push_back(std::move(step));
  return *this;
}

Transaction& Transaction::UpdateMetadata(MetadataChange change) {
  return Add(std::make_unique<MetadataStep>("alter", std::move(change)));
}

Transaction& Transaction::Append(std::vector<DataFile> files) {
  return Add(MakeAppendStep(std::move(files)));
}

Transaction& Transaction::Replace(ReplaceFilesChange change) {
  return Add(MakeReplaceStep(std::move(change)));
}

Transaction& Transaction::RowDelta(RowDeltaChange change) {
  return Add(MakeRowDeltaStep(std::move(change)));
}

Transaction& Transaction::DeleteFiles(std::vector<std::string> paths) {
  return Add(MakeDeleteStep(std::move(paths)));
}

Transaction& Transaction::RewriteFiles(RewriteFilesChange change) {
  return Add(MakeRewriteStep(std::move(change)));
}

Transaction& Transaction::ExpireSnapshots(SnapshotRetention retention) {
  const auto change = [retention = std::move(retention),
                       &clock = catalog_.clock()](const TableMetadata& metadata) {
    return artemis::ExpireSnapshots(metadata, retention, clock.Now());
  };
  return Add(std::make_unique<MetadataStep>("expire", change));
}

arrow::Result<CommitResult> Transaction::Commit(const CommitOptions& options,
                                                const std::string& operation) {
  return RunCommit(catalog_, table_, std::move(steps_), options, operation);
}

}  // namespace artemis

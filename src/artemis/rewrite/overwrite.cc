// Overwrite and delete: plan on the newest snapshot, drop whole files, rewrite the others without their matching rows, commit; on
// conflict all of it again.
#include "artemis/rewrite/overwrite.h"

#include <algorithm>

#include "artemis/base/error.h"
#include "artemis/expr/lift.h"
#include "artemis/expr/range_evaluator.h"
#include "artemis/io/file_system.h"
#include "artemis/rewrite/rewrite_plan.h"
#include "artemis/scan/field_ranges.h"

namespace artemis {

namespace {

constexpr int kPlansMax = 16;

arrow::Result<std::vector<DataFile>> WriteRows(std::shared_ptr<const TableMetadata> metadata,
                                               Catalog& catalog, arrow::RecordBatchReader& rows,
                                               const RewriteOptions& options) {
  ARROW_ASSIGN_OR_RAISE(auto writer,
                        MakeTableWriter(std::move(metadata), catalog.files(), options.write));
  std::shared_ptr<arrow::RecordBatch> batch;
  while (true) {
    ARROW_RETURN_NOT_OK(rows.ReadNext(&batch));
    if (batch == nullptr) return writer->Close();
    ARROW_RETURN_NOT_OK(writer->Write(*batch));
  }
}

void DeleteFiles(Catalog& catalog, const std::vector<DataFile>& files) {
  for (const auto& file : files) (void)catalog.files().Delete(file.path);
}

// Files that another commit adds conflict when they may hold rows of the predicate.
std::function<bool(const DataFile&)> ConflictTest(const BoundPredicate& predicate,
                                                  std::shared_ptr<const TableMetadata> metadata) {
  return [predicate, metadata](const DataFile& file) {
    const auto& schema = metadata->CurrentSchema();
    const auto* spec = metadata->FindSpec(file.spec_id);
    if (spec != nullptr &&
        !EvaluateTuple(ProjectInclusive(predicate, *spec, schema), *spec, file.partition))
      return false;
    return MayMatch(predicate, MetricsRanges(file.metrics, schema));
  };
}

class RewriteRun {
 public:
  RewriteRun(Catalog& catalog, const TableName& table, const Predicate& predicate,
             const RewriteOptions& options)
      : catalog_(catalog), table_(table), predicate_(predicate), options_(options) {}

  arrow::Result<RewriteResult> Run(const std::shared_ptr<arrow::RecordBatchReader>& rows) {
    std::optional<std::vector<DataFile>> added;
    auto result = RunPlans(rows, added);
    if (added && MayDelete(result)) DeleteFiles(catalog_, *added);
    return result;
  }

 private:
  // Whether the files of this result are certainly in no snapshot (C5).
  static bool MayDelete(const arrow::Result<RewriteResult>& result) {
    if (result.ok()) return result->commit.already_done;
    return FindDetail<CommitUnknown>(result.status()) == nullptr;
  }

  arrow::Result<RewriteResult> RunPlans(const std::shared_ptr<arrow::RecordBatchReader>& rows,
                                        std::optional<std::vector<DataFile>>& added) {
    for (int plan = 1;; ++plan) {
      ARROW_ASSIGN_OR_RAISE(const LoadedTable base, catalog_.Load(table_));
      if (rows != nullptr && !added) {
        // Checks the predicate before the (long) writing of rows.
        ARROW_RETURN_NOT_OK(Bind(predicate_, base.metadata->CurrentSchema()).status());
        ARROW_ASSIGN_OR_RAISE(added, WriteRows(base.metadata, catalog_, *rows, options_));
      }
      std::vector<DataFile> rewritten;
      auto result = Attempt(base, added ? *added : std::vector<DataFile>{}, rewritten);
      if (MayDelete(result)) DeleteFiles(catalog_, rewritten);
      if (FindDetail<CommitConflict>(result.status()) == nullptr || plan >= kPlansMax) {
        return result;
      }
    }
  }

  arrow::Result<RewriteResult> Attempt(const LoadedTable& base, const std::vector<DataFile>& added,
                                       std::vector<DataFile>& rewritten) {
    ARROW_ASSIGN_OR_RAISE(const auto predicate, Bind(predicate_, base.metadata->CurrentSchema()));
    ARROW_ASSIGN_OR_RAISE(const auto plan,
                          PlanRewrite(base, predicate, catalog_.files(), options_.threads));
    RewriteResult result;
    result.files_removed = static_cast<int64_t>(plan.removed.size());
    result.rows_deleted = plan.rows_deleted;
    for (const auto& file : added) result.rows_added += file.record_count;
    ARROW_ASSIGN_OR_RAISE(rewritten, RewriteKept(base, plan));
    ReplaceFilesChange change;
    change.removed = plan.removed;
    change.added = added;
    change.added.insert(change.added.end(), rewritten.begin(), rewritten.end());
    change.validate_from = base.metadata->current_snapshot_id;
    change.conflicts = ConflictTest(predicate, base.metadata);
    result.files_added = static_cast<int64_t>(change.added.size());
    if (change.removed.empty() && change.added.empty()) {
      result.commit.table = base;
      return result;
    }
    ARROW_ASSIGN_OR_RAISE(result.commit,
                          ReplaceFiles(catalog_, table_, std::move(change), options_.commit));
    if (!result.commit.already_done) return result;
    RewriteResult unchanged;
    unchanged.commit = std::move(result.commit);
    return unchanged;
  }

  arrow::Result<std::vector<DataFile>> RewriteKept(const LoadedTable& base,
                                                   const RewritePlan& plan) {
    if (plan.to_rewrite.empty()) return std::vector<DataFile>{};
    ARROW_ASSIGN_OR_RAISE(auto kept, ReadKeptRows(base, plan, catalog_.files(), options_.threads));
    return WriteRows(base.metadata, catalog_, *kept, options_);
  }

  Catalog& catalog_;
  const TableName& table_;
  const Predicate& predicate_;
  const RewriteOptions& options_;
};

}  // namespace

arrow::Result<RewriteResult> DeleteWhere(Catalog& catalog, const TableName& table,
                                         const Predicate& predicate,
                                         const RewriteOptions& options) {
  return RewriteRun(catalog, table, predicate, options).Run(nullptr);
}

arrow::Result<RewriteResult> OverwriteWhere(Catalog& catalog, const TableName& table,
                                            const Predicate& predicate,
                                            std::shared_ptr<arrow::RecordBatchReader> rows,
                                            const RewriteOptions& options) {
  return RewriteRun(catalog, table, predicate, options).Run(std::move(rows));
}

}  // namespace artemis

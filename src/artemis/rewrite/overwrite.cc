// Overwrite, delete and update: plan on the newest snapshot, drop whole files, rewrite the others or mark their rows, commit; on
// conflict all of it again.
#include "artemis/rewrite/overwrite.h"

#include <algorithm>

#include "artemis/base/error.h"
#include "artemis/commit/commit_loop.h"
#include "artemis/commit/snapshot_step.h"
#include "artemis/io/file_system.h"
#include "artemis/rewrite/moved_rows.h"
#include "artemis/rewrite/rewrite_plan.h"
#include "artemis/rewrite/row_conflicts.h"
#include "artemis/write/delete_files.h"

namespace artemis {

namespace {

constexpr int kPlansMax = 16;

arrow::Status WriteAll(arrow::RecordBatchReader& rows, TableWriter& writer) {
  std::shared_ptr<arrow::RecordBatch> batch;
  while (true) {
    ARROW_RETURN_NOT_OK(rows.ReadNext(&batch));
    if (batch == nullptr) return arrow::Status::OK();
    ARROW_RETURN_NOT_OK(writer.Write(*batch));
  }
}

arrow::Result<bool> IsMergeOnRead(const TableMetadata& metadata, RewriteMode mode,
                                  const std::string& property) {
  if (mode != RewriteMode::kTableProperty) return mode == RewriteMode::kMergeOnRead;
  const auto found = metadata.properties.find(property);
  if (found == metadata.properties.end() || found->second == "copy-on-write") return false;
  if (found->second == "merge-on-read") return true;
  return arrow::Status::Invalid("table property ", property, " is '", found->second,
                                "': expected copy-on-write or merge-on-read");
}

// What is to be done with the rows of the predicate.
struct RowOrder {
  // An overwrite's new rows.
  std::shared_ptr<arrow::RecordBatchReader> rows = nullptr;
  // An update's change.
  RowChange change = nullptr;

  const char* mode_property() const { return change ? "write.update.mode" : "write.delete.mode"; }
};

class RewriteRun {
 public:
  RewriteRun(Catalog& catalog, const TableName& table, const Predicate& predicate, RowOrder order,
             const RewriteOptions& options)
      : catalog_(catalog),
        table_(table),
        predicate_(predicate),
        order_(std::move(order)),
        options_(options) {}

  arrow::Result<RewriteResult> Run() {
    auto result = RunPlans();
    if (rows_added_ && MayDelete(result)) Delete(*rows_added_);
    return result;
  }

 private:
  // Whether the files of this result are certainly in no snapshot (C5).
  static bool MayDelete(const arrow::Result<RewriteResult>& result) {
    if (result.ok()) return result->commit.already_done;
    return FindDetail<CommitUnknown>(result.status()) == nullptr;
  }

  void Delete(const std::vector<DataFile>& files) {
    for (const auto& file : files) (void)catalog_.files().Delete(file.path);
  }

  arrow::Result<RewriteResult> RunPlans() {
    for (int plan = 1;; ++plan) {
      ARROW_ASSIGN_OR_RAISE(const LoadedTable base, catalog_.Load(table_));
      ARROW_RETURN_NOT_OK(RequireWritableVersion(table_, base.metadata->format_version));
      if (order_.rows != nullptr && !rows_added_) {
        ARROW_RETURN_NOT_OK(WriteNewRows(base));
      }
      written_.clear();
      auto result = Attempt(base);
      if (MayDelete(result)) Delete(written_);
      if (FindDetail<CommitConflict>(result.status()) == nullptr || plan >= kPlansMax) {
        return result;
      }
    }
  }

  // The (long) writing of rows, once for all plans; what can fail for other reasons is looked at before.
  arrow::Status WriteNewRows(const LoadedTable& base) {
    ARROW_RETURN_NOT_OK(Bind(predicate_, base.metadata->CurrentSchema()).status());
    ARROW_ASSIGN_OR_RAISE(auto writer,
                          MakeTableWriter(base.metadata, catalog_.files(), options_.write));
    ARROW_RETURN_NOT_OK(WriteAll(*order_.rows, *writer));
    ARROW_ASSIGN_OR_RAISE(rows_added_, writer->Close());
    return arrow::Status::OK();
  }

  arrow::Result<RewriteResult> Attempt(const LoadedTable& base) {
    ARROW_ASSIGN_OR_RAISE(const auto predicate, Bind(predicate_, base.metadata->CurrentSchema()));
    ARROW_ASSIGN_OR_RAISE(const Snapshot* head, BranchHead(*base.metadata, options_.commit.branch));
    RewritePlanOptions planning;
    if (head != nullptr) planning.snapshot_id = head->id;
    planning.threads = options_.threads;
    ARROW_ASSIGN_OR_RAISE(planning.merge_on_read,
                          IsMergeOnRead(*base.metadata, options_.mode, order_.mode_property()));
    ARROW_ASSIGN_OR_RAISE(const auto plan,
                          PlanRewrite(base, predicate, catalog_.files(), planning));
    ARROW_ASSIGN_OR_RAISE(auto change, WriteChange(base, plan));
    change.validate_from = planning.snapshot_id;
    change.conflicts = MayHoldRowsOf(predicate, base.metadata);
    RewriteResult result = CountsOf(plan, change);
    const bool is_nothing =
        change.removed_data.empty() && change.added_data.empty() && change.added_deletes.empty();
    if (is_nothing) {
      result.commit.table = base;
      return result;
    }
    ARROW_ASSIGN_OR_RAISE(result.commit, Commit(std::move(change), planning.merge_on_read));
    if (!result.commit.already_done) return result;
    RewriteResult unchanged;
    unchanged.commit = std::move(result.commit);
    return unchanged;
  }

  arrow::Result<RowDeltaChange> WriteChange(const LoadedTable& base, const RewritePlan& plan) {
    RowDeltaChange change;
    change.removed_data = plan.removed;
    ARROW_ASSIGN_OR_RAISE(change.added_data, WriteRowsAgain(base, plan));
    written_ = change.added_data;
    ARROW_ASSIGN_OR_RAISE(change.added_deletes,
                          WriteDeletes(*base.metadata, catalog_.files(), plan.to_mark));
    written_.insert(written_.end(), change.added_deletes.begin(), change.added_deletes.end());
    change.removed_deletes = plan.moot_deletes;
    for (const auto& marked : plan.to_mark) change.referenced.push_back(marked.data_file.path);
    if (rows_added_) {
      change.added_data.insert(change.added_data.end(), rows_added_->begin(), rows_added_->end());
    }
    return change;
  }

  // Kept rows of rewritten files, and updated rows.
  arrow::Result<std::vector<DataFile>> WriteRowsAgain(const LoadedTable& base,
                                                      const RewritePlan& plan) {
    const bool updates = order_.change != nullptr && !plan.matching.empty();
    if (plan.to_rewrite.empty() && !updates) return std::vector<DataFile>{};
    ARROW_ASSIGN_OR_RAISE(auto writer, MakeTableWriter(WithRowLineage(base.metadata),
                                                       catalog_.files(), options_.write));
    if (!plan.to_rewrite.empty()) {
      ARROW_ASSIGN_OR_RAISE(const auto kept,
                            ReadKeptRows(plan, catalog_.files(), options_.threads));
      ARROW_RETURN_NOT_OK(WriteAll(*kept, *writer));
    }
    if (updates) {
      ARROW_ASSIGN_OR_RAISE(const auto old,
                            ReadMatchingRows(plan, catalog_.files(), options_.threads));
      ChangedRows changed(old, order_.change, base.metadata->CurrentSchema().fields.size());
      ARROW_RETURN_NOT_OK(WriteAll(changed, *writer));
    }
    ARROW_ASSIGN_OR_RAISE(auto files, writer->Close());
    ForgetLineageMetrics(&files);
    return files;
  }

  RewriteResult CountsOf(const RewritePlan& plan, const RowDeltaChange& change) const {
    RewriteResult result;
    result.files_removed = static_cast<int64_t>(change.removed_data.size());
    result.files_added = static_cast<int64_t>(change.added_data.size());
    result.delete_files_added = static_cast<int64_t>(change.added_deletes.size());
    result.delete_files_removed = static_cast<int64_t>(change.removed_deletes.size());
    (order_.change ? result.rows_updated : result.rows_deleted) = plan.rows_deleted;
    if (rows_added_) {
      for (const auto& file : *rows_added_) result.rows_added += file.record_count;
    }
    return result;
  }

  arrow::Result<CommitResult> Commit(RowDeltaChange change, bool merge_on_read) {
    if (merge_on_read) return RowDelta(catalog_, table_, std::move(change), options_.commit);
    ReplaceFilesChange replace;
    replace.removed = std::move(change.removed_data);
    replace.added = std::move(change.added_data);
    replace.validate_from = change.validate_from;
    replace.conflicts = std::move(change.conflicts);
    return ReplaceFiles(catalog_, table_, std::move(replace), options_.commit);
  }

  Catalog& catalog_;
  const TableName& table_;
  const Predicate& predicate_;
  const RowOrder order_;
  const RewriteOptions& options_;
  // An overwrite's rows, in files.
  std::optional<std::vector<DataFile>> rows_added_;
  // What the plan in hand has written.
  std::vector<DataFile> written_;
};

}  // namespace

arrow::Result<RewriteResult> DeleteWhere(Catalog& catalog, const TableName& table,
                                         const Predicate& predicate,
                                         const RewriteOptions& options) {
  return RewriteRun(catalog, table, predicate, {}, options).Run();
}

arrow::Result<RewriteResult> OverwriteWhere(Catalog& catalog, const TableName& table,
                                            const Predicate& predicate,
                                            std::shared_ptr<arrow::RecordBatchReader> rows,
                                            const RewriteOptions& options) {
  RowOrder order;
  order.rows = std::move(rows);
  return RewriteRun(catalog, table, predicate, std::move(order), options).Run();
}

arrow::Result<RewriteResult> UpdateWhere(Catalog& catalog, const TableName& table,
                                         const Predicate& predicate, const RowChange& change,
                                         const RewriteOptions& options) {
  if (!change) return arrow::Status::Invalid("an update needs a change");
  RowOrder order;
  order.change = change;
  return RewriteRun(catalog, table, predicate, std::move(order), options).Run();
}

}  // namespace artemis

// Changes of rows: append, delete, overwrite, update, equality deletes, adoption, whole files, compaction, transactions.
#include <algorithm>
#include <map>

#include <arrow/io/file.h>
#include <arrow/table.h>
#include <parquet/arrow/writer.h>

#include "artemis/base/uuid.h"
#include "artemis/commit/commit.h"
#include "artemis/io/file_system.h"
#include "artemis/io/location.h"
#include "artemis/read/read_plan.h"
#include "artemis/rewrite/adopt.h"
#include "artemis/rewrite/moved_rows.h"
#include "artemis/rewrite/overwrite.h"
#include "artemis/scan/scan_plan.h"
#include "artemis/schema/arrow_schema.h"
#include "artemis/schema/metadata_columns.h"
#include "artemis/table/update.h"
#include "history.h"

namespace artemis {

namespace {

ModelState StateOf(ModelRows rows) {
  ModelState state;
  state.rows = std::move(rows);
  return state;
}

ModelRows Joined(ModelRows rows, const ModelRows& more) {
  rows.insert(rows.end(), more.begin(), more.end());
  return rows;
}

std::string Count(size_t count, const std::string& what) {
  return std::to_string(count) + " " + what;
}

arrow::Status Append(History& h) {
  const std::string branch = h.SomeBranch();
  CommitOptions options = h.SomeCommitOptions(branch);
  if (h.random.OneIn(8)) options.once_key = RandomUuid();
  ModelRows rows;
  ARROW_ASSIGN_OR_RAISE(const auto files, h.WriteRows(1 + h.random.Below(8), &rows));
  h.Say("append " + Count(rows.size(), "rows to ") + branch);
  ARROW_ASSIGN_OR_RAISE(const auto first, AppendFiles(*h.catalog, h.name, files, options));
  ModelState state = StateOf(Joined(h.model.RowsOfBranch(branch), rows));
  state.appended = rows;
  ARROW_RETURN_NOT_OK(h.Landed(branch, std::move(state)));
  if (options.once_key.empty()) return arrow::Status::OK();
  h.Say("the same under the same key");
  ARROW_ASSIGN_OR_RAISE(const auto again, AppendFiles(*h.catalog, h.name, files, options));
  if (!again.already_done || again.snapshot_id != first.snapshot_id) {
    return arrow::Status::Invalid("a key that was committed was not found again");
  }
  return h.LandedNothing();
}

RewriteOptions SomeRewriteOptions(History& h, const std::string& branch) {
  RewriteOptions options;
  options.commit = h.SomeCommitOptions(branch);
  options.write = h.SomeWriterOptions();
  options.threads = 1;
  options.mode = h.random.OneIn(2) ? RewriteMode::kMergeOnRead : RewriteMode::kCopyOnWrite;
  return options;
}

std::string Said(const std::string& what, const RandomPredicate& where, const std::string& branch,
                 const RewriteOptions& options) {
  const bool marks = options.mode == RewriteMode::kMergeOnRead;
  return what + " on " + branch + " where " + PredicateToJson(where.asked) +
         (marks ? " (merge-on-read)" : " (copy-on-write)");
}

arrow::Status ExpectCount(const char* what, size_t expected, int64_t found) {
  if (static_cast<int64_t>(expected) == found) return arrow::Status::OK();
  return arrow::Status::Invalid(what, ": expected ", expected, ", found ", found);
}

arrow::Status Delete(History& h) {
  const std::string branch = h.SomeBranch();
  const RandomPredicate where = h.random.NarrowPredicate(h.model.columns);
  const RewriteOptions options = SomeRewriteOptions(h, branch);
  h.Say(Said("delete", where, branch, options));
  const ModelRows rows = h.model.RowsOfBranch(branch);
  ModelRows kept = Filtered(rows, h.model.columns, where.meant, false);
  ARROW_ASSIGN_OR_RAISE(const auto result, DeleteWhere(*h.catalog, h.name, where.asked, options));
  ARROW_RETURN_NOT_OK(ExpectCount("rows deleted", rows.size() - kept.size(), result.rows_deleted));
  if (kept.size() == rows.size()) return h.LandedNothing();
  return h.Landed(branch, StateOf(std::move(kept)));
}

arrow::Status Overwrite(History& h) {
  const std::string branch = h.SomeBranch();
  const RandomPredicate where = h.random.NarrowPredicate(h.model.columns);
  const RewriteOptions options = SomeRewriteOptions(h, branch);
  ModelRows added;
  ARROW_ASSIGN_OR_RAISE(const auto batch,
                        h.random.Batch(h.model.columns, 1 + h.random.Below(5), &added));
  ARROW_ASSIGN_OR_RAISE(const auto rows, arrow::RecordBatchReader::Make({batch}));
  h.Say(Said("overwrite with " + Count(added.size(), "rows"), where, branch, options));
  ModelRows kept = Filtered(h.model.RowsOfBranch(branch), h.model.columns, where.meant, false);
  ARROW_RETURN_NOT_OK(OverwriteWhere(*h.catalog, h.name, where.asked, rows, options).status());
  ModelState state = StateOf(Joined(std::move(kept), added));
  state.appended = std::move(added);
  return h.Landed(branch, std::move(state));
}

arrow::Status Update(History& h) {
  const std::string branch = h.SomeBranch();
  const RandomPredicate where = h.random.NarrowPredicate(h.model.columns);
  const RewriteOptions options = SomeRewriteOptions(h, branch);
  const Field column = h.random.OneOf(h.model.columns);
  const auto value = h.random.NullableValue(column);
  ARROW_ASSIGN_OR_RAISE(const auto cells, CellsOf({{{column.id, value}}}, column));
  ARROW_ASSIGN_OR_RAISE(auto scalar, cells->GetScalar(0));
  h.Say(Said("update " + column.name + " to " + scalar->ToString(), where, branch, options));
  const ModelRows rows = h.model.RowsOfBranch(branch);
  ModelRows kept = Filtered(rows, h.model.columns, where.meant, false);
  ModelRows changed = Filtered(rows, h.model.columns, where.meant);
  for (ReferenceRow& row : changed) row[column.id] = value;
  const RowChange change = SetColumns({{column.name, value ? scalar : nullptr}});
  ARROW_ASSIGN_OR_RAISE(const auto result,
                        UpdateWhere(*h.catalog, h.name, where.asked, change, options));
  ARROW_RETURN_NOT_OK(ExpectCount("rows updated", changed.size(), result.rows_updated));
  if (changed.empty()) return h.LandedNothing();
  return h.Landed(branch, StateOf(Joined(std::move(kept), changed)));
}

// A Parquet file of these cells as another writer makes it, with field ids.
arrow::Result<DataFile> WriteForeignFile(History& h, const ModelRows& rows,
                                         const Columns& columns) {
  arrow::FieldVector fields;
  arrow::ArrayVector arrays;
  for (const Field& column : columns) {
    ARROW_ASSIGN_OR_RAISE(auto cells, CellsOf(rows, column));
    fields.push_back(ToArrowField(column));
    arrays.push_back(std::move(cells));
  }
  const auto table = arrow::Table::Make(arrow::schema(fields), arrays);
  const std::string folder = h.table.metadata->location + "/data";
  ARROW_RETURN_NOT_OK(h.catalog->files().CreateFolders(folder));
  DataFile file;
  file.path = folder + "/" + RandomUuid() + ".parquet";
  ARROW_ASSIGN_OR_RAISE(auto output, arrow::io::FileOutputStream::Open(LocalPath(file.path)));
  ARROW_RETURN_NOT_OK(
      parquet::arrow::WriteTable(*table, arrow::default_memory_pool(), output, 1 << 20));
  ARROW_RETURN_NOT_OK(output->Close());
  ARROW_ASSIGN_OR_RAISE(file.file_size_bytes, h.catalog->files().FileSize(file.path));
  file.record_count = static_cast<int64_t>(rows.size());
  return file;
}

// One or two columns whose values have one identity: floats are left out.
Columns SomeKey(History& h) {
  Columns key;
  for (const Field& column : h.model.columns) {
    const bool floats =
        column.type.kind == TypeKind::kFloat || column.type.kind == TypeKind::kDouble;
    if (!floats) key.push_back(column);
  }
  while (key.size() > static_cast<size_t>(1 + h.random.Below(2))) {
    key.erase(key.begin() + h.random.Below(static_cast<int64_t>(key.size())));
  }
  return key;
}

// Under the spec of id 0, which has no fields: the deletes hold in all partitions (specification, "Scan Planning").
arrow::Status DeleteByEquality(History& h) {
  const std::string branch = h.SomeBranch();
  const ModelRows rows = h.model.RowsOfBranch(branch);
  if (rows.empty()) return arrow::Status::OK();
  const Columns key = SomeKey(h);
  const ModelRows seen = Projected(rows, key);
  ModelRows keys;
  for (int64_t i = 1 + h.random.Below(2); i > 0; --i) keys.push_back(h.random.OneOf(seen));
  RowDeltaChange change;
  ARROW_ASSIGN_OR_RAISE(DataFile deletes, WriteForeignFile(h, keys, key));
  deletes.content = FileContent::kEqualityDeletes;
  std::string names;
  for (const Field& column : key) {
    deletes.equality_ids.push_back(column.id);
    names += " " + column.name;
  }
  change.added_deletes = {deletes};
  ModelRows kept;
  for (size_t i = 0; i < rows.size(); ++i) {
    if (std::find(keys.begin(), keys.end(), seen[i]) == keys.end()) kept.push_back(rows[i]);
  }
  ModelRows added;
  if (h.random.OneIn(3)) {
    ARROW_ASSIGN_OR_RAISE(change.added_data, h.WriteRows(1 + h.random.Below(3), &added));
  }
  h.Say("equality deletes of " + Count(keys.size(), "keys of") + names + " on " + branch + ", " +
        Count(added.size(), "rows added"));
  ARROW_RETURN_NOT_OK(RowDelta(*h.catalog, h.name, change, h.SomeCommitOptions(branch)).status());
  return h.Landed(branch, StateOf(Joined(std::move(kept), added)));
}

arrow::Status Adopt(History& h) {
  if (!h.table.metadata->DefaultSpec().is_unpartitioned()) return Append(h);
  const std::string branch = h.SomeBranch();
  ModelRows rows;
  ARROW_RETURN_NOT_OK(h.random.Batch(h.model.columns, 1 + h.random.Below(5), &rows).status());
  ARROW_ASSIGN_OR_RAISE(const DataFile file, WriteForeignFile(h, rows, h.model.columns));
  h.Say("adopt a file of " + Count(rows.size(), "rows to ") + branch);
  AdoptOptions options;
  options.commit = h.SomeCommitOptions(branch);
  ARROW_RETURN_NOT_OK(AdoptFiles(*h.catalog, h.name, {LocalPath(file.path)}, options).status());
  ModelState state = StateOf(Joined(h.model.RowsOfBranch(branch), rows));
  state.appended = rows;
  return h.Landed(branch, std::move(state));
}

arrow::Result<ScanPlan> PlanHead(History& h, const std::string& branch) {
  const TableView view{h.table.metadata, h.model.Head(branch),
                       std::make_shared<const Schema>(h.CurrentSchema())};
  PlanOptions options;
  options.prune_row_groups = false;
  options.all_metrics = true;
  options.threads = 1;
  return PlanScan(view, BoundPredicate::True(), h.catalog->files(), options);
}

// Leaves some of the tasks, at least one.
void KeepSome(History& h, std::vector<ScanTask>* tasks) {
  const auto kept = static_cast<size_t>(1 + h.random.Below(3));
  while (tasks->size() > kept) {
    tasks->erase(tasks->begin() + h.random.Below(static_cast<int64_t>(tasks->size())));
  }
}

ReadOptions OneThread() {
  ReadOptions options;
  options.threads = 1;
  return options;
}

// The model does not know which file holds which row: the files say so, and must not say more than there is.
arrow::Status DeleteWholeFiles(History& h) {
  const std::string branch = h.SomeBranch();
  ARROW_ASSIGN_OR_RAISE(ScanPlan plan, PlanHead(h, branch));
  if (plan.tasks.empty()) return arrow::Status::OK();
  KeepSome(h, &plan.tasks);
  std::vector<std::string> paths;
  for (const ScanTask& task : plan.tasks) paths.push_back(task.file.path);
  ARROW_ASSIGN_OR_RAISE(auto stream, ReadPlan(plan, h.catalog->files(), OneThread()));
  ARROW_ASSIGN_OR_RAISE(const ModelRows gone, RowsOfStream(*stream, h.model.columns));
  h.Say("delete " + Count(paths.size(), "files of ") + branch + " with " +
        Count(gone.size(), "rows"));
  Bag leaving = BagOf(gone, h.model.columns);
  ModelRows kept;
  for (const ReferenceRow& row : h.model.RowsOfBranch(branch)) {
    const auto found = leaving.find(BagOf({row}, h.model.columns).begin()->first);
    if (found == leaving.end()) {
      kept.push_back(row);
    } else if (--found->second == 0) {
      leaving.erase(found);
    }
  }
  if (!leaving.empty()) return arrow::Status::Invalid("unknown rows in files:", FormatBag(leaving));
  ARROW_RETURN_NOT_OK(DeleteFiles(*h.catalog, h.name, paths, h.SomeCommitOptions(branch)).status());
  return h.Landed(branch, StateOf(std::move(kept)));
}

arrow::Status WriteAgain(History& h, const ScanPlan& plan, std::vector<DataFile>* files) {
  ReadOptions read = OneThread();
  if (h.model.format_version >= 3) {
    read.columns.emplace();
    for (const Field& column : h.model.columns) read.columns->push_back(column.id);
    for (const Field& column : RowLineageColumns()) read.columns->push_back(column.id);
  }
  ARROW_ASSIGN_OR_RAISE(auto stream, ReadPlan(plan, h.catalog->files(), read));
  ARROW_ASSIGN_OR_RAISE(auto writer, MakeTableWriter(WithRowLineage(h.table.metadata),
                                                     h.catalog->files(), h.SomeWriterOptions()));
  std::shared_ptr<arrow::RecordBatch> batch;
  while (true) {
    ARROW_RETURN_NOT_OK(stream->ReadNext(&batch));
    if (batch == nullptr) break;
    ARROW_RETURN_NOT_OK(writer->Write(*batch));
  }
  ARROW_ASSIGN_OR_RAISE(*files, writer->Close());
  ForgetLineageMetrics(files);
  return arrow::Status::OK();
}

arrow::Status Compact(History& h) {
  const std::string branch = h.SomeBranch();
  ARROW_ASSIGN_OR_RAISE(ScanPlan plan, PlanHead(h, branch));
  if (plan.tasks.empty()) return arrow::Status::OK();
  KeepSome(h, &plan.tasks);
  RewriteFilesChange change;
  for (const ScanTask& task : plan.tasks) change.removed.push_back(task.file);
  change.validate_from = h.model.Head(branch);
  ARROW_RETURN_NOT_OK(WriteAgain(h, plan, &change.added));
  h.Say("rewrite " + Count(change.removed.size(), "files of ") + branch + " as " +
        Count(change.added.size(), "files"));
  ARROW_RETURN_NOT_OK(
      RewriteFiles(*h.catalog, h.name, change, h.SomeCommitOptions(branch)).status());
  return h.Landed(branch, StateOf(h.model.RowsOfBranch(branch)));
}

// Two appends and a property: the first snapshot is there, but main never showed it.
arrow::Status AppendTwice(History& h) {
  ModelRows first, second;
  ARROW_ASSIGN_OR_RAISE(const auto some, h.WriteRows(1 + h.random.Below(3), &first));
  ARROW_ASSIGN_OR_RAISE(const auto more, h.WriteRows(1 + h.random.Below(3), &second));
  h.Say("transaction of two appends, " + Count(first.size(), "and ") +
        Count(second.size(), "rows"));
  Transaction transaction(*h.catalog, h.name);
  transaction
      .UpdateMetadata([](const TableMetadata& metadata) -> arrow::Result<TableMetadata> {
        return SetProperties(metadata, {{"touched", RandomUuid()}});
      })
      .Append(some)
      .Append(more);
  ARROW_RETURN_NOT_OK(transaction.Commit(h.SomeCommitOptions("main")).status());
  ModelState between = StateOf(Joined(h.model.RowsOfBranch("main"), first));
  ModelState last = StateOf(Joined(between.rows, second));
  between.appended = std::move(first);
  last.appended = std::move(second);
  return h.LandedTwo(std::move(between), std::move(last));
}

}  // namespace

arrow::Status ChangeRows(History& history) {
  if (!history.model.Head("main") && history.random.OneIn(4)) return ChangeMetadata(history);
  using Change = arrow::Status (*)(History&);
  static const std::vector<Change> kChanges = {
      Append, Append,    Append,      Append, Delete,           Delete,
      Delete, Overwrite, Overwrite,   Update, DeleteByEquality, DeleteByEquality,
      Adopt,  Compact,   AppendTwice, Update, DeleteWholeFiles};
  return history.random.OneOf(kChanges)(history);
}

}  // namespace artemis

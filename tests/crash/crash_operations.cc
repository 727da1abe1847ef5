// The operations.
#include "crash_operations.h"

#include <arrow/scalar.h>

#include "artemis/commit/commit.h"
#include "artemis/commit/upgrade.h"
#include "artemis/read/read_plan.h"
#include "artemis/rewrite/adopt.h"
#include "artemis/rewrite/overwrite.h"
#include "artemis/rewrite/purge.h"
#include "artemis/scan/scan_plan.h"
#include "artemis/schema/evolution.h"
#include "artemis/table/update.h"
#include "artemis/write/table_writer.h"

namespace artemis {

namespace {

CommitOptions Once(const std::string& key) {
  CommitOptions options;
  options.once_key = key;
  options.backoff_min_ms = 1;
  return options;
}

RewriteOptions RewriteOnce(const std::string& key, RewriteMode mode) {
  RewriteOptions options;
  options.commit = Once(key);
  options.write.threads = 1;
  options.threads = 1;
  options.mode = mode;
  return options;
}

Predicate Below(int64_t id) {
  Predicate where;
  where.op = PredicateOp::kLt;
  where.column = "id";
  where.values = {id};
  return where;
}

arrow::Status Append(Catalog& catalog, bool fast) {
  ARROW_ASSIGN_OR_RAISE(auto files, WriteRows(catalog, kTable, 10, 2));
  CommitOptions options = Once(fast ? "fast" : "append");
  options.fast_append = fast;
  options.manifest_min_count_to_merge = 2;
  return AppendFiles(catalog, kTable, std::move(files), options).status();
}

arrow::Status Overwrite(Catalog& catalog) {
  ARROW_ASSIGN_OR_RAISE(auto rows, arrow::RecordBatchReader::Make({RowsFrom(20, 2)}));
  return OverwriteWhere(catalog, kTable, Below(3), rows,
                        RewriteOnce("overwrite", RewriteMode::kCopyOnWrite))
      .status();
}

arrow::Status Delete(Catalog& catalog, RewriteMode mode) {
  // One of the two rows of a file, and all of another's.
  Predicate some = Below(0);
  some.op = PredicateOp::kIn;
  some.values = {int64_t{1}, int64_t{8}};
  return DeleteWhere(catalog, kTable, some, RewriteOnce("delete", mode)).status();
}

arrow::Status Update(Catalog& catalog) {
  const auto change = SetColumns({{"station", arrow::MakeScalar("esrange")}});
  return UpdateWhere(catalog, kTable, Below(3), change,
                     RewriteOnce("update", RewriteMode::kMergeOnRead))
      .status();
}

arrow::Result<ScanPlan> PlanMain(Catalog& catalog) {
  ARROW_ASSIGN_OR_RAISE(const auto table, catalog.Load(kTable));
  const TableView view{table.metadata, table.metadata->current_snapshot_id,
                       std::make_shared<const Schema>(table.metadata->CurrentSchema())};
  PlanOptions options;
  options.prune_row_groups = false;
  options.all_metrics = true;
  return PlanScan(view, BoundPredicate::True(), catalog.files(), options);
}

arrow::Status DeleteOneFile(Catalog& catalog) {
  ARROW_ASSIGN_OR_RAISE(const auto plan, PlanMain(catalog));
  // Once it has gone, the key is found first.
  return DeleteFiles(catalog, kTable, {plan.tasks.front().file.path}, Once("files")).status();
}

arrow::Status Compact(Catalog& catalog) {
  ARROW_ASSIGN_OR_RAISE(auto plan, PlanMain(catalog));
  RewriteFilesChange change;
  for (const auto& task : plan.tasks) change.removed.push_back(task.file);
  change.validate_from = plan.view.snapshot_id;
  TableWriterOptions write;
  write.threads = 1;
  ARROW_ASSIGN_OR_RAISE(auto writer, MakeTableWriter(plan.view.metadata, catalog.files(), write));
  ReadOptions read;
  read.threads = 1;
  ARROW_ASSIGN_OR_RAISE(auto rows, ReadPlan(std::move(plan), catalog.files(), read));
  std::shared_ptr<arrow::RecordBatch> batch;
  while (true) {
    ARROW_RETURN_NOT_OK(rows->ReadNext(&batch));
    if (batch == nullptr) break;
    ARROW_RETURN_NOT_OK(writer->Write(*batch));
  }
  ARROW_ASSIGN_OR_RAISE(change.added, writer->Close());
  return RewriteFiles(catalog, kTable, std::move(change), Once("compact")).status();
}

arrow::Status Alter(Catalog& catalog, const std::string& key, const MetadataChange& change) {
  return UpdateMetadata(catalog, kTable, "alter", change, Once(key)).status();
}

arrow::Result<TableMetadata> WithColumn(const TableMetadata& metadata) {
  ARROW_ASSIGN_OR_RAISE(auto change, AddColumn(metadata.CurrentSchema(), metadata.last_column_id,
                                               "note", Type::Of(TypeKind::kString)));
  return SetCurrentSchema(metadata, std::move(change.schema), change.last_column_id);
}

arrow::Result<TableMetadata> WithSpec(const TableMetadata& metadata) {
  ARROW_ASSIGN_OR_RAISE(auto spec, ParsePartitionSpec("bucket(2, id)", metadata.CurrentSchema()));
  return SetDefaultSpec(metadata, std::move(spec));
}

arrow::Result<TableMetadata> WithOrder(const TableMetadata& metadata) {
  ARROW_ASSIGN_OR_RAISE(auto order, ParseSortOrder("id desc", metadata.CurrentSchema()));
  return SetDefaultSortOrder(metadata, std::move(order));
}

// Removes the first snapshot, which neither a branch nor the tag names.
arrow::Result<TableMetadata> WithoutOldest(const TableMetadata& metadata) {
  return RemoveSnapshots(metadata, {metadata.snapshots.front().id});
}

arrow::Status MakeRef(Catalog& catalog, const std::string& name, SnapshotRef::Kind kind) {
  RefChange change;
  change.name = name;
  change.kind = kind;
  change.replace = true;
  return SetRef(catalog, kTable, change, Once(name)).status();
}

arrow::Status RollBack(Catalog& catalog) {
  ARROW_ASSIGN_OR_RAISE(const auto table, catalog.Load(kTable));
  return RollbackTo(catalog, kTable, table.metadata->snapshots.front().id, false, Once("rollback"))
      .status();
}

arrow::Status Pick(Catalog& catalog) {
  ARROW_ASSIGN_OR_RAISE(const auto table, catalog.Load(kTable));
  return CherryPick(catalog, kTable, table.metadata->refs.at("audit").snapshot_id, Once("pick"))
      .status();
}

arrow::Status Transact(Catalog& catalog) {
  ARROW_ASSIGN_OR_RAISE(auto files, WriteRows(catalog, kTable, 30, 1));
  ARROW_ASSIGN_OR_RAISE(const auto plan, PlanMain(catalog));
  return Transaction(catalog, kTable)
      .UpdateMetadata(WithColumn)
      .Append(std::move(files))
      .DeleteFiles({plan.tasks.front().file.path})
      .Commit(Once("transaction"))
      .status();
}

arrow::Status Adopt(Catalog& catalog, const CrashWorld& world) {
  AdoptOptions options;
  options.commit = Once("adopt");
  options.threads = 1;
  return AdoptFiles(catalog, kTable, {world.loose_file()}, options).status();
}

arrow::Status Create(Catalog& catalog) {
  const TableName name{{"fresh"}, "made"};
  ARROW_ASSIGN_OR_RAISE(const auto like, catalog.Load(kTable));
  NewTable made;
  made.location = catalog.DefaultLocation(name);
  made.schema = like.metadata->CurrentSchema();
  ARROW_ASSIGN_OR_RAISE(auto metadata, MakeTableMetadata(made, catalog.clock().Now()));
  return catalog.Create(name, std::move(metadata), {"create", "ada"}).status();
}

arrow::Status Register(Catalog& catalog) {
  ARROW_ASSIGN_OR_RAISE(const auto table, catalog.Load(kTable));
  return catalog.Register({{"lab"}, "again"}, table.metadata_location, {"register", "ada"})
      .status();
}

CrashOperation Of(const std::string& name, arrow::Status (*run)(Catalog&)) {
  return {name, [run](Catalog& catalog, const CrashWorld&) { return run(catalog); }};
}

CrashOperation Altering(const std::string& name, const MetadataChange& change) {
  return {name, [=](Catalog& catalog, const CrashWorld&) { return Alter(catalog, name, change); }};
}

// Of the names themselves: done again they are refused.
CrashOperation Naming(const std::string& name, bool needs_rows,
                      std::function<arrow::Status(Catalog&)> run) {
  return {name, [run](Catalog& catalog, const CrashWorld&) { return run(catalog); }, false,
          needs_rows};
}

std::vector<CrashOperation> OfRows() {
  return {
      {"append", [](Catalog& c, const CrashWorld&) { return Append(c, false); }},
      {"fast append", [](Catalog& c, const CrashWorld&) { return Append(c, true); }},
      Of("overwrite", Overwrite),
      {"delete, copy-on-write",
       [](Catalog& c, const CrashWorld&) { return Delete(c, RewriteMode::kCopyOnWrite); }},
      {"delete, merge-on-read",
       [](Catalog& c, const CrashWorld&) { return Delete(c, RewriteMode::kMergeOnRead); }},
      Of("update", Update),
      Of("delete files", DeleteOneFile),
      Of("rewrite files", Compact),
      Of("transaction", Transact),
      {"adopt", Adopt},
  };
}

std::vector<CrashOperation> OfMetadata() {
  return {
      Altering("add column", WithColumn),
      Altering("set spec", WithSpec),
      Altering("set order", WithOrder),
      Altering("expire", WithoutOldest),
      Altering("set property",
               [](const TableMetadata& metadata) -> arrow::Result<TableMetadata> {
                 return SetProperties(metadata, {{"owner", "ada"}});
               }),
      {"tag",
       [](Catalog& c, const CrashWorld&) { return MakeRef(c, "kept", SnapshotRef::Kind::kTag); }},
      {"branch", [](Catalog& c,
                    const CrashWorld&) { return MakeRef(c, "side", SnapshotRef::Kind::kBranch); }},
      {"remove tag",
       [](Catalog& c, const CrashWorld&) {
         return RemoveRef(c, kTable, "before", {}, Once("remove")).status();
       }},
      Of("rollback", RollBack),
      Of("cherry-pick", Pick),
      {"upgrade to 3",
       [](Catalog& c, const CrashWorld&) { return UpgradeTable(c, kTable, 3).status(); }},
      {"upgrade of embedded manifests",
       [](Catalog& c, const CrashWorld&) { return UpgradeTable(c, kOldTable, 2).status(); }},
  };
}

std::vector<CrashOperation> OfNames() {
  return {
      Naming("create", false, Create),
      Naming("register", true, Register),
      Naming("rename", true,
             [](Catalog& c) {
               return c.Rename(kTable, {{"lab"}, "renamed"});
             }),
      Naming("drop", false, [](Catalog& c) { return c.Drop(kTable); }),
      Naming("drop with purge", false, [](Catalog& c) { return DropAndPurge(c, kTable).status(); }),
  };
}

}  // namespace

std::vector<CrashOperation> CrashOperations() {
  std::vector<CrashOperation> all = OfRows();
  for (auto& operation : OfMetadata()) all.push_back(std::move(operation));
  for (auto& operation : OfNames()) all.push_back(std::move(operation));
  return all;
}

}  // namespace artemis

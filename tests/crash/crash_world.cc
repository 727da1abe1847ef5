// Makes, restores and looks at the warehouse of the crash points.
#include "crash_world.h"

#include <algorithm>

#include <arrow/array.h>
#include <arrow/builder.h>
#include <arrow/scalar.h>

#include "artemis/base/uuid.h"
#include "artemis/check/check_table.h"
#include "artemis/commit/commit.h"
#include "artemis/commit/once.h"
#include "artemis/io/file_system.h"
#include "artemis/io/location.h"
#include "artemis/read/read_plan.h"
#include "artemis/scan/scan_plan.h"
#include "artemis/table/manifest_avro.h"
#include "artemis/table/update.h"
#include "artemis/write/table_writer.h"

namespace artemis {

namespace {

namespace fs = std::filesystem;

// In memory where the machine has such a place.
fs::path NewFolder() {
  const fs::path memory = "/dev/shm";
  std::error_code error;
  const bool has_room = fs::space(memory, error).available > (64u << 20) && !error;
  return (has_room ? memory : fs::temp_directory_path()) / ("artemis-crash-" + RandomUuid());
}

arrow::Result<TableMetadata> NewMetadata(Catalog& catalog, const TableName& name,
                                         int32_t format_version) {
  NewTable table;
  table.location = catalog.DefaultLocation(name);
  table.format_version = format_version;
  Field id, station;
  id.id = FieldId(1), id.name = "id", id.type = Type::Of(TypeKind::kLong);
  station.id = FieldId(2), station.name = "station", station.type = Type::Of(TypeKind::kString);
  table.schema.fields = {id, station};
  ARROW_ASSIGN_OR_RAISE(table.spec, ParsePartitionSpec("station", table.schema));
  return MakeTableMetadata(table, catalog.clock().Now());
}

arrow::Status MakeTable(Catalog& catalog, const TableName& name, int32_t format_version) {
  ARROW_ASSIGN_OR_RAISE(auto metadata, NewMetadata(catalog, name, format_version));
  return catalog.Create(name, std::move(metadata), {"create", "ada"}).status();
}

arrow::Status AppendRows(Catalog& catalog, const TableName& name, int64_t first, int64_t count,
                         const std::string& branch = "main") {
  CommitOptions options;
  options.branch = branch;
  ARROW_ASSIGN_OR_RAISE(auto files, WriteRows(catalog, name, first, count));
  return AppendFiles(catalog, name, std::move(files), options).status();
}

arrow::Status MakeRef(Catalog& catalog, const std::string& name, SnapshotRef::Kind kind) {
  RefChange change;
  change.name = name;
  change.kind = kind;
  return SetRef(catalog, kTable, change).status();
}

// One snapshot, whose manifest the metadata names itself (specification, version 1: "manifests").
arrow::Status MakeOldTable(Catalog& catalog) {
  ARROW_RETURN_NOT_OK(MakeTable(catalog, kOldTable, 1));
  ARROW_ASSIGN_OR_RAISE(const auto base, catalog.Load(kOldTable));
  ARROW_ASSIGN_OR_RAISE(const auto files, WriteRows(catalog, kOldTable, 1, 2));
  std::vector<ManifestEntry> entries;
  for (const DataFile& file : files) entries.emplace_back().file = file;
  WriteManifestOptions options;
  options.snapshot_id = SnapshotId(1);
  const std::string path = base.metadata->location + "/metadata/old.avro";
  ARROW_ASSIGN_OR_RAISE(const auto manifest,
                        WriteManifest(path, base.metadata->CurrentSchema(),
                                      base.metadata->DefaultSpec(), entries, options));
  ARROW_RETURN_NOT_OK(catalog.files().WriteNew(path, manifest.bytes));
  Snapshot snapshot;
  snapshot.id = SnapshotId(1);
  snapshot.timestamp = NextSnapshotTime(*base.metadata, catalog.clock().Now());
  snapshot.embedded_manifests = {path};
  ARROW_ASSIGN_OR_RAISE(auto next, AddSnapshot(*base.metadata, snapshot));
  return catalog.Commit(base, std::move(next), {"append", "ada"}).status();
}

arrow::Result<std::string> RowsAt(Catalog& catalog, const LoadedTable& table, SnapshotId id) {
  const TableView view{table.metadata, id,
                       std::make_shared<const Schema>(table.metadata->CurrentSchema())};
  ARROW_ASSIGN_OR_RAISE(auto plan, PlanScan(view, BoundPredicate::True(), catalog.files()));
  ReadOptions options;
  options.threads = 1;
  ARROW_ASSIGN_OR_RAISE(auto stream, ReadPlan(std::move(plan), catalog.files(), options));
  std::vector<std::string> rows;
  std::shared_ptr<arrow::RecordBatch> batch;
  while (true) {
    ARROW_RETURN_NOT_OK(stream->ReadNext(&batch));
    if (batch == nullptr) break;
    for (int64_t row = 0; row < batch->num_rows(); ++row) {
      std::string text;
      for (const auto& column : batch->columns()) {
        ARROW_ASSIGN_OR_RAISE(const auto cell, column->GetScalar(row));
        text += (text.empty() ? "" : ",") + cell->ToString();
      }
      rows.push_back(std::move(text));
    }
  }
  std::sort(rows.begin(), rows.end());
  std::string all;
  for (const auto& row : rows) all += " (" + row + ")";
  return all;
}

arrow::Result<std::string> DescribeTable(Catalog& catalog, const TableName& name) {
  ARROW_ASSIGN_OR_RAISE(const auto table, catalog.Load(name));
  ARROW_ASSIGN_OR_RAISE(const auto report, CheckTable(table, catalog.files()));
  for (const Problem& problem : report.problems) {
    return arrow::Status::Invalid(name.ToString(), ": ", problem.rule, " (", problem.where,
                                  "): ", problem.what);
  }
  const TableMetadata& metadata = *table.metadata;
  std::string text =
      name.ToString() + " version " + std::to_string(metadata.format_version) + "\n  columns";
  for (const Field& field : metadata.CurrentSchema().fields) {
    text += " " + field.name + ":" + field.type.ToString();
  }
  text += "\n  by " + FormatPartitionSpec(metadata.DefaultSpec(), metadata.CurrentSchema()) + "; " +
          FormatSortOrder(metadata.DefaultSortOrder(), metadata.CurrentSchema()) + "\n";
  for (const auto& [key, value] : metadata.properties) {
    if (key != kOnceKeysProperty) text += "  " + key + "=" + value + "\n";
  }
  text += "  " + std::to_string(metadata.snapshots.size()) + " snapshots\n";
  for (const auto& [ref, target] : metadata.refs) {
    ARROW_ASSIGN_OR_RAISE(const auto rows, RowsAt(catalog, table, target.snapshot_id));
    text += "  " + ref + rows + "\n";
  }
  return text;
}

}  // namespace

std::shared_ptr<arrow::RecordBatch> RowsFrom(int64_t first, int64_t count) {
  arrow::Int64Builder ids;
  arrow::StringBuilder stations;
  for (int64_t id = first; id < first + count; ++id) {
    (void)ids.Append(id);
    (void)stations.Append(id % 2 == 0 ? "kiruna" : "svalbard");
  }
  return arrow::RecordBatch::Make(
      arrow::schema({arrow::field("id", arrow::int64()), arrow::field("station", arrow::utf8())}),
      count, {ids.Finish().ValueOrDie(), stations.Finish().ValueOrDie()});
}

arrow::Result<std::vector<DataFile>> WriteRows(Catalog& catalog, const TableName& name,
                                               int64_t first, int64_t count) {
  ARROW_ASSIGN_OR_RAISE(const auto table, catalog.Load(name));
  TableWriterOptions options;
  options.threads = 1;
  ARROW_ASSIGN_OR_RAISE(auto writer, MakeTableWriter(table.metadata, catalog.files(), options));
  ARROW_RETURN_NOT_OK(writer->Write(*RowsFrom(first, count)));
  return writer->Close();
}

arrow::Result<std::string> Describe(Catalog& catalog) {
  ARROW_ASSIGN_OR_RAISE(const auto tables, catalog.ListTables(std::nullopt));
  std::string text;
  for (const TableName& name : tables) {
    ARROW_ASSIGN_OR_RAISE(const auto table, DescribeTable(catalog, name));
    text += table;
  }
  return text;
}

CrashWorld::CrashWorld(CrashKind kind) : kind_(std::move(kind)), base_(NewFolder()) {}

CrashWorld::~CrashWorld() {
  std::error_code ignored;
  fs::remove_all(base_, ignored);
}

arrow::Result<std::shared_ptr<Catalog>> CrashWorld::Open(FileSystem* files) const {
  CatalogOptions options;
  options.warehouse = (base_ / "warehouse").string();
  if (kind_.name == "path") options.uri = "path:" + options.warehouse;
  if (kind_.name == "postgresql") options.uri = kind_.server + "&name=" + catalog_name_;
  options.create = true;
  options.files = files;
  return OpenCatalog(options);
}

arrow::Status CrashWorld::Prepare() {
  catalog_name_ = RandomUuid();
  ARROW_ASSIGN_OR_RAISE(const auto catalog, Open());
  ARROW_RETURN_NOT_OK(MakeTable(*catalog, kTable, 2));
  ARROW_RETURN_NOT_OK(AppendRows(*catalog, kTable, 1, 4));
  ARROW_RETURN_NOT_OK(AppendRows(*catalog, kTable, 5, 2));
  ARROW_RETURN_NOT_OK(MakeRef(*catalog, "before", SnapshotRef::Kind::kTag));
  ARROW_RETURN_NOT_OK(MakeRef(*catalog, "audit", SnapshotRef::Kind::kBranch));
  ARROW_RETURN_NOT_OK(AppendRows(*catalog, kTable, 7, 1, "audit"));
  ARROW_RETURN_NOT_OK(AppendRows(*catalog, kTable, 8, 1));
  ARROW_ASSIGN_OR_RAISE(const auto loose, WriteRows(*catalog, kTable, 9, 1));
  loose_file_ = LocalPath(loose.front().path);
  const TableName other{{"lab"}, "other"};
  ARROW_RETURN_NOT_OK(MakeTable(*catalog, other, 3));
  ARROW_RETURN_NOT_OK(AppendRows(*catalog, other, 1, 1));
  return MakeOldTable(*catalog);
}

arrow::Status CrashWorld::Restore() {
  fs::remove_all(base_ / "warehouse");
  // A server's state cannot be copied: it is made again, under another catalog's name.
  if (kind_.name == "postgresql") return Prepare();
  if (!is_saved_) {
    ARROW_RETURN_NOT_OK(Prepare());
    fs::copy(base_ / "warehouse", base_ / "copy", fs::copy_options::recursive);
    is_saved_ = true;
    return arrow::Status::OK();
  }
  fs::copy(base_ / "copy", base_ / "warehouse", fs::copy_options::recursive);
  return arrow::Status::OK();
}

}  // namespace artemis

// Makes a table and follows its changes.
#include "history.h"

#include <algorithm>

#include "artemis/base/error.h"
#include "artemis/catalog/open_catalog.h"
#include "artemis/schema/evolution.h"
#include "artemis/table/update.h"

namespace artemis {

namespace {

Field ColumnOf(int32_t id, const std::string& name, Type type, bool required = false) {
  Field column;
  column.id = FieldId(id);
  column.name = name;
  column.type = std::move(type);
  column.required = required;
  return column;
}

template <typename T>
arrow::Status Expect(const std::string& what, const T& expected, const T& found) {
  if (expected == found) return arrow::Status::OK();
  return arrow::Status::Invalid(what, ": expected ", expected, ", found ", found);
}

}  // namespace

arrow::Status History::Create() {
  const bool is_path = random.OneIn(4);
  CatalogOptions options;
  options.warehouse = folder_;
  if (is_path) options.uri = "path:" + folder_ + "/tables";
  options.create = true;
  options.clock = &clock;
  ARROW_ASSIGN_OR_RAISE(catalog, OpenCatalog(options));
  model.columns = {ColumnOf(1, "key", Type::Of(TypeKind::kLong), true),
                   ColumnOf(2, "station", Type::Of(TypeKind::kString)),
                   ColumnOf(3, "ts", Type::Of(TypeKind::kTimestamp)),
                   ColumnOf(4, "value", Type::Of(TypeKind::kFloat)),
                   ColumnOf(5, "count", Type::Of(TypeKind::kInt)),
                   ColumnOf(6, "price", Type::Decimal(9, 2))};
  model.last_column_id = 6;
  model.format_version = random.OneIn(3) ? 3 : 2;
  NewTable made;
  made.location = catalog->DefaultLocation(name);
  made.schema.fields = model.columns;
  model.has_identifier = random.OneIn(3);
  if (model.has_identifier) made.schema.identifier_field_ids = {FieldId(1)};
  made.format_version = model.format_version;
  made.properties = {{"write.parquet.compression-codec", "uncompressed"}};
  ARROW_ASSIGN_OR_RAISE(auto metadata, MakeTableMetadata(made, clock.Now()));
  ARROW_ASSIGN_OR_RAISE(table, catalog->Create(name, std::move(metadata), {"create", "ada"}));
  engine = std::make_unique<ReplayEngine>(*catalog, name);
  model.last_ms = clock.Now().value;
  model.moments.push_back({model.last_ms, std::nullopt, model.columns});
  Say("create in " + std::string(is_path ? "a path catalog" : "SQLite") + ", version " +
      std::to_string(model.format_version) + (model.has_identifier ? ", identified by key" : ""));
  return arrow::Status::OK();
}

std::string History::SomeBranch() {
  std::vector<std::string> names = {"main", "main", "main", "main"};
  for (const auto& [branch, head] : model.branches) names.push_back(branch);
  return random.OneOf(names);
}

CommitOptions History::SomeCommitOptions(const std::string& branch) {
  CommitOptions options;
  options.branch = branch;
  options.backoff_min_ms = 1;
  if (random.OneIn(3)) options.manifest_min_count_to_merge = static_cast<int>(2 + random.Below(5));
  options.fast_append = random.OneIn(4);
  return options;
}

TableWriterOptions History::SomeWriterOptions() {
  TableWriterOptions options;
  options.threads = 1;
  if (random.OneIn(4)) options.target_file_bytes = 600;
  if (random.OneIn(4)) options.row_group_bytes = 200;
  return options;
}

Schema History::CurrentSchema() const { return table.metadata->CurrentSchema(); }

arrow::Result<std::vector<DataFile>> History::WriteRows(int64_t count, ModelRows* rows) {
  ARROW_ASSIGN_OR_RAISE(const auto batch, random.Batch(model.columns, count, rows));
  ARROW_ASSIGN_OR_RAISE(auto writer,
                        MakeTableWriter(table.metadata, catalog->files(), SomeWriterOptions()));
  ARROW_RETURN_NOT_OK(writer->Write(*batch));
  return writer->Close();
}

arrow::Status History::LandedAs(const Snapshot& snapshot, const std::string& branch,
                                ModelState state) {
  const auto head = model.Head(branch);
  if (snapshot.parent_id != head) {
    return arrow::Status::Invalid("snapshot ", snapshot.id.value,
                                  " has another parent than the head of ", branch);
  }
  ARROW_RETURN_NOT_OK(
      Expect("time of the snapshot", model.Tick(clock.Now().value), snapshot.timestamp.value));
  if (snapshot.schema_id != table.metadata->current_schema_id) {
    return arrow::Status::Invalid("the snapshot has another schema than the table");
  }
  // An overwrite that found nothing to remove is an append, too.
  const bool is_append = snapshot.operation() == "append";
  if (is_append && !state.appended) {
    return arrow::Status::Invalid("an append where something else was done");
  }
  if (!is_append) state.appended.reset();
  state.columns = model.columns;
  state.last_column_id = model.last_column_id;
  state.parent = head;
  model.states[snapshot.id] = std::move(state);
  model.made.push_back(snapshot.id);
  return arrow::Status::OK();
}

arrow::Status History::Landed(const std::string& branch, ModelState state) {
  ARROW_ASSIGN_OR_RAISE(table, catalog->Load(name));
  const Snapshot* made = nullptr;
  for (const Snapshot& snapshot : table.metadata->snapshots) {
    if (model.states.contains(snapshot.id)) continue;
    if (made != nullptr) return arrow::Status::Invalid("expected one new snapshot, found more");
    made = &snapshot;
  }
  if (made == nullptr) return arrow::Status::Invalid("expected a new snapshot, found none");
  ARROW_RETURN_NOT_OK(LandedAs(*made, branch, std::move(state)));
  ARROW_RETURN_NOT_OK(Expect("head of " + branch, made->id.value,
                             table.metadata->refs.at(branch).snapshot_id.value));
  model.MoveBranch(branch, made->id, made->timestamp.value);
  return arrow::Status::OK();
}

arrow::Status History::LandedTwo(ModelState first, ModelState second) {
  ARROW_ASSIGN_OR_RAISE(table, catalog->Load(name));
  const auto& snapshots = table.metadata->snapshots;
  ARROW_RETURN_NOT_OK(Expect("snapshots", model.states.size() + 2, snapshots.size()));
  const Snapshot& between = snapshots[snapshots.size() - 2];
  ARROW_RETURN_NOT_OK(LandedAs(between, "main", std::move(first)));
  model.branches["main"] = between.id;
  ARROW_RETURN_NOT_OK(LandedAs(snapshots.back(), "main", std::move(second)));
  model.MoveBranch("main", snapshots.back().id, snapshots.back().timestamp.value);
  return arrow::Status::OK();
}

arrow::Status History::LandedMetadata() {
  const std::string before = table.metadata_location;
  ARROW_ASSIGN_OR_RAISE(table, catalog->Load(name));
  if (table.metadata_location == before) return arrow::Status::OK();
  ARROW_RETURN_NOT_OK(Expect("snapshots", model.states.size(), table.metadata->snapshots.size()));
  ARROW_RETURN_NOT_OK(Expect("time of the change", model.Tick(clock.Now().value),
                             table.metadata->last_updated.value));
  if (!model.Head("main")) model.moments.push_back({model.last_ms, std::nullopt, model.columns});
  return arrow::Status::OK();
}

arrow::Status History::LandedNothing() {
  const std::string before = table.metadata_location;
  ARROW_ASSIGN_OR_RAISE(table, catalog->Load(name));
  return Expect("metadata file", before, table.metadata_location);
}

arrow::Status ChangeSomething(History& history) {
  static const std::vector<int64_t> kSteps = {0, 1, 500, 60'000, 3'600'000, -5'000};
  history.clock.AdvanceMs(history.random.OneOf(kSteps));
  if (!history.model.Head("main") || history.random.Below(100) < 60) return ChangeRows(history);
  return ChangeMetadata(history);
}

}  // namespace artemis

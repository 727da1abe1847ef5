// Changes of metadata: schema, partitioning, order, refs, rollback, cherry-pick, expiry, format version.
#include <algorithm>

#include "artemis/commit/commit.h"
#include "artemis/schema/evolution.h"
#include "artemis/table/update.h"
#include "history.h"

namespace artemis {

namespace {

using MetadataResult = arrow::Result<TableMetadata>;

arrow::Status Commit(History& h, const std::string& what, const MetadataChange& change) {
  h.Say(what);
  return UpdateMetadata(*h.catalog, h.name, "alter", change).status();
}

arrow::Status SetColumnsTo(History& h, const std::string& what, Columns columns,
                           const std::function<arrow::Result<Schema>(const Schema&)>& evolve) {
  ARROW_RETURN_NOT_OK(Commit(h, what, [&](const TableMetadata& metadata) -> MetadataResult {
    ARROW_ASSIGN_OR_RAISE(auto schema, evolve(metadata.CurrentSchema()));
    return SetCurrentSchema(metadata, std::move(schema), FieldId(h.model.last_column_id));
  }));
  h.model.columns = std::move(columns);
  return h.LandedMetadata();
}

bool IsTaken(const Columns& columns, const std::string& name) {
  return std::any_of(columns.begin(), columns.end(),
                     [&](const Field& column) { return column.name == name; });
}

// Names of dropped and renamed columns come back, as other columns.
std::string FreeName(History& h) {
  static const std::vector<std::string> kNames = {"note",  "gain",  "mode",
                                                  "extra", "price", "count"};
  const std::string name = h.random.OneOf(kNames);
  return IsTaken(h.model.columns, name) ? "c" + std::to_string(h.done.size()) : name;
}

arrow::Status AddSomeColumn(History& h) {
  Field column;
  column.name = FreeName(h);
  column.type = h.random.ColumnType();
  column.id = FieldId(++h.model.last_column_id);
  NewColumnOptions options;
  if (h.model.format_version >= 3 && h.random.OneIn(2)) {
    options.default_value = h.random.Value(column.type);
    options.required = h.random.OneIn(3);
  }
  column.required = options.required;
  column.initial_default = column.write_default = options.default_value;
  Columns columns = h.model.columns;
  columns.push_back(column);
  const std::string suffix = column.initial_default ? " with a default" : "";
  return SetColumnsTo(h, "add column " + column.name + " " + column.type.ToString() + suffix,
                      std::move(columns), [&](const Schema& schema) -> arrow::Result<Schema> {
                        ARROW_ASSIGN_OR_RAISE(auto change,
                                              AddColumn(schema, FieldId(column.id.value - 1),
                                                        column.name, column.type, options));
                        return change.schema;
                      });
}

arrow::Status RenameSomeColumn(History& h) {
  Columns columns = h.model.columns;
  Field& column = columns[h.random.Below(static_cast<int64_t>(columns.size()))];
  const std::string old = column.name;
  column.name = FreeName(h);
  return SetColumnsTo(h, "rename " + old + " to " + column.name, columns,
                      [&](const Schema& schema) { return RenameColumn(schema, old, column.name); });
}

bool IsSource(const TableMetadata& metadata, FieldId id) {
  const auto names = [id](const auto& field) { return field.source_id == id; };
  const auto& spec = metadata.DefaultSpec().fields;
  const auto& order = metadata.DefaultSortOrder().fields;
  return std::any_of(spec.begin(), spec.end(), names) ||
         std::any_of(order.begin(), order.end(), names);
}

arrow::Status DropSomeColumn(History& h) {
  Columns columns = h.model.columns;
  const auto place = h.random.Below(static_cast<int64_t>(columns.size()));
  const Field column = columns[place];
  if (column.required || IsSource(*h.table.metadata, column.id)) return arrow::Status::OK();
  columns.erase(columns.begin() + place);
  return SetColumnsTo(h, "drop " + column.name, std::move(columns),
                      [&](const Schema& schema) { return DropColumn(schema, column.name); });
}

std::optional<Type> WiderType(const Type& type) {
  if (type.kind == TypeKind::kInt) return Type::Of(TypeKind::kLong);
  if (type.kind == TypeKind::kFloat) return Type::Of(TypeKind::kDouble);
  if (type.kind == TypeKind::kDecimal && type.precision == 9) return Type::Decimal(12, 2);
  return std::nullopt;
}

void WidenDefault(std::optional<LiteralValue>* value) {
  if (!*value) return;
  if (const auto* held = std::get_if<int32_t>(&**value)) *value = int64_t{*held};
  if (const auto* held = std::get_if<float>(&**value)) *value = double{*held};
}

arrow::Status WidenSomeColumn(History& h) {
  Columns columns = h.model.columns;
  Field& column = columns[h.random.Below(static_cast<int64_t>(columns.size()))];
  const auto wider = WiderType(column.type);
  if (!wider) return arrow::Status::OK();
  column.type = *wider;
  WidenDefault(&column.initial_default);
  WidenDefault(&column.write_default);
  return SetColumnsTo(h, "widen " + column.name, columns, [&](const Schema& schema) {
    return WidenColumn(schema, column.name, *wider, h.model.format_version);
  });
}

arrow::Status MoveSomeColumn(History& h) {
  Columns columns = h.model.columns;
  const auto place = h.random.Below(static_cast<int64_t>(columns.size()));
  std::rotate(columns.begin(), columns.begin() + place, columns.begin() + place + 1);
  const std::string moved = columns[0].name;
  return SetColumnsTo(h, "move " + moved + " to the front", columns,
                      [&](const Schema& schema) { return MoveColumnFirst(schema, moved); });
}

std::string SomeTerm(History& h, const Field& column) {
  std::vector<std::string> transforms = {"identity"};
  const TypeKind kind = column.type.kind;
  const bool is_time = kind == TypeKind::kTimestamp || kind == TypeKind::kTimestamptz;
  const bool is_whole = kind == TypeKind::kInt || kind == TypeKind::kLong;
  const bool is_text = kind == TypeKind::kString || kind == TypeKind::kBinary;
  if (is_time || kind == TypeKind::kDate) transforms = {"identity", "year", "month", "day"};
  if (is_time) transforms.emplace_back("hour");
  if (is_whole || kind == TypeKind::kDecimal) transforms.emplace_back("truncate(50, ");
  if (is_text) transforms.emplace_back("truncate(2, ");
  const bool is_floating = kind == TypeKind::kFloat || kind == TypeKind::kDouble;
  if (!is_floating && kind != TypeKind::kBoolean) transforms.emplace_back("bucket(3, ");
  const std::string transform = h.random.OneOf(transforms);
  if (transform == "identity") return column.name;
  const bool has_argument = transform.back() == ' ';
  return transform + (has_argument ? "" : "(") + column.name + ") as p" +
         std::to_string(h.done.size());
}

arrow::Status SetSomeSpec(History& h) {
  std::string text;
  if (!h.random.OneIn(5)) text = SomeTerm(h, h.random.OneOf(h.model.columns));
  if (!text.empty() && h.random.OneIn(3)) {
    const Field& column = h.random.OneOf(h.model.columns);
    if (text.find(column.name) == std::string::npos) {
      text += ", bucket(2, key) as k" + std::to_string(h.done.size());
    }
  }
  if (!IsTaken(h.model.columns, "key")) text = "";
  ARROW_RETURN_NOT_OK(Commit(
      h, "partition by '" + text + "'", [&](const TableMetadata& metadata) -> MetadataResult {
        ARROW_ASSIGN_OR_RAISE(auto spec, ParsePartitionSpec(text, metadata.CurrentSchema()));
        return SetDefaultSpec(metadata, std::move(spec));
      }));
  return h.LandedMetadata();
}

arrow::Status SetSomeOrder(History& h) {
  const Field& column = h.random.OneOf(h.model.columns);
  const std::string text = h.random.OneIn(3) ? "" : column.name + " desc nulls last";
  ARROW_RETURN_NOT_OK(
      Commit(h, "sort by '" + text + "'", [&](const TableMetadata& metadata) -> MetadataResult {
        ARROW_ASSIGN_OR_RAISE(auto order, ParseSortOrder(text, metadata.CurrentSchema()));
        return SetDefaultSortOrder(metadata, std::move(order));
      }));
  return h.LandedMetadata();
}

SnapshotId SomeSnapshot(History& h) { return h.random.OneOf(h.model.made); }

arrow::Status MakeRef(History& h, SnapshotRef::Kind kind, std::map<std::string, SnapshotId>* refs) {
  const bool is_tag = kind == SnapshotRef::Kind::kTag;
  RefChange change;
  change.name = (is_tag ? "tag" : "branch") + std::to_string(h.random.Below(3));
  change.kind = kind;
  change.snapshot_id = SomeSnapshot(h);
  change.replace = true;
  h.Say("set " + change.name + " to " + ToString(*change.snapshot_id));
  ARROW_RETURN_NOT_OK(SetRef(*h.catalog, h.name, change).status());
  (*refs)[change.name] = *change.snapshot_id;
  return h.LandedMetadata();
}

arrow::Status MakeTag(History& h) { return MakeRef(h, SnapshotRef::Kind::kTag, &h.model.tags); }
arrow::Status MakeBranch(History& h) {
  return MakeRef(h, SnapshotRef::Kind::kBranch, &h.model.branches);
}

arrow::Status RemoveTag(History& h) {
  if (h.model.tags.empty()) return arrow::Status::OK();
  const std::string name = h.model.tags.begin()->first;
  h.Say("remove " + name);
  ARROW_RETURN_NOT_OK(RemoveRef(*h.catalog, h.name, name).status());
  h.model.tags.erase(name);
  return h.LandedMetadata();
}

// A change that only moves a branch, or nothing where it is there already; `allowed`: whether the table must take it.
arrow::Status MoveTo(History& h, const std::string& branch, SnapshotId id, bool allowed,
                     const arrow::Status& found) {
  if (!allowed) {
    if (!found.IsInvalid()) return arrow::Status::Invalid("expected a refusal, found ", found);
    return h.LandedNothing();
  }
  ARROW_RETURN_NOT_OK(found);
  if (h.model.Head(branch) == id) return h.LandedNothing();
  ARROW_RETURN_NOT_OK(h.LandedMetadata());
  h.model.MoveBranch(branch, id, h.model.last_ms);
  return arrow::Status::OK();
}

arrow::Status FastForwardSomeBranch(History& h) {
  const std::string branch = h.SomeBranch();
  std::vector<std::pair<std::string, SnapshotId>> refs(h.model.tags.begin(), h.model.tags.end());
  refs.insert(refs.end(), h.model.branches.begin(), h.model.branches.end());
  const auto& [to, id] = h.random.OneOf(refs);
  h.Say("fast-forward " + branch + " to " + to);
  const bool allowed = h.model.IsAncestorOf(id, *h.model.Head(branch));
  return MoveTo(h, branch, id, allowed, FastForward(*h.catalog, h.name, branch, to).status());
}

arrow::Status RollBack(History& h) {
  const bool any = h.random.OneIn(4);
  const auto ancestors = h.model.Ancestors(h.model.Head("main"));
  const SnapshotId id = any || h.random.OneIn(6) ? SomeSnapshot(h) : h.random.OneOf(ancestors);
  h.Say("roll back to " + ToString(id) + (any ? ", ancestor or not" : ""));
  const bool allowed = any || h.model.IsAncestorOf(h.model.Head("main"), id);
  return MoveTo(h, "main", id, allowed, RollbackTo(*h.catalog, h.name, id, any).status());
}

arrow::Status RollBackToTime(History& h) {
  const ModelMoment& moment =
      h.model.moments[h.random.Below(static_cast<int64_t>(h.model.moments.size()))];
  const size_t place = &moment - h.model.moments.data();
  if (place < h.model.log_begin || !moment.snapshot) return RollBack(h);
  const bool is_last = place + 1 == h.model.moments.size();
  const int64_t time_ms =
      is_last ? moment.time_ms : h.model.moments[place + 1].time_ms - 1 - h.random.Below(1);
  const SnapshotId id = *moment.snapshot;
  h.Say("roll back to the time " + std::to_string(time_ms));
  const bool allowed = h.model.IsAncestorOf(h.model.Head("main"), id);
  return MoveTo(h, "main", id, allowed,
                RollbackToTime(*h.catalog, h.name, TimestampMs(time_ms)).status());
}

// The rules of commit.h: not what is in the branch already; the snapshot itself behind its parent; else appends only.
arrow::Status PickSomeSnapshot(History& h) {
  const std::string branch = h.SomeBranch();
  const SnapshotId id = SomeSnapshot(h);
  const ModelState picked = h.model.states.at(id);
  if (picked.source) return arrow::Status::OK();
  h.Say("cherry-pick " + ToString(id) + " on " + branch);
  bool is_there = false;
  for (const SnapshotId ancestor : h.model.Ancestors(h.model.Head(branch))) {
    is_there = is_there || ancestor == id || h.model.states.at(ancestor).source == id;
  }
  const SnapshotId oldest = h.model.Ancestors(h.model.Head(branch)).back();
  const bool is_next = picked.parent == h.model.Head(branch);
  const bool allowed = !is_there && (is_next || picked.appended);
  const auto status = CherryPick(*h.catalog, h.name, id, h.SomeCommitOptions(branch)).status();
  if (is_next || !allowed) return MoveTo(h, branch, id, allowed, status);
  // Whether its files are there from an ancestor that was expired is not the model's to know.
  if (h.model.states.at(oldest).parent && status.IsInvalid()) return h.LandedNothing();
  ARROW_RETURN_NOT_OK(status);
  ModelState state;
  state.rows = h.model.RowsOfBranch(branch);
  state.rows.insert(state.rows.end(), picked.appended->begin(), picked.appended->end());
  state.appended = picked.appended;
  state.source = id;
  return h.Landed(branch, std::move(state));
}

arrow::Status ExpireSome(History& h) {
  std::vector<SnapshotId> gone;
  for (int i = 0; i < 3; ++i) {
    const SnapshotId id = SomeSnapshot(h);
    const bool is_new = std::find(gone.begin(), gone.end(), id) == gone.end();
    if (!h.model.IsNamed(id) && is_new) gone.push_back(id);
  }
  if (gone.empty()) return arrow::Status::OK();
  std::string line = "expire";
  for (const SnapshotId id : gone) line += " " + ToString(id);
  ARROW_RETURN_NOT_OK(Commit(
      h, line, [&](const TableMetadata& metadata) { return RemoveSnapshots(metadata, gone); }));
  h.model.Expire(gone);
  return h.LandedMetadata();
}

arrow::Status Upgrade(History& h) {
  ARROW_RETURN_NOT_OK(Commit(h, "upgrade to version 3", [&](const TableMetadata& metadata) {
    return UpgradeFormat(metadata, 3);
  }));
  h.model.format_version = 3;
  return h.LandedMetadata();
}

}  // namespace

arrow::Status ChangeMetadata(History& history) {
  using Change = arrow::Status (*)(History&);
  static const std::vector<Change> kEarly = {AddSomeColumn, RenameSomeColumn, SetSomeSpec,
                                             SetSomeOrder};
  static const std::vector<Change> kChanges = {AddSomeColumn,
                                               AddSomeColumn,
                                               RenameSomeColumn,
                                               DropSomeColumn,
                                               WidenSomeColumn,
                                               MoveSomeColumn,
                                               SetSomeSpec,
                                               SetSomeSpec,
                                               SetSomeOrder,
                                               MakeTag,
                                               MakeTag,
                                               RemoveTag,
                                               MakeBranch,
                                               MakeBranch,
                                               RollBack,
                                               RollBackToTime,
                                               ExpireSome,
                                               Upgrade,
                                               FastForwardSomeBranch,
                                               PickSomeSnapshot,
                                               PickSomeSnapshot};
  return history.random.OneOf(history.model.Head("main") ? kChanges : kEarly)(history);
}

}  // namespace artemis

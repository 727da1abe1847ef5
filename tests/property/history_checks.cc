// Compares a table with its model: replay, plans and diffs.
#include <algorithm>

#include "artemis/base/error.h"
#include "artemis/check/check_table.h"
#include "artemis/read/read_plan.h"
#include "artemis/replay/change_columns.h"
#include "artemis/replay/replay.h"
#include "artemis/scan/scan_plan.h"
#include "artemis/schema/metadata_columns.h"
#include "history.h"

namespace artemis {

namespace {

constexpr int kTimes = 4;

ReplayOptions SomeReplayOptions(History& h) {
  ReplayOptions options;
  options.read.threads = h.random.OneIn(8) ? 2 : 1;
  if (h.random.OneIn(4)) options.read.batch_rows = 1 + h.random.Below(5);
  return options;
}

arrow::Status ExpectBag(const std::string& what, const Bag& expected, const Bag& found) {
  if (expected == found) return arrow::Status::OK();
  return arrow::Status::Invalid(what, ": missing", FormatBag(Minus(expected, found)),
                                "\n  too many", FormatBag(Minus(found, expected)));
}

// The rows that a replay gives, under the columns it must have.
arrow::Status CheckReplay(History& h, const std::string& what, const ReplayTarget& target,
                          const ModelRows& rows, const Columns& columns, ReplayOptions options) {
  std::string asked = what;
  ModelRows expected = rows;
  if (h.random.OneIn(2)) {
    const RandomPredicate where = h.random.PredicateOver(columns, 2);
    options.where = where.asked;
    asked += " where " + PredicateToJson(where.asked);
    expected = Filtered(rows, columns, where.meant);
  }
  auto replayed = h.engine->Replay(target, options);
  if (!replayed.ok()) return WithContext(replayed.status(), asked);
  const auto found = RowsOfStream(*replayed->rows, columns);
  if (!found.ok()) return WithContext(found.status(), asked);
  return ExpectBag(asked, BagOf(expected, columns), BagOf(*found, columns));
}

// By its id, or by a ref or the time at which main got it, under its own columns or today's.
arrow::Status CheckSnapshot(History& h, SnapshotId id, const ModelState& state) {
  ReplayOptions options = SomeReplayOptions(h);
  ReplayTarget target = id;
  for (const auto& moment : h.model.moments) {
    if (moment.snapshot == id && h.random.OneIn(2)) target = TimestampMs(moment.time_ms);
  }
  for (const auto* refs : {&h.model.branches, &h.model.tags}) {
    for (const auto& [ref, named] : *refs) {
      if (named == id) target = ref;
    }
  }
  const bool is_current = h.random.OneIn(3);
  if (is_current) options.mode = ProjectionMode::kCurrent;
  const std::string what = "replay at snapshot " + ToString(id) + ", target " +
                           std::to_string(target.index()) + (is_current ? ", current mode" : "");
  return CheckReplay(h, what, target, state.rows, is_current ? h.model.columns : state.columns,
                     options);
}

// Without caches, with and without the third pass: no row that matches lies in a file, or a row group, that is left out.
arrow::Status CheckPlan(History& h, SnapshotId id, const ModelState& state) {
  const RandomPredicate where = h.random.PredicateOver(state.columns, 2);
  const std::string what =
      "plan of snapshot " + ToString(id) + " where " + PredicateToJson(where.asked);
  auto schema = std::make_shared<Schema>();
  schema->fields = state.columns;
  const TableView view{h.table.metadata, id, schema};
  PlanOptions options;
  options.prune_row_groups = h.random.OneIn(2);
  options.explain = h.random.OneIn(2);
  options.threads = 1;
  const auto bound = Bind(where.asked, *schema);
  if (!bound.ok()) return WithContext(bound.status(), what);
  auto plan = PlanScan(view, *bound, h.catalog->files(), options);
  if (!plan.ok()) return WithContext(plan.status(), what);
  const auto files_kept = static_cast<int64_t>(plan->tasks.size());
  if (files_kept != plan->summary.files_kept || files_kept > plan->summary.files_total) {
    return arrow::Status::Invalid(what, ": ", files_kept, " tasks, but its summary says ",
                                  plan->summary.files_kept, " of ", plan->summary.files_total);
  }
  ReadOptions read;
  read.threads = 1;
  ARROW_ASSIGN_OR_RAISE(auto stream, ReadPlan(*std::move(plan), h.catalog->files(), read));
  const auto found = RowsOfStream(*stream, state.columns);
  if (!found.ok()) return WithContext(found.status(), what);
  return ExpectBag(what, BagOf(Filtered(state.rows, state.columns, where.meant), state.columns),
                   BagOf(*found, state.columns));
}

// Before the table there is none; what main showed may have been expired.
arrow::Status ExpectNoMoment(const std::string& what, const ModelMoment* moment,
                             const arrow::Status& found) {
  const bool is_right = moment == nullptr ? FindDetail<NoSuchTable>(found) != nullptr
                                          : FindDetail<SnapshotExpired>(found) != nullptr;
  if (is_right) return arrow::Status::OK();
  return arrow::Status::Invalid(what, ": expected ", moment == nullptr ? "no table" : "expired",
                                ", found ", found);
}

// Before its first commit a table has no rows.
arrow::Status CheckTime(History& h, int64_t time_ms) {
  const std::string what = "replay at the time " + std::to_string(time_ms);
  const ReplayTarget target = TimestampMs(time_ms);
  const ModelMoment* moment = h.model.At(time_ms);
  const auto options = SomeReplayOptions(h);
  if (moment != nullptr && !moment->snapshot) {
    return CheckReplay(h, what, target, {}, moment->columns, options);
  }
  if (moment != nullptr && h.model.states.contains(*moment->snapshot)) {
    const ModelState& state = h.model.states.at(*moment->snapshot);
    return CheckReplay(h, what, target, state.rows, state.columns, options);
  }
  return ExpectNoMoment(what, moment, h.engine->Replay(target, options).status());
}

const Field* FindColumn(const Columns& columns, FieldId id) {
  for (const Field& column : columns) {
    if (column.id == id) return &column;
  }
  return nullptr;
}

bool IsWiderOrSame(const Type& wide, const Type& narrow) {
  if (wide == narrow) return true;
  return (wide.kind == TypeKind::kLong && narrow.kind == TypeKind::kInt) ||
         (wide.kind == TypeKind::kDouble && narrow.kind == TypeKind::kFloat) ||
         (wide.kind == TypeKind::kDecimal && wide.precision > narrow.precision);
}

// Columns that were dropped hold values in some files and not in others, and no column gets narrower.
bool IsDefinedUnder(const ModelState& state, const Columns& columns) {
  return std::all_of(columns.begin(), columns.end(), [&](const Field& column) {
    const Field* then = FindColumn(state.columns, column.id);
    if (then == nullptr) return column.id.value > state.last_column_id;
    return IsWiderOrSame(column.type, then->type);
  });
}

// The columns of a projection, where rows of all these states are defined under them.
std::optional<Columns> DiffColumnsOf(History& h, DiffProjection projection,
                                     const std::vector<const ModelState*>& states) {
  Columns columns = h.model.columns;
  if (projection == DiffProjection::kNew) columns = states.back()->columns;
  if (projection == DiffProjection::kOld) columns = states.front()->columns;
  for (const ModelState* state : states) {
    if (!IsDefinedUnder(*state, columns)) return std::nullopt;
  }
  return columns;
}

// The states from `from` to `to`, both with them; nothing where a parent on the way is gone, or leads elsewhere.
std::vector<const ModelState*> ChainOf(const TableModel& model, SnapshotId from, SnapshotId to) {
  std::vector<const ModelState*> chain;
  for (const SnapshotId id : model.Ancestors(to)) {
    chain.push_back(&model.states.at(id));
    if (id != from) continue;
    std::reverse(chain.begin(), chain.end());
    return chain;
  }
  return {};
}

// What a feed of changes says of one commit.
struct ModelChange {
  Bag added, removed;
  // Pairs of a removed and an added row with one identifier.
  int64_t updates = 0;
};

// By key, how many rows of the bag; `key_of` knows the key of each of its texts.
Bag CountKeys(const Bag& bag, const std::map<std::string, std::string>& key_of) {
  Bag keys;
  for (const auto& [text, count] : bag) keys[key_of.at(text)] += count;
  return keys;
}

int64_t CountUpdates(const ModelRows& before, const ModelRows& after, const Columns& columns,
                     const ModelChange& change) {
  const Columns key = {*FindColumn(columns, FieldId(1))};
  std::map<std::string, std::string> key_of;
  for (const auto* rows : {&before, &after}) {
    for (const ReferenceRow& row : *rows) {
      key_of[BagOf({row}, columns).begin()->first] = BagOf({row}, key).begin()->first;
    }
  }
  const Bag added = CountKeys(change.added, key_of), removed = CountKeys(change.removed, key_of);
  int64_t updates = 0;
  for (const auto& [text, count] : removed) {
    const auto partner = added.find(text);
    if (partner != added.end()) updates += std::min(count, partner->second);
  }
  return updates;
}

std::vector<ModelChange> ChangesOf(const std::vector<const ModelState*>& states,
                                   const Columns& columns, const BoundPredicate& where,
                                   bool has_identifier) {
  std::vector<ModelChange> changes;
  for (size_t i = 1; i < states.size(); ++i) {
    const ModelRows before = Filtered(states[i - 1]->rows, columns, where);
    const ModelRows after = Filtered(states[i]->rows, columns, where);
    const Bag old_bag = BagOf(before, columns), new_bag = BagOf(after, columns);
    ModelChange& change = changes.emplace_back();
    change.added = Minus(new_bag, old_bag);
    change.removed = Minus(old_bag, new_bag);
    if (has_identifier) change.updates = CountUpdates(before, after, columns, change);
  }
  return changes;
}

Columns WithChangeColumns(const Columns& columns) {
  Columns all(kChangeColumnCount);
  all[0].name = "_change_type";
  all[0].type = Type::Of(TypeKind::kString);
  all[1].name = "_change_ordinal";
  all[1].type = Type::Of(TypeKind::kInt);
  all[2].name = "_commit_snapshot_id";
  all[2].type = Type::Of(TypeKind::kLong);
  for (int32_t i = 0; i < kChangeColumnCount; ++i) all[i].id = FieldId(1'000'000 + i);
  all.insert(all.end(), columns.begin(), columns.end());
  return all;
}

// By the commit's id, as the stream has them; ordinals ascend with the commits.
arrow::Result<std::map<int64_t, ModelChange>> ReadFeed(const DiffResult& diff,
                                                       const Columns& columns) {
  const Columns all = WithChangeColumns(columns);
  ARROW_ASSIGN_OR_RAISE(const ModelRows rows, RowsOfStream(*diff.changes, all));
  std::map<int64_t, ModelChange> changes;
  int32_t last = 0;
  for (const ReferenceRow& row : rows) {
    const auto type = std::get<std::string>(*row.at(all[0].id));
    const auto ordinal = std::get<int32_t>(*row.at(all[1].id));
    const auto commit = row.at(all[2].id);
    if (ordinal < last || !commit || ordinal >= std::ssize(diff.commits) ||
        diff.commits[ordinal].snapshot_id.value != std::get<int64_t>(*commit)) {
      return arrow::Status::Invalid("ordinal ", ordinal, " after ", last,
                                    ", or not that of its commit");
    }
    last = ordinal;
    auto& change = changes[std::get<int64_t>(*commit)];
    const bool is_before = type == "update_preimage", is_after = type == "update_postimage";
    if (!is_before && !is_after && type != "delete" && type != "insert") {
      return arrow::Status::Invalid("change type ", type);
    }
    change.updates += is_before ? 1 : 0;
    Bag& bag = type == "delete" || is_before ? change.removed : change.added;
    for (const auto& [text, count] : BagOf({row}, columns)) bag[text] += count;
  }
  return changes;
}

arrow::Status CheckFeed(const std::string& what, History& h, SnapshotId to,
                        const std::vector<const ModelState*>& chain, const DiffResult& diff,
                        const Columns& columns, const BoundPredicate& where) {
  const auto changes = ChangesOf(chain, columns, where, h.model.has_identifier);
  const auto found = ReadFeed(diff, columns);
  if (!found.ok()) return WithContext(found.status(), what);
  auto ids = h.model.Ancestors(to);
  ids.resize(changes.size());
  std::reverse(ids.begin(), ids.end());
  for (size_t i = 0; i < changes.size(); ++i) {
    const auto at = found->find(ids[i].value);
    const ModelChange seen = at == found->end() ? ModelChange{} : at->second;
    const std::string commit = what + ", commit " + ToString(ids[i]);
    ARROW_RETURN_NOT_OK(ExpectBag(commit + ", added", changes[i].added, seen.added));
    ARROW_RETURN_NOT_OK(ExpectBag(commit + ", removed", changes[i].removed, seen.removed));
    if (changes[i].updates != seen.updates) {
      return arrow::Status::Invalid(commit, ": expected ", changes[i].updates, " updates, found ",
                                    seen.updates);
    }
  }
  return arrow::Status::OK();
}

Bag Sum(const std::vector<ModelChange>& changes, Bag ModelChange::*member) {
  Bag sum;
  for (const auto& change : changes) {
    for (const auto& [text, count] : change.*member) sum[text] += count;
  }
  return sum;
}

// One question about two snapshots, and what the model says of it.
struct DiffQuestion {
  std::string what;
  SnapshotId from, to;
  DiffOptions asked;
  ReplayOptions options;
  BoundPredicate where;
  Columns columns;
  // The states that are compared, each with the one before it: of a net diff the ends alone.
  std::vector<const ModelState*> states;
};

arrow::Result<std::optional<DiffQuestion>> SomeQuestion(History& h, SnapshotId from,
                                                        SnapshotId to) {
  static const std::vector<DiffProjection> kProjections = {
      DiffProjection::kNew, DiffProjection::kOld, DiffProjection::kCurrent};
  DiffQuestion question;
  question.from = from;
  question.to = to;
  question.asked.kind = h.random.OneIn(2) ? DiffKind::kGross : DiffKind::kNet;
  question.asked.projection = h.random.OneOf(kProjections);
  if (h.random.OneIn(4)) question.asked.memory_bytes = 2000;
  question.options = SomeReplayOptions(h);
  question.states = {&h.model.states.at(from), &h.model.states.at(to)};
  if (question.asked.kind == DiffKind::kGross) {
    auto chain = ChainOf(h.model, from, to);
    if (!chain.empty()) question.states = std::move(chain);
  }
  const auto columns = DiffColumnsOf(h, question.asked.projection, question.states);
  if (!columns) return std::nullopt;
  question.columns = *columns;
  question.what = std::string(question.asked.kind == DiffKind::kGross ? "gross" : "net") +
                  " diff from " + ToString(from) + " to " + ToString(to) + ", projection " +
                  std::to_string(static_cast<int>(question.asked.projection));
  if (h.random.OneIn(3)) {
    const RandomPredicate where = h.random.PredicateOver(question.columns, 1);
    question.options.where = where.asked;
    question.where = where.meant;
    question.what += " where " + PredicateToJson(where.asked);
  }
  return question;
}

arrow::Status CheckDiff(History& h, SnapshotId from, SnapshotId to) {
  ARROW_ASSIGN_OR_RAISE(const auto some, SomeQuestion(h, from, to));
  if (!some) return arrow::Status::OK();
  const auto& [what, ignored_from, ignored_to, asked, options, where, columns, states] = *some;
  auto diff = h.engine->ReplayDiff(from, to, options, asked);
  const bool is_exchanged = from != to && h.model.IsAncestorOf(from, to);
  if (is_exchanged) {
    if (diff.status().IsInvalid()) return arrow::Status::OK();
    return arrow::Status::Invalid(what, ": expected a refusal, found ", diff.status());
  }
  if (!diff.ok()) return WithContext(diff.status(), what);
  const bool has_chain = from == to || h.model.IsAncestorOf(to, from);
  const bool is_gross = asked.kind == DiffKind::kGross && has_chain;
  if ((diff->kind == DiffKind::kGross) != is_gross) {
    return arrow::Status::Invalid(what, ": expected ", is_gross ? "a gross" : "a net",
                                  " diff, found the other");
  }
  if (is_gross && h.random.OneIn(2)) {
    return CheckFeed(what, h, to, states, *diff, columns, where);
  }
  const auto added = RowsOfStream(*diff->added, columns);
  const auto removed = RowsOfStream(*diff->removed, columns);
  if (!added.ok()) return WithContext(added.status(), what);
  if (!removed.ok()) return WithContext(removed.status(), what);
  const auto changes = ChangesOf(states, columns, where, false);
  ARROW_RETURN_NOT_OK(
      ExpectBag(what + ", added", Sum(changes, &ModelChange::added), BagOf(*added, columns)));
  return ExpectBag(what + ", removed", Sum(changes, &ModelChange::removed),
                   BagOf(*removed, columns));
}

// Which snapshot is pinned at a time, and which columns; nothing is read.
arrow::Status CheckPin(History& h, int64_t time_ms) {
  const ModelMoment* moment = h.model.At(time_ms);
  const auto pin = Resolve(*h.catalog, h.table, TimestampMs(time_ms));
  const std::string what = "pin at the time " + std::to_string(time_ms);
  if (moment == nullptr || (moment->snapshot && !h.model.states.contains(*moment->snapshot))) {
    return ExpectNoMoment(what, moment, pin.status());
  }
  if (!pin.ok()) return WithContext(pin.status(), what);
  if (pin->view.snapshot_id != moment->snapshot) {
    return arrow::Status::Invalid(what, ": another snapshot");
  }
  if (pin->view.schema->fields == moment->columns) return arrow::Status::OK();
  return arrow::Status::Invalid(what, ": other columns");
}

// Each live row of version 3 has an id of its own (specification, "Row Lineage").
arrow::Status CheckRowIds(History& h) {
  if (h.model.format_version < 3 || !h.model.Head("main")) return arrow::Status::OK();
  const ModelState& state = h.model.states.at(*h.model.Head("main"));
  // An upgrade gives ids in the first commit after it.
  if (!h.table.metadata->CurrentSnapshot()->first_row_id) return arrow::Status::OK();
  const Columns columns = {*FindMetadataColumn(kRowIdColumn)};
  ReplayOptions options = SomeReplayOptions(h);
  options.read.columns = {kRowIdColumn};
  ARROW_ASSIGN_OR_RAISE(auto replayed, h.engine->Replay(ReplayTarget(), options));
  ARROW_ASSIGN_OR_RAISE(const auto rows, RowsOfStream(*replayed.rows, columns));
  const Bag ids = BagOf(rows, columns);
  if (ids.size() == state.rows.size() && !ids.contains("null")) return arrow::Status::OK();
  return arrow::Status::Invalid("row ids of main: expected ", state.rows.size(), " of them, found",
                                FormatBag(ids));
}

arrow::Status CheckFiles(History& h) {
  CheckOptions options;
  options.deep = h.random.OneIn(8);
  options.threads = 1;
  ARROW_ASSIGN_OR_RAISE(const auto report, CheckTable(h.table, h.catalog->files(), options));
  if (report.problems.empty()) return arrow::Status::OK();
  const Problem& first = report.problems.front();
  return arrow::Status::Invalid("check found ", report.problems.size(),
                                " problems, the first: ", first.rule, " (", first.where,
                                "): ", first.what);
}

}  // namespace

arrow::Status CheckBranch(History& history, const std::string& branch) {
  const auto head = history.model.Head(branch);
  if (!head) return arrow::Status::OK();
  const ModelState& state = history.model.states.at(*head);
  return CheckReplay(history, "replay of " + branch, branch, state.rows, state.columns,
                     SomeReplayOptions(history));
}

arrow::Status CheckEverything(History& history) {
  const std::vector<SnapshotId>& ids = history.model.made;
  for (const SnapshotId id : ids) {
    const ModelState& state = history.model.states.at(id);
    ARROW_RETURN_NOT_OK(CheckSnapshot(history, id, state));
    ARROW_RETURN_NOT_OK(CheckPlan(history, id, state));
    ARROW_RETURN_NOT_OK(CheckDiff(history, history.random.OneOf(ids), id));
  }
  const auto& moments = history.model.moments;
  for (const ModelMoment& moment : moments) {
    ARROW_RETURN_NOT_OK(CheckPin(history, moment.time_ms));
    ARROW_RETURN_NOT_OK(CheckPin(history, moment.time_ms - 1));
  }
  const int64_t span_ms = history.model.last_ms - moments.front().time_ms + 2;
  for (int i = 0; i < kTimes; ++i) {
    ARROW_RETURN_NOT_OK(
        CheckTime(history, moments.front().time_ms - 1 + history.random.Below(span_ms)));
  }
  ARROW_RETURN_NOT_OK(CheckRowIds(history));
  return CheckFiles(history);
}

}  // namespace artemis

// Compares a table with its model: replay, plans and diffs.
#include <algorithm>

#include "artemis/base/error.h"
#include "artemis/check/check_table.h"
#include "artemis/read/read_plan.h"
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

arrow::Status CheckDiff(History& h, SnapshotId from, SnapshotId to) {
  const ModelState& old_state = h.model.states.at(from);
  const ModelState& new_state = h.model.states.at(to);
  static const std::vector<DiffProjection> kProjections = {
      DiffProjection::kNew, DiffProjection::kOld, DiffProjection::kCurrent};
  const DiffProjection projection = h.random.OneOf(kProjections);
  const Columns& columns = projection == DiffProjection::kNew   ? new_state.columns
                           : projection == DiffProjection::kOld ? old_state.columns
                                                                : h.model.columns;
  if (!IsDefinedUnder(old_state, columns) || !IsDefinedUnder(new_state, columns)) {
    return arrow::Status::OK();
  }
  std::string what = "diff from " + ToString(from) + " to " + ToString(to) + ", projection " +
                     std::to_string(static_cast<int>(projection));
  auto options = SomeReplayOptions(h);
  ModelRows before = old_state.rows, after = new_state.rows;
  if (h.random.OneIn(3)) {
    const RandomPredicate where = h.random.PredicateOver(columns, 1);
    options.where = where.asked;
    what += " where " + PredicateToJson(where.asked);
    before = Filtered(before, columns, where.meant);
    after = Filtered(after, columns, where.meant);
  }
  DiffOptions asked;
  asked.kind = DiffKind::kNet;
  asked.projection = projection;
  auto diff = h.engine->ReplayDiff(from, to, options, asked);
  const bool is_exchanged = from != to && h.model.IsAncestorOf(from, to);
  if (is_exchanged) {
    if (diff.status().IsInvalid()) return arrow::Status::OK();
    return arrow::Status::Invalid(what, ": expected a refusal, found ", diff.status());
  }
  if (!diff.ok()) return WithContext(diff.status(), what);
  const auto added = RowsOfStream(*diff->added, columns);
  const auto removed = RowsOfStream(*diff->removed, columns);
  if (!added.ok()) return WithContext(added.status(), what);
  if (!removed.ok()) return WithContext(removed.status(), what);
  const Bag old_bag = BagOf(before, columns), new_bag = BagOf(after, columns);
  ARROW_RETURN_NOT_OK(ExpectBag(what + ", added", Minus(new_bag, old_bag), BagOf(*added, columns)));
  return ExpectBag(what + ", removed", Minus(old_bag, new_bag), BagOf(*removed, columns));
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

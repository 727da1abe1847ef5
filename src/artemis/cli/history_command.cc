// artemis-table history, snapshots, refs.
#include "artemis/cli/history_command.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "artemis/base/json_text.h"
#include "artemis/base/time_text.h"
#include "artemis/cli/history_entries.h"
#include "artemis/cli/opened_table.h"
#include "artemis/cli/summary_facts.h"
#include "artemis/commit/summary.h"
#include "artemis/output/text_table.h"

namespace artemis {

namespace {

constexpr size_t kNoteWidthMax = 120;
constexpr size_t kAuthorWidthMax = 24;
// Of the lines of history: the snapshot's id.
constexpr size_t kIdColumn = 3;

Fact SummaryJson(const std::map<std::string, std::string>& summary) {
  std::string json = "{";
  for (const auto& [key, value] : summary) {
    json += (json.size() > 1 ? "," : "") + JsonString(key) + ":" + JsonString(value);
  }
  return Fact::Json("", json + "}");
}

Fact CurrentMark(bool current) {
  return Fact::Json(current ? "*" : "", current ? "true" : "false");
}

FactRecord TableFact(const OpenedTable& opened) {
  FactRecord facts;
  facts.Add("table", Fact::Text(opened.name().ToString()));
  return facts;
}

// The message belongs to the change that made the snapshot, not to those that only kept it.
Fact LineMessage(const HistoryLine& line) {
  return line.made_snapshot ? SummaryText(line.snapshot, kMessageKey) : Fact();
}

Fact LineCount(const HistoryLine& line, const char* key) {
  return line.made_snapshot ? SummaryCount(line.snapshot, key) : Fact();
}

Fact ChangesJson(const std::vector<std::string>& changes) {
  std::string json = "[";
  for (const auto& change : changes) json += (json.size() > 1 ? "," : "") + JsonString(change);
  return Fact::Json("", json + "]");
}

FactTable HistoryFacts(const std::vector<HistoryLine>& lines) {
  FactTable table;
  table.keys = {"time",       "operation",        "snapshot_id",      "parent_id",   "schema_id",
                "spec_id",    "author",           "message",          "added_rows",  "removed_rows",
                "total_rows", "added_files",      "removed_files",    "total_files", "changes",
                "current",    "current_ancestor", "metadata_location"};
  for (const auto& line : lines) {
    const auto& entry = line.entry;
    table.rows.push_back(
        {Fact::Time(entry.time), Fact::Text(entry.operation), Fact::IdIf(entry.snapshot_id),
         line.made_snapshot ? Fact::IdIf(line.snapshot->parent_id) : Fact(),
         Fact::IdIf(entry.schema_id), Fact::IdIf(entry.spec_id), Fact::TextIf(entry.principal),
         LineMessage(line), LineCount(line, "added-records"), LineCount(line, "deleted-records"),
         LineCount(line, "total-records"), LineCount(line, "added-data-files"),
         LineCount(line, "deleted-data-files"), LineCount(line, "total-data-files"),
         ChangesJson(line.changes), CurrentMark(line.current),
         line.current_ancestor ? Fact::Flag(*line.current_ancestor) : Fact(),
         Fact::Text(entry.metadata_location)});
  }
  return table;
}

// "+6", "-1"; empty for none.
std::string Signed(const HistoryLine& line, const char* key, char sign) {
  const auto count = line.made_snapshot ? SummaryNumber(line.snapshot, key) : std::nullopt;
  return count.value_or(0) == 0 ? "" : sign + GroupDigits(*count);
}

// Cells "-10,000" and "+60,000" of a column pair as one text, aligned, with the noun behind it: "-10,000 +60,000 rows".
void JoinCounts(std::vector<std::vector<std::string>>* rows, size_t removed,
                const std::string& noun) {
  size_t widths[2] = {};
  for (const auto& row : *rows) {
    for (size_t i = 0; i < 2; ++i) widths[i] = std::max(widths[i], row[removed + i].size());
  }
  for (auto& row : *rows) {
    std::string& minus = row[removed];
    std::string& plus = row[removed + 1];
    if (!plus.empty() || !minus.empty()) {
      std::string text;
      if (widths[0] > 0) text = std::string(widths[0] - minus.size(), ' ') + minus + " ";
      minus = text + std::string(widths[1] - plus.size(), ' ') + plus + " " + noun;
    }
    plus.clear();
  }
}

std::string LineNote(const HistoryLine& line) {
  std::string note = LineMessage(line).text();
  for (const auto& change : line.changes) note += (note.empty() ? "" : "; ") + change;
  return DisplayCell(note, kNoteWidthMax);
}

// Cells that are empty in every row take no room.
std::string WithoutEmptyColumns(const std::vector<std::vector<std::string>>& rows) {
  std::vector<size_t> shown;
  for (size_t i = 0; !rows.empty() && i < rows.front().size(); ++i) {
    const bool used =
        std::any_of(rows.begin(), rows.end(), [i](const auto& row) { return !row[i].empty(); });
    if (used) shown.push_back(i);
  }
  TextTableLayout layout;
  std::vector<std::vector<std::string>> lines;
  for (const auto& row : rows) {
    auto& line = lines.emplace_back();
    for (const size_t i : shown) line.push_back(row[i]);
    layout.Fit(line);
  }
  for (size_t i = 0; i < shown.size(); ++i) layout.right_aligned[i] = shown[i] == kIdColumn;
  std::string text;
  for (const auto& line : lines) layout.AppendRow(line, &text);
  return text;
}

std::string HistoryText(const std::vector<HistoryLine>& lines, TimestampMs now) {
  std::vector<std::vector<std::string>> rows;
  for (const auto& line : lines) {
    // What left no snapshot of its own belongs to the line all the same.
    const char* mark = line.current ? "*" : line.current_ancestor.value_or(true) ? "|" : " ";
    rows.push_back({std::string(mark) + " " + FormatTime(line.entry.time),
                    HumanAge(line.entry.time, now), line.entry.operation,
                    Fact::IdIf(line.entry.snapshot_id).text(), Signed(line, "deleted-records", '-'),
                    Signed(line, "added-records", '+'), Signed(line, "deleted-data-files", '-'),
                    Signed(line, "added-data-files", '+'),
                    DisplayCell(line.entry.principal, kAuthorWidthMax), LineNote(line)});
  }
  JoinCounts(&rows, 4, "rows");
  JoinCounts(&rows, 6, "files");
  return WithoutEmptyColumns(rows);
}

}  // namespace

arrow::Status RunHistory(const InfoOptions& options, CommandContext& context) {
  ARROW_ASSIGN_OR_RAISE(const auto opened, OpenTableToRead(context, options.table));
  ARROW_ASSIGN_OR_RAISE(const auto lines, HistoryLines(*opened.catalog, opened.table));
  if (options.format == FactFormat::kText) {
    return context.Print(HistoryText(lines, context.clock().Now()));
  }
  return context.Print(TableFact(opened), "history", HistoryFacts(lines), options.format);
}

namespace {

// The current snapshot and its ancestors, as far as they are there.
std::set<SnapshotId> Lineage(const TableMetadata& metadata) {
  std::set<SnapshotId> ids;
  const Snapshot* snapshot = metadata.CurrentSnapshot();
  while (snapshot != nullptr && ids.insert(snapshot->id).second) {
    snapshot = snapshot->parent_id ? metadata.FindSnapshot(*snapshot->parent_id) : nullptr;
  }
  return ids;
}

// The branches and tags at a snapshot: "main, audit".
Fact RefsAt(const TableMetadata& metadata, SnapshotId id) {
  std::string text, json = "[";
  for (const auto& [name, ref] : metadata.refs) {
    if (ref.snapshot_id != id) continue;
    text += (text.empty() ? "" : ", ") + name;
    json += (json.size() > 1 ? "," : "") + JsonString(name);
  }
  return Fact::Json(text, json + "]");
}

}  // namespace

arrow::Status RunSnapshots(const InfoOptions& options, CommandContext& context) {
  ARROW_ASSIGN_OR_RAISE(const auto opened, OpenTableToRead(context, options.table));
  const TableMetadata& metadata = opened.metadata();
  const auto lineage = Lineage(metadata);
  FactTable table;
  table.keys = {
      "snapshot_id",  "parent_id",       "committed_at",     "age",        "operation",
      "schema_id",    "sequence_number", "added_files",      "added_rows", "removed_files",
      "deleted_rows", "total_rows",      "author",           "message",    "refs",
      "lineage",      "current",         "current_ancestor", "summary"};
  table.json_only = {"parent_id", "schema_id",        "sequence_number",
                     "current",   "current_ancestor", "summary"};
  table.text_only = {"age", "lineage"};
  for (const auto& snapshot : metadata.snapshots) {
    const bool current = snapshot.id == metadata.current_snapshot_id;
    const bool ancestor = lineage.contains(snapshot.id);
    table.rows.push_back(
        {Fact::Id(snapshot.id), Fact::IdIf(snapshot.parent_id), Fact::Time(snapshot.timestamp),
         Fact::Text(HumanAge(snapshot.timestamp, context.clock().Now())),
         Fact::TextIf(snapshot.operation()), Fact::IdIf(snapshot.schema_id),
         Fact::Id(snapshot.sequence_number), SummaryCount(&snapshot, "added-data-files"),
         SummaryCount(&snapshot, "added-records"), SummaryCount(&snapshot, "deleted-data-files"),
         SummaryCount(&snapshot, "deleted-records"), SummaryCount(&snapshot, "total-records"),
         SummaryText(&snapshot, kAuthorKey), SummaryText(&snapshot, kMessageKey),
         RefsAt(metadata, snapshot.id),
         Fact::TextIf(current    ? "current"
                      : ancestor ? "ancestor"
                                 : ""),
         CurrentMark(current), Fact::Flag(ancestor), SummaryJson(snapshot.summary)});
  }
  return context.Print(TableFact(opened), "snapshots", table, options.format);
}

arrow::Status RunRefs(const InfoOptions& options, CommandContext& context) {
  ARROW_ASSIGN_OR_RAISE(const auto opened, OpenTableToRead(context, options.table));
  FactTable table;
  table.keys = {"name",          "type",      "snapshot_id",           "committed_at",
                "age",           "operation", "min_snapshots_to_keep", "max_snapshot_age_ms",
                "max_ref_age_ms"};
  table.text_only = {"age"};
  bool retention = false;
  for (const auto& [name, ref] : opened.metadata().refs) {
    const Snapshot* snapshot = opened.metadata().FindSnapshot(ref.snapshot_id);
    retention =
        retention || ref.min_snapshots_to_keep || ref.max_snapshot_age_ms || ref.max_ref_age_ms;
    table.rows.push_back(
        {Fact::Text(name), Fact::Text(ref.kind == SnapshotRef::Kind::kBranch ? "branch" : "tag"),
         Fact::Id(ref.snapshot_id), snapshot != nullptr ? Fact::Time(snapshot->timestamp) : Fact(),
         snapshot != nullptr ? Fact::Text(HumanAge(snapshot->timestamp, context.clock().Now()))
                             : Fact(),
         snapshot != nullptr ? Fact::TextIf(snapshot->operation()) : Fact(),
         ref.min_snapshots_to_keep ? Fact::Count(*ref.min_snapshots_to_keep) : Fact(),
         Fact::CountIf(ref.max_snapshot_age_ms), Fact::CountIf(ref.max_ref_age_ms)});
  }
  if (!retention) {
    table.json_only = {"min_snapshots_to_keep", "max_snapshot_age_ms", "max_ref_age_ms"};
  }
  return context.Print(TableFact(opened), "refs", table, options.format);
}

}  // namespace artemis

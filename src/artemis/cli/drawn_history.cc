// Judges each change of the history, and draws it.
#include "artemis/cli/drawn_history.h"

#include <algorithm>
#include <set>
#include <utility>

#include "artemis/base/json_text.h"
#include "artemis/base/time_text.h"
#include "artemis/cli/summary_facts.h"
#include "artemis/commit/snapshot_step.h"
#include "artemis/commit/summary.h"
#include "artemis/output/text_table.h"

namespace artemis {

namespace {

constexpr char kGrey[] = "\x1b[90m";
constexpr char kPlain[] = "\x1b[0m";
constexpr size_t kDrawnNoteWidthMax = 120;

// The oldest state by the log that is still there.
std::optional<TimestampMs> OldestByLog(const TableMetadata& metadata) {
  std::optional<TimestampMs> oldest;
  for (const auto& entry : metadata.snapshot_log) {
    if (metadata.FindSnapshot(entry.snapshot_id) == nullptr) continue;
    if (!oldest || entry.timestamp < *oldest) oldest = entry.timestamp;
  }
  return oldest;
}

class StateJudge {
 public:
  explicit StateJudge(const TableMetadata& metadata) {
    const auto ancestors = AncestorsOf(metadata, metadata.current_snapshot_id);
    for (const Snapshot* each : ancestors) lineage_.insert(each->id);
    const Snapshot* oldest = ancestors.empty() ? nullptr : ancestors.back();
    if (oldest != nullptr && oldest->parent_id) line_begins_ = oldest->timestamp;
  }

  // The line of the current snapshot begins with one whose parent is gone.
  bool is_cut() const { return line_begins_.has_value(); }

  HistoryState Of(const HistoryLine& line) const {
    if (line.current) return HistoryState::kCurrent;
    if (!line.entry.snapshot_id) return HistoryState::kAncestor;
    if (line.snapshot == nullptr) return HistoryState::kExpired;
    if (lineage_.contains(line.snapshot->id)) return HistoryState::kAncestor;
    // Where the line was cut, what lies before it may have belonged to it.
    const bool before = line_begins_ && line.snapshot->timestamp < *line_begins_;
    return before ? HistoryState::kUnknown : HistoryState::kRolledBack;
  }

 private:
  std::set<SnapshotId> lineage_;
  std::optional<TimestampMs> line_begins_;  // set when its first snapshot has a parent that is gone
};

const char* MarkOf(HistoryState state) {
  switch (state) {
    case HistoryState::kCurrent:
      return "*";
    case HistoryState::kAncestor:
      return "|";
    case HistoryState::kRolledBack:
      return "x";
    case HistoryState::kExpired:
      return "~";
    case HistoryState::kUnknown:
      break;
  }
  return " ";
}

Fact StateFact(HistoryState state) {
  switch (state) {
    case HistoryState::kCurrent:
      return Fact::Text("current");
    case HistoryState::kAncestor:
      return Fact::Text("ancestor");
    case HistoryState::kRolledBack:
      return Fact::Text("rolled_back");
    case HistoryState::kExpired:
      return Fact::Text("expired");
    case HistoryState::kUnknown:
      break;
  }
  return {};
}

Fact NamesJson(const std::vector<std::string>& names) {
  std::string json = "[";
  for (const auto& name : names) json += (json.size() > 1 ? "," : "") + JsonString(name);
  return Fact::Json("", json + "]");
}

std::vector<std::string> RefsAt(const TableMetadata& metadata, SnapshotId id) {
  std::vector<std::string> names;
  for (const auto& [name, ref] : metadata.refs) {
    if (ref.snapshot_id == id) names.push_back(name);
  }
  return names;
}

// Where each snapshot's refs are written: at the change that made it, or that last made it current.
void PlaceRefs(const TableMetadata& metadata, std::vector<DrawnLine>* lines) {
  std::set<SnapshotId> placed;
  for (size_t i = lines->size(); i-- > 0;) {
    const auto& id = (*lines)[i].line.entry.snapshot_id;
    const bool begins = i == 0 || (*lines)[i - 1].line.entry.snapshot_id != id;
    if (id && begins && placed.insert(*id).second) (*lines)[i].refs = RefsAt(metadata, *id);
  }
}

Fact MadeCount(const HistoryLine& line, const char* key) {
  return line.made_snapshot ? SummaryCount(line.snapshot, key) : Fact();
}

Fact MadeMessage(const HistoryLine& line) {
  return line.made_snapshot ? SummaryText(line.snapshot, kMessageKey) : Fact();
}

// "-10 +60,000 rows"; empty for none.
std::string CountsText(const HistoryLine& line, const char* removed, const char* added,
                       const std::string& noun) {
  if (!line.made_snapshot) return "";
  const int64_t minus = SummaryNumber(line.snapshot, removed).value_or(0);
  const int64_t plus = SummaryNumber(line.snapshot, added).value_or(0);
  std::string text;
  if (minus != 0) text = "-" + GroupDigits(minus) + " ";
  if (plus != 0) text += "+" + GroupDigits(plus) + " ";
  const int64_t last = plus != 0 ? plus : minus;
  return text.empty() ? text : text + noun + (last == 1 ? "" : "s");
}

std::string NoteOf(const DrawnLine& drawn) {
  std::string note;
  const auto add = [&note](const std::string& text) {
    if (!text.empty()) note += (note.empty() ? "" : "; ") + text;
  };
  std::string refs;
  for (const auto& name : drawn.refs) refs += (refs.empty() ? "" : ", ") + name;
  if (!refs.empty()) note = "[" + refs + "]";
  if (drawn.state == HistoryState::kRolledBack) add("rolled back");
  if (drawn.state == HistoryState::kExpired) add("expired");
  add(MadeMessage(drawn.line).text());
  for (const auto& change : drawn.line.changes) add(change);
  std::string text = DisplayCell(note, kDrawnNoteWidthMax);
  if (drawn.in_force) text += text.empty() ? "<- asked for" : "  <- asked for";
  return text;
}

std::vector<std::string> CellsOf(const DrawnLine& drawn) {
  const auto& entry = drawn.line.entry;
  return {std::string(MarkOf(drawn.state)) + " " + FormatTime(entry.time),
          entry.operation,
          Fact::IdIf(entry.snapshot_id).text(),
          CountsText(drawn.line, "deleted-records", "added-records", "row"),
          CountsText(drawn.line, "deleted-data-files", "added-data-files", "file"),
          NoteOf(drawn)};
}

bool IsGrey(HistoryState state) {
  return state == HistoryState::kRolledBack || state == HistoryState::kExpired;
}

std::string EdgeText(const DrawnHistory& history) {
  if (!history.oldest_available) return "- - - - no time can be read - - - -\n";
  return "- - - - " + FormatTime(*history.oldest_available) +
         " is the oldest time that can be read - - - -\n";
}

}  // namespace

DrawnHistory DrawHistory(std::vector<HistoryLine> lines, const TableMetadata& metadata,
                         std::optional<TimestampMs> moment,
                         const std::function<bool(TimestampMs)>& is_lost) {
  DrawnHistory history;
  history.oldest_available = OldestByLog(metadata);
  const StateJudge judge(metadata);
  history.is_cut = judge.is_cut();
  for (auto& line : lines) {
    DrawnLine drawn;
    const bool lost = !line.entry.snapshot_id && is_lost(line.entry.time);
    drawn.state = lost ? HistoryState::kUnknown : judge.Of(line);
    history.is_cut = history.is_cut || lost;
    history.is_cut = history.is_cut || drawn.state == HistoryState::kExpired;
    drawn.line = std::move(line);
    history.lines.push_back(std::move(drawn));
  }
  PlaceRefs(metadata, &history.lines);
  if (moment) {
    DrawnLine* in_force = nullptr;
    for (auto& drawn : history.lines) {
      if (drawn.line.entry.time <= *moment) in_force = &drawn;
    }
    if (in_force != nullptr) in_force->in_force = true;
  }
  return history;
}

FactTable DrawnFacts(const DrawnHistory& history) {
  FactTable table;
  table.keys = {"time",        "operation",     "snapshot_id", "parent_id",  "schema_id",
                "spec_id",     "author",        "message",     "added_rows", "removed_rows",
                "added_files", "removed_files", "total_rows",  "changes",    "refs",
                "state",       "in_force"};
  for (const auto& drawn : history.lines) {
    const auto& line = drawn.line;
    const auto& entry = line.entry;
    table.rows.push_back(
        {Fact::Time(entry.time), Fact::Text(entry.operation), Fact::IdIf(entry.snapshot_id),
         line.made_snapshot ? Fact::IdIf(line.snapshot->parent_id) : Fact(),
         Fact::IdIf(entry.schema_id), Fact::IdIf(entry.spec_id), Fact::TextIf(entry.principal),
         MadeMessage(line), MadeCount(line, "added-records"), MadeCount(line, "deleted-records"),
         MadeCount(line, "added-data-files"), MadeCount(line, "deleted-data-files"),
         MadeCount(line, "total-records"), NamesJson(line.changes), NamesJson(drawn.refs),
         StateFact(drawn.state), Fact::Flag(drawn.in_force)});
  }
  return table;
}

std::string DrawnText(const DrawnHistory& history, bool colored) {
  TextTableLayout layout;
  std::vector<std::vector<std::string>> rows;
  for (const auto& drawn : history.lines) layout.Fit(rows.emplace_back(CellsOf(drawn)));
  std::string text;
  bool edge_drawn = !history.is_cut;
  for (size_t i = 0; i < rows.size(); ++i) {
    const auto& drawn = history.lines[i];
    const bool readable = history.oldest_available &&
                          drawn.line.entry.time >= *history.oldest_available &&
                          drawn.state != HistoryState::kExpired;
    if (!edge_drawn && readable) {
      text += EdgeText(history);
      edge_drawn = true;
    }
    std::string row;
    layout.AppendRow(rows[i], &row);
    const bool grey = colored && IsGrey(drawn.state);
    if (grey) row = kGrey + row.substr(0, row.size() - 1) + kPlain + "\n";
    text += row;
  }
  if (!edge_drawn) text += EdgeText(history);
  return text;
}

}  // namespace artemis

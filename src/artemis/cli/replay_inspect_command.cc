// artemis-replay inspect.
#include "artemis/cli/replay_inspect_command.h"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <set>

#include "artemis/base/error.h"
#include "artemis/base/time_text.h"
#include "artemis/cli/drawn_history.h"
#include "artemis/cli/opened_table.h"
#include "artemis/cli/replay_facts.h"
#include "artemis/cli/summary_facts.h"
#include "artemis/commit/summary.h"
#include "artemis/replay/replay.h"
#include "artemis/replay/timeline.h"
#include "artemis/schema/schema_json.h"

namespace artemis {

namespace {

// The entries of the table's timeline around a moment.
struct Around {
  const HistoryEntry* in_force = nullptr;
  const HistoryEntry* previous = nullptr;
  const HistoryEntry* next = nullptr;
};

Around FindAround(const std::vector<HistoryEntry>& history, TimestampMs time) {
  Around around;
  for (const auto& entry : history) {
    if (entry.time > time) {
      around.next = &entry;
      return around;
    }
    around.previous = around.in_force;
    around.in_force = &entry;
  }
  return around;
}

// The moment that was asked for: for a snapshot or ref the time it was committed.
TimestampMs MomentOf(const PinnedSnapshot& pin, const OpenedTable& opened) {
  if (const auto* time = std::get_if<TimestampMs>(&pin.target)) return *time;
  const bool current = std::holds_alternative<std::monostate>(pin.target);
  if (current || !pin.committed_at) return opened.metadata().last_updated;
  return *pin.committed_at;
}

std::string FormatEntry(const HistoryEntry& entry) {
  std::string text = FormatTime(entry.time);
  if (!entry.operation.empty()) text += " " + entry.operation;
  if (entry.snapshot_id) text += ", snapshot " + ToString(*entry.snapshot_id);
  if (entry.schema_id) text += ", schema " + ToString(*entry.schema_id);
  return text;
}

Fact EntryFact(const HistoryEntry* entry) {
  if (entry == nullptr) return {};
  FactRecord record;
  record.Add("time", Fact::Time(entry->time));
  record.Add("operation", Fact::TextIf(entry->operation));
  record.Add("snapshot_id", Fact::IdIf(entry->snapshot_id));
  record.Add("schema_id", Fact::IdIf(entry->schema_id));
  return Fact::Json(FormatEntry(*entry), record.ToJson());
}

Fact ColumnsFact(const Schema& schema) {
  FactTable columns;
  columns.keys = {"id", "column", "type"};
  std::string text;
  for (const auto& field : schema.fields) {
    text += (text.empty() ? "" : ", ") + field.name + " " + field.type.ToString();
    columns.rows.push_back(
        {Fact::Id(field.id), Fact::Text(field.name), Fact::Text(field.type.ToString())});
  }
  return Fact::Json(text, columns.ToJson());
}

Fact SpecIdsFact(const std::vector<SpecId>& ids) {
  std::string text;
  for (const auto id : ids) text += (text.empty() ? "" : ",") + ToString(id);
  return Fact::Json(text, "[" + text + "]");
}

// Row groups begin at a file's split offsets; nullopt where one has none.
std::optional<int64_t> RowGroupsOf(const std::vector<ScanTask>& tasks) {
  int64_t count = 0;
  for (const auto& task : tasks) {
    if (task.file.split_offsets.empty()) return std::nullopt;
    count += static_cast<int64_t>(task.file.split_offsets.size());
  }
  return count;
}

Fact WouldReadFact(const ScanPlan& plan) {
  const auto row_groups = RowGroupsOf(plan.tasks);
  int64_t rows = 0;
  for (const auto& task : plan.tasks) rows += task.file.record_count;
  const auto& summary = plan.summary;
  FactRecord record;
  record.Add("manifests", Fact::Count(summary.manifests_kept));
  record.Add("files", Fact::Count(summary.files_kept));
  record.Add("row_groups", Fact::CountIf(row_groups));
  record.Add("bytes", Fact::Bytes(summary.bytes_kept));
  record.Add("delete_files", Fact::Count(summary.delete_files));
  record.Add("rows", Fact::Count(rows));
  std::string text = CountOf(summary.files_kept, "file");
  if (row_groups) text += ", " + CountOf(*row_groups, "row group");
  text += ", " + HumanBytes(summary.bytes_kept) + ", " + CountOf(rows, "row");
  if (summary.delete_files > 0) text += ", " + CountOf(summary.delete_files, "delete file");
  return Fact::Json(text, record.ToJson());
}

FactTable RefFacts(const TableMetadata& metadata) {
  FactTable refs;
  refs.keys = {"name", "type", "snapshot_id"};
  for (const auto& [name, ref] : metadata.refs) {
    const bool branch = ref.kind == SnapshotRef::Kind::kBranch;
    refs.rows.push_back(
        {Fact::Text(name), Fact::Text(branch ? "branch" : "tag"), Fact::Id(ref.snapshot_id)});
  }
  return refs;
}

void AddSnapshot(const PinnedSnapshot& pin, FactRecord* facts) {
  const Snapshot* snapshot =
      pin.view.snapshot_id ? pin.view.metadata->FindSnapshot(*pin.view.snapshot_id) : nullptr;
  facts->Add("operation", snapshot != nullptr ? Fact::TextIf(snapshot->operation()) : Fact());
  facts->Add("author", SummaryText(snapshot, kAuthorKey));
  facts->Add("message", SummaryText(snapshot, kMessageKey));
  facts->Add("rows", SummaryCount(snapshot, "total-records"));
}

// The table's own schema at the moment, where an ALTER came after the snapshot.
void AddTableSchema(const PinnedSnapshot& pin, std::optional<SchemaId> in_force,
                    FactRecord* facts) {
  facts->Add("table_schema_id", Fact::IdIf(in_force));
  const Schema* schema = in_force ? pin.view.metadata->FindSchema(*in_force) : nullptr;
  const bool differs = schema != nullptr && schema->id != pin.view.schema->id;
  facts->Add("table_schema", differs ? ColumnsFact(*schema) : Fact());
}

// Greys are for eyes (https://no-color.org).
bool IsColored() {
  const char* refused = std::getenv("NO_COLOR");
  return ::isatty(STDOUT_FILENO) == 1 && (refused == nullptr || *refused == '\0');
}

// Marked is what was in force at a time; the current state is marked anyway.
std::optional<TimestampMs> MarkedMoment(const PinnedSnapshot& pin, TimestampMs time) {
  if (std::holds_alternative<std::monostate>(pin.target)) return std::nullopt;
  return time;
}

}  // namespace

arrow::Status RunReplayInspect(const ReplayInspectOptions& options, CommandContext& context) {
  ARROW_ASSIGN_OR_RAISE(const auto target, ParseTarget(options.target, options.timezone, context));
  ARROW_ASSIGN_OR_RAISE(const auto opened, OpenTableToRead(context, options.table));
  ARROW_ASSIGN_OR_RAISE(const auto pin, Resolve(*opened.catalog, opened.table, target));
  ARROW_ASSIGN_OR_RAISE(auto lines, HistoryLines(*opened.catalog, opened.table));
  ARROW_ASSIGN_OR_RAISE(const auto history, opened.catalog->History(opened.table));
  const TimestampMs time = MomentOf(pin, opened);
  const Around around = FindAround(history, time);
  ARROW_ASSIGN_OR_RAISE(const auto moment, TimelineAt(*opened.catalog, opened.table, time));
  ReplayEngine engine(*opened.catalog, opened.name());
  ARROW_ASSIGN_OR_RAISE(const auto session, engine.OpenPinned(pin));
  const auto is_lost = [&](TimestampMs moment_of_change) {
    const auto then = Resolve(*opened.catalog, opened.table, moment_of_change);
    return FindDetail<SnapshotExpired>(then.status()) != nullptr;
  };
  const DrawnHistory drawn =
      DrawHistory(std::move(lines), opened.metadata(), MarkedMoment(pin, time), is_lost);

  FactRecord facts = PinFacts(opened.name().ToString(), pin);
  AddSnapshot(pin, &facts);
  facts.Add("columns", ColumnsFact(*pin.view.schema));
  facts.Add("spec_ids", SpecIdsFact(session.plan().summary.spec_ids));
  facts.Add("metadata_location",
            around.in_force != nullptr ? Fact::Text(around.in_force->metadata_location) : Fact());
  AddTableSchema(pin, moment.in_force ? moment.in_force->schema_id : std::nullopt, &facts);
  facts.Add("previous", EntryFact(around.previous));
  facts.Add("next", EntryFact(around.next));
  facts.Add("would_read", WouldReadFact(session.plan()));
  facts.Add("oldest_available", Fact::TimeIf(drawn.oldest_available));
  facts.AddTable("refs", RefFacts(opened.metadata()));
  if (options.format == FactFormat::kText) {
    return context.Print(facts.ToText() + "\n" + DrawnText(drawn, IsColored()));
  }
  facts.AddTable("history", DrawnFacts(drawn));
  return context.Print(facts, options.format);
}

}  // namespace artemis

// Diffs as facts, a sentence and an event.
#include "artemis/cli/diff_facts.h"

#include "artemis/base/event_log.h"
#include "artemis/base/metrics.h"
#include "artemis/cli/replay_facts.h"
#include "artemis/cli/target_options.h"

namespace artemis {

namespace {

const char* KindName(DiffKind kind) { return kind == DiffKind::kNet ? "net" : "gross"; }

void AddEnd(const std::string& end, const PinnedSnapshot& pin, FactRecord* facts) {
  facts->Add(end + "_target", Fact::Text(FormatTarget(pin.target)));
  facts->Add(end + "_snapshot_id", Fact::IdIf(pin.view.snapshot_id));
  facts->Add(end + "_committed_at", Fact::TimeIf(pin.committed_at));
  facts->Add(end + "_schema_id", Fact::Id(pin.view.schema->id));
}

Fact TypeFact(const std::optional<Type>& type) {
  return type ? Fact::Text(type->ToString()) : Fact();
}

Fact NameFact(const std::optional<std::string>& name) { return name ? Fact::Text(*name) : Fact(); }

int64_t IdOrNone(const PinnedSnapshot& pin) {
  return pin.view.snapshot_id.value_or(SnapshotId(-1)).value;
}

std::string FilesText(const DiffResult& diff) {
  std::string text = "; files: " + GroupDigits(diff.files_removed) + " out, " +
                     GroupDigits(diff.files_added) + " in, ";
  if (diff.files_touched > 0) text += GroupDigits(diff.files_touched) + " with other deletes, ";
  return text + GroupDigits(diff.files_unchanged) + " shared and not read";
}

}  // namespace

FactRecord DiffFacts(const std::string& table, const DiffResult& diff, int64_t plan_us) {
  FactRecord facts;
  facts.Add("table", Fact::Text(table));
  facts.Add("kind", Fact::Text(KindName(diff.kind)));
  facts.Add("instead_because", Fact::TextIf(diff.instead_because));
  AddEnd("from", diff.from, &facts);
  AddEnd("to", diff.to, &facts);
  facts.Add("files_added", Fact::Count(diff.files_added));
  facts.Add("files_removed", Fact::Count(diff.files_removed));
  facts.Add("files_touched", Fact::Count(diff.files_touched));
  facts.Add("files_unchanged", Fact::Count(diff.files_unchanged));
  facts.Add("plan_us", Fact::Count(plan_us));
  return facts;
}

FactTable CommitFacts(const DiffResult& diff) {
  FactTable table;
  table.keys = {"ordinal",     "snapshot_id",   "operation",
                "files_added", "files_removed", "files_touched"};
  for (const auto& commit : diff.commits) {
    const auto ordinal = static_cast<int64_t>(table.rows.size());
    table.rows.push_back({Fact::Count(ordinal), Fact::Id(commit.snapshot_id),
                          Fact::Text(commit.operation), Fact::Count(commit.files_added),
                          Fact::Count(commit.files_removed), Fact::Count(commit.files_touched)});
  }
  return table;
}

FactTable SchemaChangeFacts(const DiffResult& diff) {
  FactTable table;
  table.keys = {"field_id", "change", "from_name", "from_type", "to_name", "to_type"};
  for (const auto& change : diff.schema_changes) {
    table.rows.push_back({Fact::Id(change.id), Fact::Text(change.Describe()),
                          NameFact(change.old_name), TypeFact(change.old_type),
                          NameFact(change.new_name), TypeFact(change.new_type)});
  }
  return table;
}

std::string DiffSentence(const DiffResult& diff, const DiffCounts& counts, int64_t elapsed_ms) {
  std::string text;
  if (diff.kind == DiffKind::kNet) {
    text = CountOf(counts.removed, "row") + " only in " + FormatPin(diff.from) + ", " +
           GroupDigits(counts.added) + " only in " + FormatPin(diff.to);
  } else {
    text = CountOf(counts.removed, "row") + " removed and " + GroupDigits(counts.added) +
           " added by " + CountOf(std::ssize(diff.commits), "commit") + " from " +
           FormatPin(diff.from) + " to " + FormatPin(diff.to);
  }
  if (counts.updated > 0) text += ", " + GroupDigits(counts.updated) + " of them updated";
  if (counts.shown < counts.removed + counts.added) {
    text += ", of which " + GroupDigits(counts.shown) + " are shown";
  }
  text += FilesText(diff) + "; " + HumanDuration(elapsed_ms);
  if (diff.instead_because.empty()) return text;
  return text + "\nno list of commits leads from one end to the other (" + diff.instead_because +
         "): this is their net difference";
}

void LogDiff(CommandContext& context, const DiffEvent& event, const DiffResult& diff) {
  auto& metrics = context.metrics();
  metrics.Counter("artemis_diff_rows_total", "Rows that differ.")
      .Add(static_cast<double>(event.counts.removed + event.counts.added));
  metrics.Counter("artemis_diff_seconds", "Time from the command's start to its last row.")
      .Add(static_cast<double>(event.elapsed_ms) / 1000);
  metrics.Counter("artemis_diff_spilled_bytes", "Bytes that were put aside on disk.")
      .Add(static_cast<double>(diff.counters->bytes_spilled));
  std::vector<std::string> schema_changes;
  for (const auto& change : diff.schema_changes) schema_changes.push_back(change.Sentence());
  context.events().Write(EventLevel::kInfo, "diff",
                         {{"query_id", event.query_id},
                          {"principal", UserName()},
                          {"table", event.table},
                          {"kind", std::string(KindName(diff.kind))},
                          {"from_snapshot_id", IdOrNone(diff.from)},
                          {"to_snapshot_id", IdOrNone(diff.to)},
                          {"from_schema_id", int64_t{diff.from.view.schema->id.value}},
                          {"to_schema_id", int64_t{diff.to.view.schema->id.value}},
                          {"schema_changes", schema_changes},
                          {"commits", static_cast<int64_t>(diff.commits.size())},
                          {"files_added", diff.files_added},
                          {"files_removed", diff.files_removed},
                          {"files_touched", diff.files_touched},
                          {"files_unchanged", diff.files_unchanged},
                          {"files_read", diff.counters->files_read},
                          {"rows_read", diff.counters->rows_read},
                          {"rows_removed", event.counts.removed},
                          {"rows_added", event.counts.added},
                          {"rows_updated", event.counts.updated},
                          {"spilled_bytes", diff.counters->bytes_spilled},
                          {"elapsed_ms", event.elapsed_ms},
                          {"outcome", event.outcome}});
}

}  // namespace artemis

// artemis-table history, snapshots, refs.
#include "artemis/cli/history_command.h"

#include <map>
#include <optional>

#include "artemis/base/json_text.h"
#include "artemis/cli/opened_table.h"
#include "artemis/cli/summary_facts.h"
#include "artemis/commit/summary.h"

namespace artemis {

namespace {

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

// The message belongs to the entry that made the snapshot, not to those that only kept it.
Fact EntryMessage(const TableMetadata& metadata, const HistoryEntry& entry,
                  const std::optional<SnapshotId>& before) {
  if (!entry.snapshot_id || entry.snapshot_id == before) return {};
  const Snapshot* snapshot = metadata.FindSnapshot(*entry.snapshot_id);
  if (snapshot == nullptr || snapshot->timestamp != entry.time) return {};
  return SummaryText(snapshot, kMessageKey);
}

}  // namespace

arrow::Status RunHistory(const InfoOptions& options, CommandContext& context) {
  ARROW_ASSIGN_OR_RAISE(const auto opened, OpenTableToRead(context, options.table));
  ARROW_ASSIGN_OR_RAISE(const auto history, opened.catalog->History(opened.table));
  FactTable table;
  table.keys = {"time",   "operation", "snapshot_id", "schema_id",        "spec_id",
                "author", "message",   "current",     "metadata_location"};
  table.json_only = {"spec_id", "metadata_location"};
  std::optional<SnapshotId> before;
  for (const auto& entry : history) {
    const bool current = entry.metadata_location == opened.table.metadata_location;
    table.rows.push_back({Fact::Time(entry.time), Fact::TextIf(entry.operation),
                          Fact::IdIf(entry.snapshot_id), Fact::IdIf(entry.schema_id),
                          Fact::IdIf(entry.spec_id), Fact::TextIf(entry.principal),
                          EntryMessage(opened.metadata(), entry, before), CurrentMark(current),
                          Fact::Text(entry.metadata_location)});
    before = entry.snapshot_id;
  }
  return context.Print(TableFact(opened), "history", table, options.format);
}

arrow::Status RunSnapshots(const InfoOptions& options, CommandContext& context) {
  ARROW_ASSIGN_OR_RAISE(const auto opened, OpenTableToRead(context, options.table));
  FactTable table;
  table.keys = {"snapshot_id",     "parent_id",   "committed_at", "operation",     "schema_id",
                "sequence_number", "added_files", "added_rows",   "removed_files", "deleted_rows",
                "total_rows",      "author",      "message",      "current",       "summary"};
  table.json_only = {"parent_id", "schema_id", "sequence_number", "summary"};
  for (const auto& snapshot : opened.metadata().snapshots) {
    table.rows.push_back(
        {Fact::Id(snapshot.id), Fact::IdIf(snapshot.parent_id), Fact::Time(snapshot.timestamp),
         Fact::TextIf(snapshot.operation()), Fact::IdIf(snapshot.schema_id),
         Fact::Id(snapshot.sequence_number), SummaryCount(&snapshot, "added-data-files"),
         SummaryCount(&snapshot, "added-records"), SummaryCount(&snapshot, "deleted-data-files"),
         SummaryCount(&snapshot, "deleted-records"), SummaryCount(&snapshot, "total-records"),
         SummaryText(&snapshot, kAuthorKey), SummaryText(&snapshot, kMessageKey),
         CurrentMark(snapshot.id == opened.metadata().current_snapshot_id),
         SummaryJson(snapshot.summary)});
  }
  return context.Print(TableFact(opened), "snapshots", table, options.format);
}

arrow::Status RunRefs(const InfoOptions& options, CommandContext& context) {
  ARROW_ASSIGN_OR_RAISE(const auto opened, OpenTableToRead(context, options.table));
  FactTable table;
  table.keys = {"name", "type", "snapshot_id", "committed_at"};
  for (const auto& [name, ref] : opened.metadata().refs) {
    const Snapshot* snapshot = opened.metadata().FindSnapshot(ref.snapshot_id);
    table.rows.push_back({Fact::Text(name),
                          Fact::Text(ref.kind == SnapshotRef::Kind::kBranch ? "branch" : "tag"),
                          Fact::Id(ref.snapshot_id),
                          snapshot != nullptr ? Fact::Time(snapshot->timestamp) : Fact()});
  }
  return context.Print(TableFact(opened), "refs", table, options.format);
}

}  // namespace artemis

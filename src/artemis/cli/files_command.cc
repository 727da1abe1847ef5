// artemis-table files, manifests, inspect-manifest.
#include "artemis/cli/files_command.h"

#include <map>

#include "artemis/base/error.h"
#include "artemis/base/program_error.h"
#include "artemis/cli/check_command.h"
#include "artemis/cli/manifest_facts.h"
#include "artemis/cli/opened_table.h"
#include "artemis/cli/replay_facts.h"
#include "artemis/cli/where_text.h"
#include "artemis/expr/predicate.h"
#include "artemis/io/file_system.h"
#include "artemis/scan/scan_plan.h"
#include "artemis/table/manifest_avro.h"

namespace artemis {

namespace {

struct PinnedTable {
  OpenedTable opened;
  PinnedSnapshot pin;
};

arrow::Result<PinnedTable> OpenPinned(const FilesOptions& options, CommandContext& context) {
  ARROW_ASSIGN_OR_RAISE(const auto target, ParseTarget(options.target, options.timezone, context));
  PinnedTable pinned;
  ARROW_ASSIGN_OR_RAISE(pinned.opened, OpenTableToRead(context, options.table));
  ARROW_ASSIGN_OR_RAISE(pinned.pin, Resolve(*pinned.opened.catalog, pinned.opened.table, target));
  return pinned;
}

FactRecord PinFacts(const PinnedTable& pinned) {
  FactRecord facts;
  facts.Add("table", Fact::Text(pinned.opened.name().ToString()));
  facts.Add("snapshot_id", Fact::IdIf(pinned.pin.view.snapshot_id));
  return facts;
}

FactTable FileFacts(const std::vector<ManifestEntry>& entries, const TableMetadata& metadata) {
  FactTable table;
  table.keys = {"path",  "content", "partition",         "rows",
                "bytes", "spec_id", "added_snapshot_id", "data_sequence_number"};
  table.json_only = {"data_sequence_number"};
  for (const auto& entry : entries) {
    const auto& file = entry.file;
    const PartitionSpec* spec = metadata.FindSpec(file.spec_id);
    table.rows.push_back(
        {PathFact(file.path, metadata.location), Fact::Text(ContentName(file.content)),
         spec != nullptr ? PartitionFact(*spec, metadata.CurrentSchema(), file.partition) : Fact(),
         Fact::Count(file.record_count), Fact::Bytes(file.file_size_bytes), Fact::Id(file.spec_id),
         Fact::Id(entry.snapshot_id), Fact::Id(entry.data_sequence_number)});
  }
  return table;
}

FactTable EntryFacts(const Manifest& manifest) {
  FactTable table;
  table.keys = {"status", "snapshot_id", "rows", "bytes", "partition", "path", "metrics"};
  table.json_only = {"metrics"};
  for (const auto& entry : manifest.entries) {
    const auto& file = entry.file;
    table.rows.push_back(
        {Fact::Text(StatusName(entry.status)),
         entry.snapshot_id.value > 0 ? Fact::Id(entry.snapshot_id) : Fact(),
         Fact::Count(file.record_count), Fact::Bytes(file.file_size_bytes),
         PartitionFact(manifest.header.spec, manifest.header.schema, file.partition),
         Fact::Text(file.path),
         Fact::Json("", MetricsFacts(file.metrics, manifest.header.schema).ToJson())});
  }
  return table;
}

arrow::Status PrintManifest(const Manifest& manifest, const InspectManifestOptions& options,
                            CommandContext& context) {
  const auto& header = manifest.header;
  const std::string partitioning = FormatPartitionSpec(header.spec, header.schema);
  FactRecord facts;
  facts.Add("path", Fact::Text(options.path));
  facts.Add("kind", Fact::Text("manifest"));
  facts.Add("format_version", Fact::Id(header.format_version));
  facts.Add("content", Fact::Text(ContentName(header.content)));
  facts.Add("spec_id", Fact::Id(header.spec.id));
  facts.Add("partitioning", Fact::Text(partitioning));
  facts.Add("schema_id", Fact::Id(header.schema.id));
  const auto entries = EntryFacts(manifest);
  if (options.format == FactFormat::kText) {
    return context.Print(facts.ToText() + "\n" + entries.ToText());
  }
  facts.AddTable("entries", entries);
  return context.Print(facts, options.format);
}

arrow::Result<ScanPlan> PlanFiles(const PinnedTable& pinned, const FilesOptions& options,
                                  CommandContext& context) {
  const TableView& view = pinned.pin.view;
  BoundPredicate predicate = BoundPredicate::True();
  if (options.where) {
    ARROW_ASSIGN_OR_RAISE(const Predicate where, ParseWhere(*options.where, context));
    ARROW_ASSIGN_OR_RAISE(predicate, Bind(where, *view.schema));
  }
  PlanOptions plan;
  plan.explain = options.explain;
  return PlanScan(view, predicate, context.files(), plan);
}

FactTable FileDecisionFacts(const ScanPlan& plan) {
  FactTable table;
  table.keys = {"kept", "pass", "row_groups_kept", "row_groups_total", "reason", "path"};
  table.json_only = {"pass", "row_groups_kept", "row_groups_total"};
  std::map<std::string_view, const ScanTask*> tasks;
  for (const auto& task : plan.tasks) tasks.emplace(task.file.path, &task);
  for (const auto& decision : plan.decisions) {
    const auto found = tasks.find(decision.path);
    const bool counted = found != tasks.end() && found->second->row_groups.has_value();
    std::string reason = decision.reason;
    Fact kept, total;
    if (counted) {
      const ScanTask& task = *found->second;
      kept = Fact::Count(std::ssize(*task.row_groups));
      total = Fact::Count(task.row_groups_total);
      reason += "; row groups: " + kept.text() + " of " + total.text();
    }
    table.rows.push_back({Fact::Flag(decision.kept),
                          decision.kept ? Fact() : Fact::Id(int64_t{decision.dropped_in_pass}),
                          kept, total, Fact::Text(std::move(reason)),
                          PathFact(decision.path, plan.view.metadata->location)});
  }
  return table;
}

arrow::Status PrintDecisions(const PinnedTable& pinned, const ScanPlan& plan,
                             const FilesOptions& options, CommandContext& context) {
  ARROW_ASSIGN_OR_RAISE(const auto manifests, ManifestDecisionFacts(plan, context.files()));
  const FactTable files = FileDecisionFacts(plan);
  FactRecord facts = PinFacts(pinned);
  facts.Add("predicate", Fact::Text(FormatPredicate(plan.predicate, *plan.view.schema)));
  const ScanPlanSummary& summary = plan.summary;
  facts.Add("manifests_total", Fact::Count(summary.manifests_total));
  facts.Add("manifests_kept", Fact::Count(summary.manifests_kept));
  facts.Add("files_total", Fact::Count(summary.files_total));
  facts.Add("files_kept", Fact::Count(summary.files_kept));
  facts.Add("row_groups_total", Fact::Count(summary.row_groups_total));
  facts.Add("row_groups_kept", Fact::Count(summary.row_groups_kept));
  if (options.format == FactFormat::kText) {
    return context.Print(facts.ToText() + "\n" + manifests.ToText() + "\n" + files.ToText());
  }
  facts.AddTable("manifests", manifests);
  facts.AddTable("files", files);
  return context.Print(facts, options.format);
}

arrow::Status RunPlannedFiles(const PinnedTable& pinned, const FilesOptions& options,
                              CommandContext& context) {
  ARROW_ASSIGN_OR_RAISE(const ScanPlan plan, PlanFiles(pinned, options, context));
  if (options.explain) return PrintDecisions(pinned, plan, options, context);
  std::vector<ManifestEntry> entries;
  for (const auto& task : plan.tasks) {
    ManifestEntry entry;
    entry.file = task.file;
    entry.snapshot_id = task.added_snapshot_id;
    entry.data_sequence_number = task.data_sequence_number;
    entries.push_back(std::move(entry));
  }
  return context.Print(PinFacts(pinned), "files", FileFacts(entries, pinned.opened.metadata()),
                       options.format);
}

arrow::Status RunOrphansOf(const FilesOptions& options, CommandContext& context) {
  if (options.target.at || options.target.snapshot || options.target.ref) {
    return UsageError("--orphans looks at all snapshots: --at, --snapshot and --ref exclude it");
  }
  if (options.where || options.explain) {
    return UsageError("--orphans lists files of no snapshot: --where and --explain exclude it");
  }
  OrphanCommandOptions orphans;
  orphans.table = options.table;
  orphans.older_than = options.older_than.value_or(orphans.older_than);
  orphans.format = options.format;
  return RunOrphans(orphans, context);
}

}  // namespace

arrow::Status RunFiles(const FilesOptions& options, CommandContext& context) {
  if (options.orphans) return RunOrphansOf(options, context);
  if (options.older_than) return UsageError("--older-than belongs to --orphans");
  ARROW_ASSIGN_OR_RAISE(const auto pinned, OpenPinned(options, context));
  if (options.where || options.explain) return RunPlannedFiles(pinned, options, context);
  ARROW_ASSIGN_OR_RAISE(const auto entries, ListFiles(pinned.pin.view, context.files()));
  return context.Print(PinFacts(pinned), "files", FileFacts(entries, pinned.opened.metadata()),
                       options.format);
}

arrow::Status RunManifests(const FilesOptions& options, CommandContext& context) {
  ARROW_ASSIGN_OR_RAISE(const auto pinned, OpenPinned(options, context));
  ARROW_ASSIGN_OR_RAISE(const auto manifests, ListManifests(pinned.pin.view, context.files()));
  return context.Print(PinFacts(pinned), "manifests", ManifestFacts(manifests), options.format);
}

arrow::Status RunInspectManifest(const InspectManifestOptions& options, CommandContext& context) {
  ARROW_ASSIGN_OR_RAISE(const auto bytes, context.files().ReadAll(options.path, kManifestBytesMax));
  ManifestFile unknown;
  unknown.path = options.path;
  auto manifest = ReadManifest(bytes, unknown);
  if (manifest.ok()) return PrintManifest(*manifest, options, context);
  const auto manifests = ReadManifestList(bytes, options.path);
  // A broken manifest is no manifest list either: its own error says more.
  if (!manifests.ok()) return manifest.status();
  FactRecord facts;
  facts.Add("path", Fact::Text(options.path));
  facts.Add("kind", Fact::Text("manifest_list"));
  return context.Print(facts, "manifests", ManifestFacts(*manifests), options.format);
}

}  // namespace artemis

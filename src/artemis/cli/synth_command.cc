// artemis-table synth.
#include "artemis/cli/synth_command.h"

#include <algorithm>

#include "artemis/base/program_error.h"
#include "artemis/base/stopwatch.h"

namespace artemis {

namespace {

FactRecord SynthFacts(const LoadedTable& table, const MetadataTableOptions& made,
                      int64_t elapsed_ms) {
  const int64_t per_manifest = made.files_per_manifest;
  FactRecord facts;
  facts.Add("table", Fact::Text(table.name.ToString()));
  facts.Add("location", Fact::Text(table.metadata->location));
  facts.Add("snapshot_id", Fact::IdIf(table.metadata->current_snapshot_id));
  facts.Add("files", Fact::Count(made.files));
  facts.Add("partitions", Fact::Count(std::min(made.files, int64_t{made.missions} * made.days)));
  facts.Add("manifests", Fact::Count((made.files + per_manifest - 1) / per_manifest));
  facts.Add("elapsed_ms", Fact::Id(elapsed_ms));
  return facts;
}

}  // namespace

arrow::Status RunSynth(const SynthOptions& options, CommandContext& context) {
  ARROW_ASSIGN_OR_RAISE(const auto name, TableArgument(options.table));
  MetadataTableOptions made = options.generator;
  ARROW_RETURN_NOT_OK(AsUsageError(CheckMetadataTableOptions(made)));
  made.author = ToCommitOptions(options.commit, context).author;
  made.stop = context.stop();
  ARROW_ASSIGN_OR_RAISE(const auto catalog, context.OpenToWrite(true));
  const Stopwatch watch;
  CatalogEvent event(name, "create", options.commit, context);
  const auto table = MakeMetadataTable(*catalog, name, made);
  event.Ended(table.status());
  ARROW_RETURN_NOT_OK(table.status());
  const FactRecord facts = SynthFacts(*table, made, watch.ElapsedMs());
  if (options.commit.format == FactFormat::kJson) return context.Print(facts, FactFormat::kJson);
  return context.Print("made " + name.ToString() +
                       " of metadata only: " + CountOf(made.files, "file") +
                       " that do not exist, at " + table->metadata->location + "\n");
}

}  // namespace artemis

// artemis-table rollback, register, drop, rename.
#include "artemis/cli/catalog_command.h"

#include "artemis/base/time_text.h"
#include "artemis/cli/exit_code.h"
#include "artemis/cli/opened_table.h"
#include "artemis/io/location.h"
#include "artemis/replay/resolve.h"

namespace artemis {

namespace {

arrow::Result<SnapshotId> RollbackTarget(const RollbackOptions& options, const OpenedTable& opened,
                                         CommandContext& context) {
  if (options.snapshot) return SnapshotId(*options.snapshot);
  ARROW_ASSIGN_OR_RAISE(const TimestampMs time, context.Time(*options.to, options.timezone));
  ARROW_ASSIGN_OR_RAISE(const auto pin, Resolve(*opened.catalog, opened.table, ReplayTarget(time)));
  if (!pin.view.snapshot_id) {
    return arrow::Status::Invalid("table ", opened.name().ToString(), " had no snapshot yet at ",
                                  FormatTime(time), ": there is nothing to roll back to");
  }
  return *pin.view.snapshot_id;
}

arrow::Status PrintNames(CommandContext& context, const std::string& sentence,
                         const FactRecord& facts, FactFormat format) {
  if (format == FactFormat::kJson) return context.Print(facts, format);
  return context.Print(sentence + "\n");
}

}  // namespace

arrow::Status RunRollback(const RollbackOptions& options, CommandContext& context) {
  const Stopwatch watch;
  if (options.snapshot.has_value() == options.to.has_value()) {
    return UsageError("say what to roll back to: --snapshot ID, or --to TIME");
  }
  ARROW_ASSIGN_OR_RAISE(const auto opened, OpenTableToWrite(context, options.table));
  ARROW_ASSIGN_OR_RAISE(const auto id, RollbackTarget(options, opened, context));
  ARROW_ASSIGN_OR_RAISE(const auto result,
                        RollbackTo(*opened.catalog, opened.name(), id, options.any,
                                   ToCommitOptions(options.commit, context)));
  CommitReport report;
  report.operation = "rollback";
  report.sentence = "rolled back " + opened.name().ToString();
  if (const auto* snapshot = result.table.metadata->FindSnapshot(id); snapshot != nullptr) {
    report.sentence += " to its state of " + FormatTime(snapshot->timestamp);
  }
  return PrintCommit(context, report, result, watch.ElapsedMs(), options.commit.format);
}

arrow::Status RunRegister(const RegisterOptions& options, CommandContext& context) {
  ARROW_ASSIGN_OR_RAISE(const auto name, TableArgument(options.table));
  ARROW_ASSIGN_OR_RAISE(const auto catalog, context.OpenToWrite(true));
  ARROW_ASSIGN_OR_RAISE(
      const auto table,
      catalog->Register(name, FileUri(options.metadata_file),
                        {"register", ToCommitOptions(options.commit, context).author}));
  FactRecord facts;
  facts.Add("table", Fact::Text(name.ToString()));
  facts.Add("metadata_location", Fact::Text(table.metadata_location));
  facts.Add("snapshot_id", Fact::IdIf(table.metadata->current_snapshot_id));
  return PrintNames(context, "registered " + name.ToString() + " with " + table.metadata_location,
                    facts, options.commit.format);
}

arrow::Status RunDrop(const NameOptions& options, CommandContext& context) {
  ARROW_ASSIGN_OR_RAISE(const auto opened, OpenTableToWrite(context, options.table));
  ARROW_RETURN_NOT_OK(opened.catalog->Drop(opened.name()));
  FactRecord facts;
  facts.Add("table", Fact::Text(opened.name().ToString()));
  facts.Add("metadata_location", Fact::Text(opened.table.metadata_location));
  return PrintNames(context,
                    "dropped " + opened.name().ToString() +
                        "; its files stay, and artemis-table register NAME " +
                        opened.table.metadata_location + " brings it back",
                    facts, options.commit.format);
}

arrow::Status RunRename(const NameOptions& options, CommandContext& context) {
  ARROW_ASSIGN_OR_RAISE(const auto to, TableArgument(options.new_name));
  ARROW_ASSIGN_OR_RAISE(const auto opened, OpenTableToWrite(context, options.table));
  ARROW_RETURN_NOT_OK(opened.catalog->Rename(opened.name(), to));
  FactRecord facts;
  facts.Add("table", Fact::Text(to.ToString()));
  facts.Add("before", Fact::Text(opened.name().ToString()));
  return PrintNames(context, "renamed " + opened.name().ToString() + " to " + to.ToString(), facts,
                    options.commit.format);
}

}  // namespace artemis

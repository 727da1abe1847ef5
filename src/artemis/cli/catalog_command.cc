// artemis-table rollback, cherry-pick, register, drop, rename.
#include "artemis/cli/catalog_command.h"

#include <memory>
#include <optional>

#include "artemis/base/error.h"
#include "artemis/base/program_error.h"
#include "artemis/base/stopwatch.h"
#include "artemis/base/time_text.h"
#include "artemis/catalog/catalog_config.h"
#include "artemis/cli/exit_code.h"
#include "artemis/cli/opened_table.h"
#include "artemis/io/location.h"
#include "artemis/replay/resolve.h"
#include "artemis/rewrite/purge.h"
#include "artemis/table/update.h"

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

arrow::Status PrintAlreadyThere(const RollbackOptions& options, const OpenedTable& opened,
                                SnapshotId id, CommandContext& context) {
  if (options.commit.format == FactFormat::kText) {
    return context.Print(opened.name().ToString() + " is at snapshot " + ToString(id) +
                         " already: nothing was changed\n");
  }
  CommitReport report;
  report.operation = "rollback";
  CommitResult result;
  result.table = opened.table;
  result.snapshot_id = id;
  result.attempts = 0;
  result.already_done = true;
  return PrintCommit(context, report, result, 0, options.commit.format);
}

arrow::Result<SnapshotId> PickedSnapshot(const CherryPickOptions& options,
                                         const OpenedTable& opened) {
  if (options.snapshot) return SnapshotId(*options.snapshot);
  ARROW_ASSIGN_OR_RAISE(const auto pin,
                        Resolve(*opened.catalog, opened.table, ReplayTarget(*options.ref)));
  // A ref always names a snapshot.
  return *pin.view.snapshot_id;
}

}  // namespace

arrow::Status RunRollback(const RollbackOptions& options, CommandContext& context) {
  const Stopwatch watch;
  if (options.snapshot.has_value() == options.to.has_value()) {
    return UsageError("say what to roll back to: --snapshot ID, or --to TIME");
  }
  ARROW_ASSIGN_OR_RAISE(const auto opened, OpenTableToWrite(context, options.table));
  CommitReport report;
  report.operation = "rollback";
  if (const auto done = AlreadyDone(opened, options.commit.once_key)) {
    return PrintCommit(context, report, *done, watch.ElapsedMs(), options.commit.format);
  }
  ARROW_ASSIGN_OR_RAISE(const auto id, RollbackTarget(options, opened, context));
  if (opened.metadata().current_snapshot_id == id) {
    return PrintAlreadyThere(options, opened, id, context);
  }
  ARROW_ASSIGN_OR_RAISE(const auto result,
                        RollbackTo(*opened.catalog, opened.name(), id, options.any,
                                   ToCommitOptions(options.commit, context)));
  report.sentence = "rolled back " + opened.name().ToString();
  if (const auto* snapshot = result.table.metadata->FindSnapshot(id); snapshot != nullptr) {
    report.sentence += " to its state of " + FormatTime(snapshot->timestamp);
  }
  return PrintCommit(context, report, result, watch.ElapsedMs(), options.commit.format);
}

arrow::Status RunCherryPick(const CherryPickOptions& options, CommandContext& context) {
  const Stopwatch watch;
  if (options.snapshot.has_value() == options.ref.has_value()) {
    return UsageError("say what to pick: --snapshot ID, or --ref NAME");
  }
  ARROW_ASSIGN_OR_RAISE(const auto opened, OpenTableToWrite(context, options.table));
  CommitReport report;
  report.operation = "cherry-pick";
  if (const auto done = AlreadyDone(opened, options.commit.once_key)) {
    return PrintCommit(context, report, *done, watch.ElapsedMs(), options.commit.format);
  }
  ARROW_ASSIGN_OR_RAISE(const auto id, PickedSnapshot(options, opened));
  ARROW_ASSIGN_OR_RAISE(const auto result, CherryPick(*opened.catalog, opened.name(), id,
                                                      ToCommitOptions(options.commit, context)));
  report.sentence = "applied snapshot " + ToString(id) + " to " +
                    (options.commit.branch == kMainBranch ? "" : options.commit.branch + " of ") +
                    opened.name().ToString();
  return PrintCommit(context, report, result, watch.ElapsedMs(), options.commit.format);
}

arrow::Status RunRegister(const RegisterOptions& options, CommandContext& context) {
  ARROW_ASSIGN_OR_RAISE(const auto name, TableArgument(options.table));
  ARROW_ASSIGN_OR_RAISE(const auto catalog, context.OpenToWrite(true));
  CatalogEvent event(name, "register", options.commit, context);
  const auto table =
      catalog->Register(name, FileUri(options.metadata_file),
                        {"register", ToCommitOptions(options.commit, context).author});
  event.Ended(table.status(), table.ok() ? table->metadata->current_snapshot_id : std::nullopt);
  ARROW_RETURN_NOT_OK(table.status());
  FactRecord facts;
  facts.Add("table", Fact::Text(name.ToString()));
  facts.Add("metadata_location", Fact::Text(table->metadata_location));
  facts.Add("snapshot_id", Fact::IdIf(table->metadata->current_snapshot_id));
  return PrintNames(context, "registered " + name.ToString() + " with " + table->metadata_location,
                    facts, options.commit.format);
}

namespace {

// A name of the catalog, and what it stands for as far as that can be read: dropping and renaming do not need it.
struct NamedTable {
  std::shared_ptr<Catalog> catalog;
  TableName name;
  std::optional<LoadedTable> table;

  std::optional<SnapshotId> snapshot_id() const {
    return table ? table->metadata->current_snapshot_id : std::nullopt;
  }
};

arrow::Result<NamedTable> OpenName(const std::string& text, CommandContext& context) {
  auto opened = OpenTableToWrite(context, text);
  if (opened.ok()) return NamedTable{opened->catalog, opened->name(), opened->table};
  if (ExitCodeOf(opened.status()) == kExitUsage ||
      FindDetail<NoSuchTable>(opened.status()) != nullptr) {
    return opened.status();
  }
  context.Note("warning: " + opened.status().message());
  NamedTable named;
  ARROW_ASSIGN_OR_RAISE(named.name, TableArgument(text));
  ARROW_ASSIGN_OR_RAISE(named.catalog, context.OpenToWrite());
  return named;
}

arrow::Status DropOnly(const NameOptions& options, CommandContext& context) {
  ARROW_ASSIGN_OR_RAISE(const auto named, OpenName(options.table, context));
  CatalogEvent event(named.name, "drop", options.commit, context);
  const auto status = named.catalog->Drop(named.name);
  event.Ended(status, named.snapshot_id());
  ARROW_RETURN_NOT_OK(status);
  FactRecord facts;
  facts.Add("table", Fact::Text(named.name.ToString()));
  facts.Add("metadata_location", named.table ? Fact::Text(named.table->metadata_location) : Fact());
  for (const char* key : {"files_removed", "bytes_removed", "files_left"}) facts.Add(key, Fact());
  std::string sentence = "dropped " + named.name.ToString() + "; its files stay";
  if (named.table) {
    sentence +=
        ", and artemis-table register NAME " + named.table->metadata_location + " brings it back";
  }
  return PrintNames(context, sentence, facts, options.commit.format);
}

arrow::Status Purge(const NameOptions& options, CommandContext& context) {
  ARROW_ASSIGN_OR_RAISE(const auto opened, OpenTableToWrite(context, options.table));
  PurgeOptions purge;
  purge.stop = context.stop();
  CatalogEvent event(opened.name(), "drop", options.commit, context);
  const auto report = DropAndPurge(*opened.catalog, opened.name(), purge);
  event.Ended(report.status(), opened.metadata().current_snapshot_id);
  ARROW_RETURN_NOT_OK(report.status());
  for (const auto& failure : report->failures) context.Note("not removed: " + failure);
  FactRecord facts;
  facts.Add("table", Fact::Text(opened.name().ToString()));
  facts.Add("metadata_location", Fact::Text(opened.table.metadata_location));
  facts.Add("files_removed", Fact::Count(report->Removed()));
  facts.Add("bytes_removed", Fact::Bytes(report->bytes));
  facts.Add("files_left", Fact::Count(report->failed));
  const std::string sentence = "dropped " + opened.name().ToString() + " and removed " +
                               CountOf(report->Removed(), "file") + " (" +
                               HumanBytes(report->bytes) + " of data)";
  ARROW_RETURN_NOT_OK(PrintNames(context, sentence, facts, options.commit.format));
  if (report->failed == 0) return arrow::Status::OK();
  return arrow::Status::IOError(CountOf(report->failed, "file"), " of table ",
                                opened.name().ToString(),
                                " could not be removed; the table is dropped");
}

}  // namespace

arrow::Status RunDrop(const NameOptions& options, CommandContext& context) {
  return options.purge ? Purge(options, context) : DropOnly(options, context);
}

arrow::Status RunRename(const NameOptions& options, CommandContext& context) {
  ARROW_ASSIGN_OR_RAISE(const auto to, TableArgument(options.new_name));
  ARROW_ASSIGN_OR_RAISE(const auto named, OpenName(options.table, context));
  CatalogEvent event(named.name, "rename", options.commit, context);
  const auto status = named.catalog->Rename(named.name, to);
  event.Ended(status, named.snapshot_id());
  ARROW_RETURN_NOT_OK(status);
  FactRecord facts;
  facts.Add("table", Fact::Text(to.ToString()));
  facts.Add("before", Fact::Text(named.name.ToString()));
  return PrintNames(context, "renamed " + named.name.ToString() + " to " + to.ToString(), facts,
                    options.commit.format);
}

namespace {

// What OpenCatalog takes where no URI is written.
std::string UriOf(const NamedCatalog& catalog) {
  return catalog.uri.empty() ? "sqlite:" + catalog.warehouse + "/catalog.db" : catalog.uri;
}

std::string KindOf(const std::string& uri) {
  const std::string scheme = uri.substr(0, uri.find(':'));
  return scheme == "postgres" ? "postgresql" : scheme;
}

}  // namespace

arrow::Status RunCatalogs(const CatalogsOptions& options, CommandContext& context) {
  const auto config = ReadCatalogConfig(UsualConfigPlaces());
  if (!config.ok()) return AsUsageError(config.status());
  FactTable table;
  table.keys = {"name", "kind", "uri", "warehouse", "file", "is_default"};
  for (const auto& catalog : config->catalogs) {
    const std::string uri = UriOf(catalog);
    table.rows.push_back({Fact::Text(catalog.name), Fact::Text(KindOf(uri)), Fact::Text(uri),
                          Fact::TextIf(catalog.warehouse), Fact::Text(catalog.source),
                          Fact::Flag(catalog.name == config->default_name)});
  }
  if (table.rows.empty()) {
    context.Note("no catalog is named in ./artemis.toml or ~/.config/artemis/artemis.toml");
    if (options.format == FactFormat::kText) return arrow::Status::OK();
  }
  FactRecord facts;
  facts.Add("default", Fact::TextIf(config->default_name));
  return context.Print(std::move(facts), "catalogs", table, options.format);
}

}  // namespace artemis

// The commands of artemis-table that make, change and show tables.
#include "artemis/cli/alter_command.h"
#include "artemis/cli/catalog_command.h"
#include "artemis/cli/check_command.h"
#include "artemis/cli/command_line_builder.h"
#include "artemis/cli/create_command.h"
#include "artemis/cli/expire_command.h"
#include "artemis/cli/files_command.h"
#include "artemis/cli/history_command.h"
#include "artemis/cli/info_command.h"
#include "artemis/cli/list_command.h"
#include "artemis/cli/ref_command.h"

namespace artemis {

namespace {

void SetUpCreate(CommandBuilder& builder, CLI::App& table) {
  auto [command, options] =
      builder.Add(table, "create", "Make a table",
                  "artemis-table create sda.observations --canonical \\\n"
                  "    --partition 'mission_id, day(sample_timestamp_ns) as day'",
                  RunCreate);
  AddTable(command, &options.table);
  command.add_option("--schema", options.schema_file, "Columns: an Iceberg schema as JSON")
      ->type_name("FILE");
  command.add_option("--like", options.like_file, "Columns: those of an Arrow or Parquet file")
      ->type_name("FILE");
  command.add_flag("--canonical", options.canonical, "Columns: those of artemis telemetry");
  command
      .add_option("--partition", options.partition,
                  "'mission_id, day(ts) as day, bucket(16, id), truncate(4, name)'")
      ->type_name("SPEC");
  command
      .add_option(
          "--sort", options.sort,
          "'payload_id, ts desc nulls last', or along a curve: 'zorder(a, b)', 'hilbert(a, b)'")
      ->type_name("ORDER");
  AddChoice<bool>(command, "--timestamps", "Precision of nanosecond columns (micros)",
                  {{"micros", false}, {"nanos", true}},
                  [&nanos = options.nanos](bool chosen) { nanos = chosen; });
  command.add_option("--property", options.properties, "KEY=VALUE; may be repeated")
      ->allow_extra_args(false)
      ->type_name("K=V");
  command
      .add_option("--format-version", options.format_version,
                  "Iceberg table format (2, or 3 where a column needs it)")
      ->check(CLI::IsMember({2, 3}))
      ->type_name("2|3");
  AddAuthor(command, &options.commit);
}

void AddInfoCommand(CommandBuilder& builder, CLI::App& table, const std::string& name,
                    const std::string& help,
                    arrow::Status (*run)(const InfoOptions&, CommandContext&)) {
  auto [command, options] =
      builder.Add(table, name, help, "artemis-table " + name + " sda.observations", run);
  AddTable(command, &options.table);
  AddFactFormat(command, &options.format);
}

void SetUpFactCommands(CommandBuilder& builder, CLI::App& table) {
  auto [list, list_options] =
      builder.Add(table, "list", "Name the tables", "artemis-table list sda", RunList);
  list.add_option("NAMESPACE", list_options.namespace_name, "Only the tables of this namespace")
      ->type_name("");
  AddFactFormat(list, &list_options.format);

  AddInfoCommand(builder, table, "info", "Say what a table is: place, size, schema, partitioning",
                 RunInfo);
  auto [schema, schema_options] = builder.Add(table, "schema", "List the columns",
                                              "artemis-table schema sda.observations", RunSchema);
  AddTable(schema, &schema_options.table);
  schema.add_option("--id", schema_options.schema_id, "An older schema, by its id")->type_name("N");
  AddFactFormat(schema, &schema_options.format);
  AddInfoCommand(builder, table, "partitions", "List sizes by partition", RunPartitions);
  AddInfoCommand(builder, table, "spec", "List partition specs and sort orders", RunSpec);
  AddInfoCommand(builder, table, "history", "List every change of the table, oldest first",
                 RunHistory);
  AddInfoCommand(builder, table, "snapshots", "List the snapshots, with their counts",
                 RunSnapshots);
  AddInfoCommand(builder, table, "refs", "List branches and tags", RunRefs);
}

constexpr char kFilesWhereHelp[] =
    "Only the data files that may hold such rows, as SQL (\"payload_id = 7 AND temperature_c > "
    "40\") "
    "or as JSON";

void SetUpFileCommands(CommandBuilder& builder, CLI::App& table) {
  auto [files, files_options] =
      builder.Add(table, "files", "List the data files of a snapshot",
                  "artemis-table files sda.observations --at -1d", RunFiles);
  AddTable(files, &files_options.table);
  AddTarget(files, &files_options.target, &files_options.timezone);
  AddWhere(files, &files_options.where, kFilesWhereHelp);
  files.add_flag("--explain", files_options.explain,
                 "Say of every manifest and file whether it is read, or which pass dropped it and "
                 "why");
  files.add_flag("--orphans", files_options.orphans,
                 "Instead, list the files in the table's folder that no metadata names");
  files
      .add_option("--older-than", files_options.older_than,
                  "With --orphans: only files this old, since younger ones may belong to a "
                  "commit that is under way (1d)")
      ->type_name("AGE");
  AddFactFormat(files, &files_options.format);

  auto [manifests, manifest_options] =
      builder.Add(table, "manifests", "List the manifests of a snapshot",
                  "artemis-table manifests sda.observations", RunManifests);
  AddTable(manifests, &manifest_options.table);
  AddTarget(manifests, &manifest_options.target, &manifest_options.timezone);
  AddFactFormat(manifests, &manifest_options.format);

  auto [inspect, inspect_options] =
      builder.Add(table, "inspect-manifest", "Show what a manifest or a manifest list says",
                  "artemis-table inspect-manifest warehouse/sda/observations/metadata/1f0c-m0.avro",
                  RunInspectManifest);
  inspect.add_option("PATH", inspect_options.path, "The Avro file")->required()->type_name("");
  AddFactFormat(inspect, &inspect_options.format);
}

// The commands of alter, all of which are told the table that stands before them.
using AlterCommands = std::shared_ptr<std::vector<AlterOptions*>>;

// What the positionals of alter mean.
std::string AlterHelp(const std::string& positional) {
  if (positional == "NAME:TYPE") return "The column and its type: flux:double, position.alt:int";
  if (positional == "OLD" || positional == "COLUMN") return "The column; dotted within a struct";
  if (positional == "NEW") return "Its new name, without the struct it is in";
  if (positional == "TYPE") return "Its new type: long, double, decimal(12,2)";
  if (positional == "SPEC")
    return "'mission_id, day(ts) as day, bucket(16, id), truncate(4, name)'";
  if (positional == "ORDER") return "'payload_id, ts desc nulls last'";
  return "The format version: 2 or 3";
}

// A command of alter; `subject` and `argument` are the names of its positionals, empty for none.
CommandBuilder::Command<AlterOptions> AddAlter(CommandBuilder& builder, CLI::App& alter,
                                               const AlterCommands& alters, const std::string& name,
                                               const std::string& help, const std::string& example,
                                               AlterAction action, const std::string& subject,
                                               const std::string& argument) {
  auto command =
      builder.Add(alter, name, help, "artemis-table alter sda.observations " + example, RunAlter);
  command.options.action = action;
  alters->push_back(&command.options);
  if (!subject.empty()) {
    command.app.add_option(subject, command.options.subject, AlterHelp(subject))
        ->required()
        ->type_name("");
  }
  if (!argument.empty()) {
    command.app.add_option(argument, command.options.argument, AlterHelp(argument))
        ->required()
        ->type_name("");
  }
  AddMetadataCommit(command.app, &command.options.commit);
  return command;
}

// Where a column goes among its neighbours.
void AddPlace(CLI::App& app, AlterOptions* options) {
  app.add_flag("--first", options->first, "Before all others");
  app.add_option("--after", options->after, "Behind this column")->type_name("COLUMN");
  app.add_option("--before", options->before, "In front of this column")->type_name("COLUMN");
}

void SetUpAlterColumns(CommandBuilder& builder, CLI::App& alter, const AlterCommands& alters) {
  auto add = AddAlter(builder, alter, alters, "add-column",
                      "Add a column; a dotted name adds it to a struct",
                      "add-column flux:double --doc 'W per m2' --after temperature_c",
                      AlterAction::kAddColumn, "NAME:TYPE", "");
  add.app.add_option("TYPE", add.options.argument, "The type, when it is not behind the name")
      ->type_name("");
  add.app.add_option("--doc", add.options.doc, "What the column means")->type_name("TEXT");
  add.app.add_flag("--required", add.options.required,
                   "No row may lack it; needs --default where the table has rows");
  add.app
      .add_option("--default", add.options.default_value,
                  "What rows that are there read as, and what is written where nothing is given; "
                  "needs format version 3")
      ->type_name("VALUE");
  AddPlace(add.app, &add.options);
  AddAlter(builder, alter, alters, "rename-column",
           "Rename a column; no file is written anew, since columns are known by id",
           "rename-column notes remarks", AlterAction::kRenameColumn, "OLD", "NEW");
  AddAlter(builder, alter, alters, "drop-column", "Drop a column", "drop-column notes",
           AlterAction::kDropColumn, "COLUMN", "");
  AddAlter(builder, alter, alters, "widen-column",
           "Widen a type: int to long, float to double, a decimal to more digits",
           "widen-column quality_flag long", AlterAction::kWidenColumn, "COLUMN", "TYPE");
  auto move =
      AddAlter(builder, alter, alters, "move-column", "Move a column among its neighbours",
               "move-column notes --after mission_id", AlterAction::kMoveColumn, "COLUMN", "");
  AddPlace(move.app, &move.options);
  AddAlter(builder, alter, alters, "make-optional", "Let a required column be null",
           "make-optional payload_id", AlterAction::kMakeOptional, "COLUMN", "");
  auto identifier = AddAlter(
      builder, alter, alters, "set-identifier", "Say which columns tell one row from another",
      "set-identifier mission_id sequence_number", AlterAction::kSetIdentifier, "", "");
  identifier.app.add_option("COLUMN", identifier.options.subjects, "Required columns")
      ->type_name("");
  identifier.app.add_flag("--none", identifier.options.none, "No columns do");
}

void SetUpAlterLayout(CommandBuilder& builder, CLI::App& alter, const AlterCommands& alters) {
  AddAlter(builder, alter, alters, "set-partition",
           "Partition new files so; '' leaves them unpartitioned",
           "set-partition 'mission_id, hour(sample_timestamp_ns) as hour'",
           AlterAction::kSetPartition, "SPEC", "");
  AddAlter(builder, alter, alters, "set-sort",
           "Sort new files so, or along a curve: 'zorder(a, b)'; '' leaves them unsorted",
           "set-sort 'payload_id, sample_timestamp_ns desc'", AlterAction::kSetSort, "ORDER", "");
  auto property =
      AddAlter(builder, alter, alters, "set-property", "Set properties; an empty value removes",
               "set-property owner=flight-dynamics", AlterAction::kSetProperty, "", "");
  property.app.add_option("KEY=VALUE", property.options.subjects, "Properties and their values")
      ->required()
      ->type_name("");
  auto unset = AddAlter(builder, alter, alters, "unset-property", "Remove properties",
                        "unset-property owner", AlterAction::kUnsetProperty, "", "");
  unset.app.add_option("KEY", unset.options.subjects, "The properties")->required()->type_name("");
  AddAlter(builder, alter, alters, "upgrade",
           "Raise the table's format version; there is no way back", "upgrade 3",
           AlterAction::kUpgrade, "VERSION", "");
}

void SetUpAlter(CommandBuilder& builder, CLI::App& table) {
  CLI::App& alter = *table.add_subcommand("alter", "Change columns, layout or properties");
  alter.require_subcommand(1);
  alter.footer("Example:\n  artemis-table alter sda.observations rename-column notes remarks");
  // Not required here, so that the help of a command can be asked for without it.
  const auto alters = std::make_shared<std::vector<AlterOptions*>>();
  alter
      .add_option_function<std::string>(
          "NAME",
          [alters](const std::string& name) {
            for (auto* options : *alters) options->table = name;
          },
          kTableHelp)
      ->type_name("");
  SetUpAlterColumns(builder, alter, alters);
  SetUpAlterLayout(builder, alter, alters);
}

// What tag and branch have in common; `name` is "tag" or "branch".
CommandBuilder::Command<RefCommandOptions> AddRef(CommandBuilder& builder, CLI::App& refs,
                                                  const std::string& action,
                                                  const std::string& help,
                                                  const std::string& example,
                                                  SnapshotRef::Kind kind, RefAction does) {
  auto command =
      builder.Add(refs, action, help,
                  "artemis-table " + refs.get_name() + " " + action + " " + example, RunRef);
  command.options.kind = kind;
  command.options.action = does;
  AddTable(command.app, &command.options.table);
  command.app.add_option("REF", command.options.name, "The name of the " + refs.get_name())
      ->required()
      ->type_name("");
  return command;
}

// Where a ref points, and how long it is kept.
void AddRefTarget(CLI::App& app, RefCommandOptions* options) {
  AddTarget(app, &options->target, &options->timezone);
  app.add_option("--keep", options->keep, "How long maintenance keeps it: 90d, 12h (for ever)")
      ->type_name("AGE");
  if (options->kind == SnapshotRef::Kind::kTag) return;
  app.add_option("--keep-snapshots", options->keep_snapshots,
                 "How long maintenance keeps its snapshots: 7d (the table's property)")
      ->type_name("AGE");
  app.add_option("--keep-snapshots-min", options->keep_snapshots_min,
                 "And how many of them at least (the table's property)")
      ->check(CLI::Range(1, INT32_MAX))
      ->type_name("N");
}

void SetUpRefs(CommandBuilder& builder, CLI::App& table, SnapshotRef::Kind kind) {
  const bool is_tag = kind == SnapshotRef::Kind::kTag;
  const std::string what = is_tag ? "tag" : "branch";
  const std::string example = is_tag ? "sda.observations audit-2024" : "sda.observations staging";
  CLI::App& refs = *table.add_subcommand(
      what, is_tag ? "Give a snapshot a name that stays" : "Keep a line of snapshots beside main");
  refs.require_subcommand(1);
  refs.footer("Example:\n  artemis-table " + what + " create " + example);
  auto create = AddRef(builder, refs, "create",
                       "Name a snapshot; the current one unless another is asked for",
                       example + " --at -1d", kind, RefAction::kCreate);
  AddRefTarget(create.app, &create.options);
  create.app.add_flag("--replace", create.options.replace, "Also where the name is taken");
  AddMetadataCommit(create.app, &create.options.commit);
  auto replace = AddRef(builder, refs, "replace", "Move it, or change how long it is kept",
                        example + " --keep 90d", kind, RefAction::kReplace);
  AddRefTarget(replace.app, &replace.options);
  AddMetadataCommit(replace.app, &replace.options.commit);
  auto remove = AddRef(builder, refs, "delete", "Remove the name; the snapshots stay", example,
                       kind, RefAction::kDelete);
  AddMetadataCommit(remove.app, &remove.options.commit);
  if (is_tag) return;
  auto forward =
      AddRef(builder, refs, "fast-forward", "Move it along to a later snapshot of its own line",
             "sda.observations main --to staging", kind, RefAction::kFastForward);
  forward.app.add_option("--to", forward.options.to, "The branch or tag whose snapshot it goes to")
      ->required()
      ->type_name("REF");
  AddMetadataCommit(forward.app, &forward.options.commit);
}

void SetUpRollback(CommandBuilder& builder, CLI::App& table) {
  auto [rollback, options] =
      builder.Add(table, "rollback", "Make an earlier snapshot the current one again",
                  "artemis-table rollback sda.observations --to -2h", RunRollback);
  AddTable(rollback, &options.table);
  rollback.add_option("--snapshot", options.snapshot, "The snapshot")->type_name("ID");
  rollback.add_option("--to,--to-time", options.to, kTimeHelp)->type_name("TIME");
  rollback.add_flag("--any", options.any, "Also to one that is no ancestor");
  AddTimezone(rollback, &options.timezone);
  AddMetadataCommit(rollback, &options.commit);

  auto [pick, pick_options] =
      builder.Add(table, "cherry-pick", "Apply the change of one snapshot to main, or to a branch",
                  "artemis-table cherry-pick sda.observations --ref staging", RunCherryPick);
  AddTable(pick, &pick_options.table);
  pick.add_option("--snapshot", pick_options.snapshot, "The snapshot")->type_name("ID");
  pick.add_option("--ref", pick_options.ref, "That of a branch or tag")->type_name("NAME");
  AddCommit(pick, &pick_options.commit);
}

void SetUpExpire(CommandBuilder& builder, CLI::App& table) {
  auto [expire, options] =
      builder.Add(table, "expire", "Take old snapshots out of the history; their files stay",
                  "artemis-table expire sda.observations --older-than 7d --dry-run", RunExpire);
  AddTable(expire, &options.table);
  expire.add_option("--older-than", options.older_than, "Snapshots of this age: 7d, 12h")
      ->type_name("AGE");
  expire.add_option("--before", options.before, kTimeHelp)->type_name("TIME");
  AddTimezone(expire, &options.timezone);
  expire
      .add_option("--keep", options.keep_min,
                  "Keep at least so many of each branch (the table's property, else 1)")
      ->check(CLI::Range(1, INT32_MAX))
      ->type_name("N");
  expire.add_flag("--dry-run", options.dry_run, "Say what would go, and change nothing");
  AddMetadataCommit(expire, &options.commit);
}

void SetUpNameCommands(CommandBuilder& builder, CLI::App& table) {
  auto [reg, register_options] = builder.Add(
      table, "register", "Enter the table of a metadata file under a name",
      "artemis-table register sda.copy copy/metadata/00004-….metadata.json", RunRegister);
  AddTable(reg, &register_options.table);
  reg.add_option("METADATA_FILE", register_options.metadata_file, "The newest metadata file")
      ->required()
      ->type_name("");
  AddAuthor(reg, &register_options.commit);

  auto [drop, drop_options] =
      builder.Add(table, "drop", "Remove a name; the files stay, unless they are purged",
                  "artemis-table drop sda.copy", RunDrop);
  AddTable(drop, &drop_options.table);
  drop.add_flag("--purge", drop_options.purge,
                "Also remove the files that the table's own metadata names, and no others");
  AddAuthor(drop, &drop_options.commit);

  auto [rename, rename_options] =
      builder.Add(table, "rename", "Give a table another name",
                  "artemis-table rename sda.copy sda.archive", RunRename);
  AddTable(rename, &rename_options.table);
  rename.add_option("NEW_NAME", rename_options.new_name, "The new name")->required()->type_name("");
  AddAuthor(rename, &rename_options.commit);
}

CommandBuilder::Command<NamespaceOptions> AddNamespace(CommandBuilder& builder, CLI::App& names,
                                                       const std::string& name,
                                                       const std::string& help,
                                                       const std::string& example,
                                                       NamespaceAction action) {
  auto command = builder.Add(names, name, help, "artemis-table namespace " + example, RunNamespace);
  command.options.action = action;
  if (action != NamespaceAction::kList) {
    command.app.add_option("NAME", command.options.name, "The namespace: ground or ground.eu")
        ->required()
        ->type_name("");
  }
  AddFactFormat(command.app, &command.options.format);
  return command;
}

void SetUpNamespaces(CommandBuilder& builder, CLI::App& table) {
  CLI::App& names = *table.add_subcommand("namespace", "Make, list and drop namespaces");
  names.require_subcommand(1);
  names.footer("Example:\n  artemis-table namespace create ground.eu");
  AddNamespace(builder, names, "list", "List the namespaces", "list", NamespaceAction::kList);
  auto create = AddNamespace(builder, names, "create", "Make a namespace",
                             "create ground.eu owner=esoc", NamespaceAction::kCreate);
  create.app.add_option("KEY=VALUE", create.options.properties, "Its properties")->type_name("");
  AddNamespace(builder, names, "drop", "Remove a namespace that holds nothing", "drop ground.eu",
               NamespaceAction::kDrop);
  auto set = AddNamespace(builder, names, "set", "Set properties; an empty value removes",
                          "set ground.eu owner=esoc", NamespaceAction::kSet);
  set.app.add_option("KEY=VALUE", set.options.properties, "The properties")
      ->required()
      ->type_name("");
  AddNamespace(builder, names, "show", "List the properties", "show ground.eu",
               NamespaceAction::kShow);
}

void SetUpCatalogs(CommandBuilder& builder, CLI::App& table) {
  auto [catalogs, options] =
      builder.Add(table, "catalogs", "List the catalogs that artemis.toml names",
                  "artemis-table catalogs --format json", RunCatalogs);
  AddFactFormat(catalogs, &options.format);
}

void SetUpCheck(CommandBuilder& builder, CLI::App& table) {
  auto [check, options] = builder.Add(
      table, "check", "Check that every file the table names is there and as it is said to be",
      "artemis-table check sda.observations --deep", RunCheck);
  AddTable(check, &options.table);
  check.add_flag("--deep", options.deep,
                 "Read every page, and compare checksums, bounds and counts with what is written");
  check.add_option("--threads", options.threads, "Files looked at at once (2)")
      ->check(CLI::Range(1, 256))
      ->type_name("N");
  AddFactFormat(check, &options.format);
}

}  // namespace

void SetUpTable(CommandBuilder& builder, CLI::App& app) {
  app.description("Make, change and look at tables");
  app.require_subcommand(1);
  app.footer("Example:\n  artemis-table history sda.observations");
  SetUpCreate(builder, app);
  SetUpRowCommands(builder, app);
  SetUpFactCommands(builder, app);
  SetUpFileCommands(builder, app);
  SetUpCheck(builder, app);
  SetUpAdvise(builder, app);
  SetUpAlter(builder, app);
  SetUpRefs(builder, app, SnapshotRef::Kind::kTag);
  SetUpRefs(builder, app, SnapshotRef::Kind::kBranch);
  SetUpRollback(builder, app);
  SetUpExpire(builder, app);
  SetUpNameCommands(builder, app);
  SetUpNamespaces(builder, app);
  SetUpCatalogs(builder, app);
  SetUpSynth(builder, app);
}

}  // namespace artemis

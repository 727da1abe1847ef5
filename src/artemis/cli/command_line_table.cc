// The commands of artemis-table that make, change and show tables.
#include "artemis/cli/alter_command.h"
#include "artemis/cli/catalog_command.h"
#include "artemis/cli/command_line_builder.h"
#include "artemis/cli/create_command.h"
#include "artemis/cli/files_command.h"
#include "artemis/cli/history_command.h"
#include "artemis/cli/info_command.h"
#include "artemis/cli/list_command.h"

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
  command.add_option("--sort", options.sort, "'payload_id, ts desc nulls last'")
      ->type_name("ORDER");
  AddChoice<bool>(command, "--timestamps", "Precision of nanosecond columns (micros)",
                  {{"micros", false}, {"nanos", true}},
                  [&nanos = options.nanos](bool chosen) { nanos = chosen; });
  command.add_option("--property", options.properties, "KEY=VALUE; may be repeated")
      ->allow_extra_args(false)
      ->type_name("K=V");
  command.add_option("--format-version", options.format_version, "Iceberg table format (2)")
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
  AddInfoCommand(builder, table, "spec", "List partition specs and sort orders", RunSpec);
  AddInfoCommand(builder, table, "history", "List every change of the table, oldest first",
                 RunHistory);
  AddInfoCommand(builder, table, "snapshots", "List the snapshots, with their counts",
                 RunSnapshots);
  AddInfoCommand(builder, table, "refs", "List branches and tags", RunRefs);
}

void SetUpFileCommands(CommandBuilder& builder, CLI::App& table) {
  auto [files, files_options] =
      builder.Add(table, "files", "List the data files of a snapshot",
                  "artemis-table files sda.observations --at -1d", RunFiles);
  AddTable(files, &files_options.table);
  AddTarget(files, &files_options.target, &files_options.timezone);
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
    command.app.add_option(subject, command.options.subject)->required()->type_name("");
  }
  if (!argument.empty()) {
    command.app.add_option(argument, command.options.argument)->required()->type_name("");
  }
  AddAuthor(command.app, &command.options.commit);
  return command;
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
  auto add = AddAlter(builder, alter, alters, "add-column", "Add an optional column",
                      "add-column flux:double", AlterAction::kAddColumn, "NAME:TYPE", "");
  add.app.add_option("TYPE", add.options.argument, "The type, when it is not behind the name")
      ->type_name("");
  add.app.add_option("--doc", add.options.doc, "What the column means")->type_name("TEXT");
  AddAlter(builder, alter, alters, "rename-column", "Rename a column",
           "rename-column notes remarks", AlterAction::kRenameColumn, "OLD", "NEW");
  AddAlter(builder, alter, alters, "drop-column", "Drop a column", "drop-column notes",
           AlterAction::kDropColumn, "COLUMN", "");
  AddAlter(builder, alter, alters, "widen-column", "Widen a type: int to long, float to double",
           "widen-column quality_flag long", AlterAction::kWidenColumn, "COLUMN", "TYPE");
  auto move =
      AddAlter(builder, alter, alters, "move-column", "Move a column",
               "move-column notes --after mission_id", AlterAction::kMoveColumn, "COLUMN", "");
  move.app.add_flag("--first", move.options.first, "Before all others");
  move.app.add_option("--after", move.options.after, "Behind this column")->type_name("COLUMN");
  AddAlter(builder, alter, alters, "set-partition", "Partition new files so",
           "set-partition 'mission_id, hour(sample_timestamp_ns) as hour'",
           AlterAction::kSetPartition, "SPEC", "");
  AddAlter(builder, alter, alters, "set-sort", "Sort new files so",
           "set-sort 'payload_id, sample_timestamp_ns'", AlterAction::kSetSort, "ORDER", "");
  auto property =
      AddAlter(builder, alter, alters, "set-property", "Set properties; an empty value removes",
               "set-property owner=flight-dynamics", AlterAction::kSetProperty, "", "");
  property.app.add_option("KEY=VALUE", property.options.properties)->required()->type_name("");
}

void SetUpNameCommands(CommandBuilder& builder, CLI::App& table) {
  auto [rollback, rollback_options] =
      builder.Add(table, "rollback", "Make an earlier snapshot the current one again",
                  "artemis-table rollback sda.observations --to -2h", RunRollback);
  AddTable(rollback, &rollback_options.table);
  rollback.add_option("--snapshot", rollback_options.snapshot, "The snapshot")->type_name("ID");
  rollback.add_option("--to", rollback_options.to, kTimeHelp)->type_name("TIME");
  rollback.add_flag("--any", rollback_options.any, "Also to one that is no ancestor");
  AddTimezone(rollback, &rollback_options.timezone);
  AddAuthor(rollback, &rollback_options.commit);

  auto [reg, register_options] = builder.Add(
      table, "register", "Enter the table of a metadata file under a name",
      "artemis-table register sda.copy copy/metadata/00004-….metadata.json", RunRegister);
  AddTable(reg, &register_options.table);
  reg.add_option("METADATA_FILE", register_options.metadata_file, "The newest metadata file")
      ->required()
      ->type_name("");
  AddAuthor(reg, &register_options.commit);

  auto [drop, drop_options] = builder.Add(table, "drop", "Remove a name; the files stay",
                                          "artemis-table drop sda.copy", RunDrop);
  AddTable(drop, &drop_options.table);
  AddFactFormat(drop, &drop_options.commit.format);

  auto [rename, rename_options] =
      builder.Add(table, "rename", "Give a table another name",
                  "artemis-table rename sda.copy sda.archive", RunRename);
  AddTable(rename, &rename_options.table);
  rename.add_option("NEW_NAME", rename_options.new_name, "The new name")->required()->type_name("");
  AddFactFormat(rename, &rename_options.commit.format);

  auto [names, namespace_options] =
      builder.Add(table, "namespace", "List the namespaces, or make one",
                  "artemis-table namespace --create ground.eu", RunNamespace);
  names.add_option("--create", namespace_options.create, "Make this one")->type_name("NAME");
  AddFactFormat(names, &namespace_options.format);
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
  SetUpAlter(builder, app);
  SetUpNameCommands(builder, app);
}

}  // namespace artemis

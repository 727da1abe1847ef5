// Programs, commands and options, with CLI11. The only source that includes it.
#include "artemis/cli/command_line.h"

#include <charconv>
#include <chrono>
#include <cstdio>
#include <memory>
#include <sstream>
#include <utility>

#include <CLI/CLI.hpp>

#include "artemis/base/iso_time.h"
#include "artemis/base/near_match.h"
#include "artemis/cli/alter_command.h"
#include "artemis/cli/append_command.h"
#include "artemis/cli/catalog_command.h"
#include "artemis/cli/create_command.h"
#include "artemis/cli/exit_code.h"
#include "artemis/cli/files_command.h"
#include "artemis/cli/history_command.h"
#include "artemis/cli/info_command.h"
#include "artemis/cli/list_command.h"
#include "artemis/cli/replay_diff_command.h"
#include "artemis/cli/replay_inspect_command.h"
#include "artemis/cli/replay_query_command.h"
#include "artemis/cli/rewrite_command.h"
#include "artemis/cli/sql_command.h"
#include "artemis/cli/telemetry_command.h"
#include "artemis/cli/versions.h"
#include "artemis/cli/write_command.h"

namespace artemis {

namespace {

constexpr char kTimeHelp[] =
    "A time: RFC 3339 (2024-03-15T07:00:00Z), milliseconds since 1970, now, or -2h, -1d12h";
constexpr char kWhereHelp[] =
    "Rows to take, as SQL (\"payload_id = 7 AND temperature_c > 40\") or as JSON";
constexpr char kTableHelp[] = "The table: namespace.name";

template <typename Choice>
using Choices = std::vector<std::pair<std::string, Choice>>;

// "128MiB", "1GB", "4096".
int64_t ParseByteCount(const std::string& text) {
  static const Choices<int64_t> kUnits = {
      {"", 1},          {"B", 1},      {"KiB", 1 << 10},  {"MiB", 1 << 20},
      {"GiB", 1 << 30}, {"KB", 1'000}, {"MB", 1'000'000}, {"GB", 1'000'000'000}};
  int64_t count = 0;
  const char* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, count);
  for (const auto& [unit, bytes] : kUnits) {
    if (parsed.ec != std::errc() || count <= 0 || unit != std::string(parsed.ptr, end)) continue;
    if (count <= INT64_MAX / bytes) return count * bytes;
  }
  throw CLI::ValidationError("'" + text + "' is no size: expected 128MiB, 1GB or a count of bytes");
}

std::chrono::sys_days ParseDay(const std::string& text) {
  const auto day = ParseIsoTime(text);
  if (!day || day->has_time || day->days < INT32_MIN || day->days > INT32_MAX) {
    throw CLI::ValidationError("'" + text + "' is no day: expected a date such as 2024-03-11");
  }
  return std::chrono::sys_days(std::chrono::days(static_cast<int32_t>(day->days)));
}

class CommandLine {
 public:
  explicit CommandLine(const std::string& program) : app_("", program) {
    app_.get_formatter()->column_width(36);
    app_.get_formatter()->label("REQUIRED", "");
    app_.set_version_flag("--version", VersionText, "Print the versions of all parts");
    const size_t dash = program.find('-');
    const std::string alias = dash == std::string::npos ? "" : program.substr(dash + 1);
    if (!SetUpProgram(alias, app_)) SetUpAllPrograms();
  }

  std::variant<ParsedCommand, NothingToRun> Parse(const std::vector<std::string>& arguments) {
    try {
      app_.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
    } catch (const CLI::ParseError& error) {
      return Explain(error);
    }
    return std::move(parsed_);
  }

 private:
  template <typename Options>
  struct Command {
    CLI::App& app;
    Options& options;
  };

  NothingToRun Explain(const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) {
      std::ostringstream text;
      app_.exit(error, text, text);
      std::fputs(text.str().c_str(), stdout);
      return {kExitDone};
    }
    const CLI::App* app = &app_;
    std::string command = app_.get_name();
    while (!app->get_subcommands().empty()) {
      app = app->get_subcommands().front();
      command += " " + app->get_name();
    }
    std::string message = error.what();
    if (const auto left = app->remaining(); error.get_name() == "RequiredError" && !left.empty()) {
      message = NoSuchCommand(*app, left.front());
    }
    for (char& c : message) c = c == '\n' ? ' ' : c;
    std::fprintf(stderr, "%s: %s; %s --help shows how it is used\n", app_.get_name().c_str(),
                 message.c_str(), command.c_str());
    return {kExitUsage};
  }

  static std::string NoSuchCommand(const CLI::App& app, const std::string& asked) {
    std::vector<std::string> names;
    for (const auto* each : app.get_subcommands([](const CLI::App*) { return true; })) {
      names.push_back(each->get_name());
    }
    return "'" + asked + "' is not understood" + DidYouMean(asked, names);
  }

  // Makes `app` run `run`, with the common options.
  template <typename Options>
  Command<Options> Runs(CLI::App& app, const std::string& example,
                        arrow::Status (*run)(const Options&, CommandContext&)) {
    auto options = std::make_shared<Options>();
    app.footer("Example:\n  " + example);
    app.callback([this, options, run] {
      parsed_.run = [options, run](CommandContext& context) { return run(*options, context); };
    });
    AddCommonOptions(app);
    return {app, *options};
  }

  template <typename Options>
  Command<Options> Add(CLI::App& parent, const std::string& name, const std::string& help,
                       const std::string& example,
                       arrow::Status (*run)(const Options&, CommandContext&)) {
    return Runs(*parent.add_subcommand(name, help), example, run);
  }

  template <typename Choice>
  static void AddChoice(CLI::App& app, const std::string& name, const std::string& help,
                        const Choices<Choice>& choices, const std::function<void(Choice)>& set) {
    std::string names;
    for (const auto& [each, value] : choices) names += (names.empty() ? "" : "|") + each;
    app.add_option_function<std::string>(
           name,
           [name, names, choices, set](const std::string& text) {
             for (const auto& [each, value] : choices) {
               if (each == text) return set(value);
             }
             throw CLI::ValidationError(name + ": '" + text + "' is none of " + names);
           },
           help)
        ->type_name(names);
  }

  void AddCommonOptions(CLI::App& app) {
    auto& common = parsed_.common;
    const std::string group = "Common options";
    app.add_option("--catalog", common.catalog_uri,
                   "The catalog: sqlite:PATH[?name=N] (default: catalog.db in the warehouse)")
        ->envname("ARTEMIS_CATALOG")
        ->type_name("URI")
        ->group(group);
    app.add_option("--warehouse", common.warehouse, "The folder of new tables (./warehouse)")
        ->envname("ARTEMIS_WAREHOUSE")
        ->type_name("DIR")
        ->group(group);
    app.add_option("--map", common.maps, "OLD=NEW: read files of a moved warehouse where they lie")
        ->allow_extra_args(false)
        ->type_name("OLD=NEW")
        ->group(group);
    app.add_option("--log", common.log, "Where events go, one a line: PATH, stderr or off")
        ->type_name("PATH")
        ->group(group);
    AddChoice<std::string>(app, "--log-format", "How events are written",
                           {{"json", "json"}, {"text", "text"}},
                           [&common](const std::string& format) { common.log_format = format; });
    app.add_option("--metrics-file", common.metrics_file, "Prometheus text, written at the end")
        ->type_name("PATH")
        ->group(group);
    AddChoice<ProgressMode>(
        app, "--progress", "A line on standard error that says how far the command is",
        {{"auto", ProgressMode::kAuto}, {"on", ProgressMode::kOn}, {"off", ProgressMode::kOff}},
        [&common](ProgressMode mode) { common.progress = mode; });
    app.get_option("--log-format")->group(group);
    app.get_option("--progress")->group(group);
  }

  static void AddFactFormat(CLI::App& app, FactFormat* format) {
    AddChoice<FactFormat>(app, "--format", "How facts are printed",
                          {{"text", FactFormat::kText}, {"json", FactFormat::kJson}},
                          [format](FactFormat chosen) { *format = chosen; });
  }

  static void AddTable(CLI::App& app, std::string* table) {
    app.add_option("NAME", *table, kTableHelp)->required()->type_name("");
  }

  static void AddTarget(CLI::App& app, TargetOptions* target,
                        std::optional<std::string>* timezone) {
    app.add_option("--at", target->at, kTimeHelp)->type_name("TIME");
    app.add_option("--snapshot", target->snapshot, "A snapshot, by its id")->type_name("ID");
    app.add_option("--ref", target->ref, "A branch or tag")->type_name("NAME");
    AddTimezone(app, timezone);
  }

  static void AddTimezone(CLI::App& app, std::optional<std::string>* timezone) {
    app.add_option("--timezone", *timezone, "Zone of times that name none: Europe/Berlin, +02:00")
        ->type_name("ZONE");
  }

  static void AddRowOutput(CLI::App& app, RowOutputOptions* output, const std::string& formats) {
    app.add_option("--format", output->format, "How rows are written: " + formats)
        ->type_name("FORMAT");
    app.add_option("-o,--output", output->output, "A file instead of standard output")
        ->type_name("FILE");
  }

  static void AddCommit(CLI::App& app, CommitCommandOptions* commit) {
    app.add_option("--author", commit->author, "Who made the change (default: your user name)")
        ->type_name("NAME");
    app.add_option("--message", commit->message, "Why; kept with the snapshot")->type_name("TEXT");
    app.add_option("--once", commit->once_key,
                   "A second run with this key changes nothing and names the first run's snapshot")
        ->type_name("KEY");
    AddFactFormat(app, &commit->format);
  }

  // For commands that make no snapshot.
  static void AddAuthor(CLI::App& app, CommitCommandOptions* commit) {
    app.add_option("--author", commit->author, "Who made the change (default: your user name)")
        ->type_name("NAME");
    AddFactFormat(app, &commit->format);
  }

  static void AddTruncate(CLI::App& app, bool* truncate) {
    app.add_flag("--truncate-timestamps", *truncate, "Cut nanoseconds to whole microseconds");
  }

  // Sets up one program on `app`; false when there is none of that name.
  bool SetUpProgram(const std::string& name, CLI::App& app) {
    if (name == "telemetry") return SetUpTelemetry(app), true;
    if (name == "write") return SetUpWrite(app), true;
    if (name == "table") return SetUpTable(app), true;
    if (name == "replay") return SetUpReplay(app), true;
    if (name == "sql") return SetUpSql(app), true;
    return false;
  }

  void SetUpAllPrograms() {
    app_.description("Artemis: time travel for Apache Iceberg tables");
    app_.require_subcommand(1);
    app_.footer(
        "Example:\n  artemis telemetry --rows 1000 --seed 1 > rows.arrow\n"
        "  artemis table create sda.observations --canonical\n"
        "  artemis table append sda.observations rows.arrow\n"
        "  artemis replay query sda.observations --at -1h --limit 10");
    for (const char* name : {"telemetry", "write", "table", "replay", "sql"}) {
      SetUpProgram(name, *app_.add_subcommand(name));
    }
  }

  void SetUpTelemetry(CLI::App& app) {
    app.description("Make synthetic mission telemetry as an Arrow stream");
    auto [command, options] =
        Runs(app, "artemis telemetry --rows 1000000 --seed 7 --missions 3 --days 7 > rows.arrow",
             RunTelemetry);
    auto& made = options.generator;
    command.add_option("--rows", made.rows, "Rows in all")->required()->type_name("N");
    command.add_option("--seed", made.seed, "The same seed makes the same rows (0)")
        ->type_name("S");
    command.add_option("--missions", made.missions, "Missions (3)")->type_name("M");
    command.add_option("--days", made.days, "Days (7)")->type_name("D");
    command
        .add_option_function<std::string>(
            "--first-day",
            [&day = made.first_day](const std::string& text) { day = ParseDay(text); },
            "The first day, from midnight UTC (2024-03-11)")
        ->type_name("DATE");
    command.add_option("--hold", made.hold, "Frames a slow channel holds its value; 1: none (10)")
        ->type_name("N");
    command.add_flag("--nanos", made.nanos, "Timestamps that are not whole microseconds");
    AddRowOutput(command, &options.output, "arrow (default), parquet, csv, json, jsonl, table");
  }

  void SetUpWrite(CLI::App& app) {
    app.description("Write rows to one archive Parquet file");
    auto [command, options] =
        Runs(app, "artemis-write rows.arrow -o rows.parquet --encoding notes=plain", RunWrite);
    command
        .add_option("IN", options.input, "An Arrow IPC or Parquet file; - is standard input (-)")
        ->type_name("");
    command.add_option("-o,--output", options.output, "The Parquet file to write")
        ->required()
        ->type_name("FILE");
    command
        .add_option_function<std::string>(
            "--row-group-bytes",
            [&bytes = options.row_group_bytes](const std::string& text) {
              bytes = ParseByteCount(text);
            },
            "Encoded bytes of a row group (128MiB)")
        ->type_name("SIZE");
    command.add_option("--level", options.level, "Compression level of zstd (3)")
        ->check(CLI::Range(1, 22))
        ->type_name("1-22");
    command
        .add_option("--encoding", options.encodings,
                    "COLUMN=ENCODING: auto, dictionary, plain, delta, byte_stream_split, "
                    "delta_byte_array; may be repeated")
        ->allow_extra_args(false)
        ->type_name("COL=ENC");
    command.add_option("--threads", options.threads, "Columns encoded at once (1)")
        ->check(CLI::Range(1, 256))
        ->type_name("N");
    command.add_flag("--iceberg", options.iceberg, "Types and field ids of a table");
    AddTruncate(command, &options.truncate_timestamps);
    AddFactFormat(command, &options.format);
  }

  void SetUpTable(CLI::App& app) {
    app.description("Make, change and look at tables");
    app.require_subcommand(1);
    app.footer("Example:\n  artemis-table history sda.observations");
    SetUpCreate(app);
    SetUpRowCommands(app);
    SetUpFactCommands(app);
    SetUpFileCommands(app);
    SetUpAlter(app);
    SetUpNameCommands(app);
  }

  void SetUpCreate(CLI::App& table) {
    auto [command, options] = Add(table, "create", "Make a table",
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

  void SetUpRowCommands(CLI::App& table) {
    auto [append, append_options] =
        Add(table, "append", "Add rows from files, in one commit",
            "artemis-table append sda.observations monday.arrow tuesday.parquet", RunAppend);
    AddTable(append, &append_options.table);
    append
        .add_option("FILE", append_options.inputs,
                    "Arrow IPC or Parquet files; - is standard input")
        ->required()
        ->type_name("");
    AddTruncate(append, &append_options.truncate_timestamps);
    AddCommit(append, &append_options.commit);

    auto [overwrite, overwrite_options] = Add(
        table, "overwrite", "Replace the rows that match by those of files, in one commit",
        "artemis-table overwrite sda.observations fixed.arrow --where \"mission_id = 'apollo-7'\"",
        RunOverwrite);
    AddTable(overwrite, &overwrite_options.table);
    overwrite.add_option("FILE", overwrite_options.inputs, "The rows that enter, as for append")
        ->required()
        ->type_name("");
    overwrite.add_option("--where", overwrite_options.where, kWhereHelp)
        ->required()
        ->type_name("PREDICATE");
    AddTruncate(overwrite, &overwrite_options.truncate_timestamps);
    AddCommit(overwrite, &overwrite_options.commit);

    auto [remove, remove_options] =
        Add(table, "delete", "Remove the rows that match",
            "artemis-table delete sda.observations --where 'quality_flag <> 0'", RunDelete);
    AddTable(remove, &remove_options.table);
    remove.add_option("--where", remove_options.where, kWhereHelp)
        ->required()
        ->type_name("PREDICATE");
    AddCommit(remove, &remove_options.commit);
  }

  void AddInfoCommand(CLI::App& table, const std::string& name, const std::string& help,
                      arrow::Status (*run)(const InfoOptions&, CommandContext&)) {
    auto [command, options] =
        Add(table, name, help, "artemis-table " + name + " sda.observations", run);
    AddTable(command, &options.table);
    AddFactFormat(command, &options.format);
  }

  void SetUpFactCommands(CLI::App& table) {
    auto [list, list_options] =
        Add(table, "list", "Name the tables", "artemis-table list sda", RunList);
    list.add_option("NAMESPACE", list_options.namespace_name, "Only the tables of this namespace")
        ->type_name("");
    AddFactFormat(list, &list_options.format);

    AddInfoCommand(table, "info", "Say what a table is: place, size, schema, partitioning",
                   RunInfo);
    auto [schema, schema_options] = Add(table, "schema", "List the columns",
                                        "artemis-table schema sda.observations", RunSchema);
    AddTable(schema, &schema_options.table);
    schema.add_option("--id", schema_options.schema_id, "An older schema, by its id")
        ->type_name("N");
    AddFactFormat(schema, &schema_options.format);
    AddInfoCommand(table, "spec", "List partition specs and sort orders", RunSpec);
    AddInfoCommand(table, "history", "List every change of the table, oldest first", RunHistory);
    AddInfoCommand(table, "snapshots", "List the snapshots, with their counts", RunSnapshots);
    AddInfoCommand(table, "refs", "List branches and tags", RunRefs);
  }

  void SetUpFileCommands(CLI::App& table) {
    auto [files, files_options] = Add(table, "files", "List the data files of a snapshot",
                                      "artemis-table files sda.observations --at -1d", RunFiles);
    AddTable(files, &files_options.table);
    AddTarget(files, &files_options.target, &files_options.timezone);
    AddFactFormat(files, &files_options.format);

    auto [manifests, manifest_options] =
        Add(table, "manifests", "List the manifests of a snapshot",
            "artemis-table manifests sda.observations", RunManifests);
    AddTable(manifests, &manifest_options.table);
    AddTarget(manifests, &manifest_options.target, &manifest_options.timezone);
    AddFactFormat(manifests, &manifest_options.format);

    auto [inspect, inspect_options] =
        Add(table, "inspect-manifest", "Show what a manifest or a manifest list says",
            "artemis-table inspect-manifest warehouse/sda/observations/metadata/1f0c-m0.avro",
            RunInspectManifest);
    inspect.add_option("PATH", inspect_options.path, "The Avro file")->required()->type_name("");
    AddFactFormat(inspect, &inspect_options.format);
  }

  // A command of alter; `subject` and `argument` are the names of its positionals, empty for none.
  Command<AlterOptions> AddAlter(CLI::App& alter, const std::string& name, const std::string& help,
                                 const std::string& example, AlterAction action,
                                 const std::string& subject, const std::string& argument) {
    auto command =
        Add(alter, name, help, "artemis-table alter sda.observations " + example, RunAlter);
    command.options.action = action;
    alters_.push_back(&command.options);
    if (!subject.empty()) {
      command.app.add_option(subject, command.options.subject)->required()->type_name("");
    }
    if (!argument.empty()) {
      command.app.add_option(argument, command.options.argument)->required()->type_name("");
    }
    AddAuthor(command.app, &command.options.commit);
    return command;
  }

  void SetUpAlter(CLI::App& table) {
    CLI::App& alter = *table.add_subcommand("alter", "Change columns, layout or properties");
    alter.require_subcommand(1);
    alter.footer("Example:\n  artemis-table alter sda.observations rename-column notes remarks");
    // Not required here, so that the help of a command can be asked for without it.
    alter.add_option("NAME", altered_table_, kTableHelp)->type_name("");
    alter.callback([this] {
      for (auto* options : alters_) options->table = altered_table_;
    });
    auto add = AddAlter(alter, "add-column", "Add an optional column", "add-column flux:double",
                        AlterAction::kAddColumn, "NAME:TYPE", "");
    add.app.add_option("TYPE", add.options.argument, "The type, when it is not behind the name")
        ->type_name("");
    add.app.add_option("--doc", add.options.doc, "What the column means")->type_name("TEXT");
    AddAlter(alter, "rename-column", "Rename a column", "rename-column notes remarks",
             AlterAction::kRenameColumn, "OLD", "NEW");
    AddAlter(alter, "drop-column", "Drop a column", "drop-column notes", AlterAction::kDropColumn,
             "COLUMN", "");
    AddAlter(alter, "widen-column", "Widen a type: int to long, float to double",
             "widen-column quality_flag long", AlterAction::kWidenColumn, "COLUMN", "TYPE");
    auto move =
        AddAlter(alter, "move-column", "Move a column", "move-column notes --after mission_id",
                 AlterAction::kMoveColumn, "COLUMN", "");
    move.app.add_flag("--first", move.options.first, "Before all others");
    move.app.add_option("--after", move.options.after, "Behind this column")->type_name("COLUMN");
    AddAlter(alter, "set-partition", "Partition new files so",
             "set-partition 'mission_id, hour(sample_timestamp_ns) as hour'",
             AlterAction::kSetPartition, "SPEC", "");
    AddAlter(alter, "set-sort", "Sort new files so", "set-sort 'payload_id, sample_timestamp_ns'",
             AlterAction::kSetSort, "ORDER", "");
    auto property =
        AddAlter(alter, "set-property", "Set properties; an empty value removes",
                 "set-property owner=flight-dynamics", AlterAction::kSetProperty, "", "");
    property.app.add_option("KEY=VALUE", property.options.properties)->required()->type_name("");
  }

  void SetUpNameCommands(CLI::App& table) {
    auto [rollback, rollback_options] =
        Add(table, "rollback", "Make an earlier snapshot the current one again",
            "artemis-table rollback sda.observations --to -2h", RunRollback);
    AddTable(rollback, &rollback_options.table);
    rollback.add_option("--snapshot", rollback_options.snapshot, "The snapshot")->type_name("ID");
    rollback.add_option("--to", rollback_options.to, kTimeHelp)->type_name("TIME");
    rollback.add_flag("--any", rollback_options.any, "Also to one that is no ancestor");
    AddTimezone(rollback, &rollback_options.timezone);
    AddAuthor(rollback, &rollback_options.commit);

    auto [reg, register_options] =
        Add(table, "register", "Enter the table of a metadata file under a name",
            "artemis-table register sda.copy copy/metadata/00004-….metadata.json", RunRegister);
    AddTable(reg, &register_options.table);
    reg.add_option("METADATA_FILE", register_options.metadata_file, "The newest metadata file")
        ->required()
        ->type_name("");
    AddAuthor(reg, &register_options.commit);

    auto [drop, drop_options] =
        Add(table, "drop", "Remove a name; the files stay", "artemis-table drop sda.copy", RunDrop);
    AddTable(drop, &drop_options.table);
    AddFactFormat(drop, &drop_options.commit.format);

    auto [rename, rename_options] = Add(table, "rename", "Give a table another name",
                                        "artemis-table rename sda.copy sda.archive", RunRename);
    AddTable(rename, &rename_options.table);
    rename.add_option("NEW_NAME", rename_options.new_name, "The new name")
        ->required()
        ->type_name("");
    AddFactFormat(rename, &rename_options.commit.format);

    auto [names, namespace_options] =
        Add(table, "namespace", "List the namespaces, or make one",
            "artemis-table namespace --create ground.eu", RunNamespace);
    names.add_option("--create", namespace_options.create, "Make this one")->type_name("NAME");
    AddFactFormat(names, &namespace_options.format);
  }

  static void AddReplayRows(CLI::App& app, ReplayRowOptions* rows) {
    app.add_option("--where", rows->where, kWhereHelp)->type_name("PREDICATE");
    app.add_option("--columns", rows->columns, "Only these columns: a,b")
        ->delimiter(',')
        ->allow_extra_args(false)
        ->type_name("COLUMNS");
    app.add_option("--limit", rows->limit, "At most this many rows")
        ->check(CLI::NonNegativeNumber)
        ->type_name("N");
    app.add_option("--threads", rows->threads, "Files decoded at once (2)")
        ->check(CLI::Range(1, 256))
        ->type_name("N");
    AddRowOutput(app, &rows->output, "table (default), arrow, parquet, csv, json, jsonl, markdown");
  }

  void SetUpReplay(CLI::App& app) {
    app.description("Read tables as they stood at any moment; never changes anything");
    app.require_subcommand(1);
    app.footer("Example:\n  artemis-replay query sda.observations --at 2024-03-15T07:00:00Z");
    SetUpReplayQuery(app);
    SetUpReplayDiff(app);
    auto [inspect, options] =
        Add(app, "inspect", "Say what was in force at a moment",
            "artemis-replay inspect sda.observations --at -2h", RunReplayInspect);
    AddTable(inspect, &options.table);
    AddTarget(inspect, &options.target, &options.timezone);
    AddFactFormat(inspect, &options.format);
  }

  void SetUpReplayQuery(CLI::App& replay) {
    auto [command, options] =
        Add(replay, "query", "Print the rows of a table as they stood at a moment",
            "artemis-replay query sda.observations --at -2h \\\n"
            "    --where \"mission_id = 'apollo-7' AND temperature_c > 40\" --limit 20",
            RunReplayQuery);
    AddTable(command, &options.rows.table);
    AddTarget(command, &options.target, &options.rows.timezone);
    AddReplayRows(command, &options.rows);
    AddChoice<bool>(command, "--mode", "Whose columns: the snapshot's (default) or today's",
                    {{"snapshot_time", false}, {"current", true}},
                    [&current = options.current_schema](bool chosen) { current = chosen; });
    command.add_flag("--ordered", options.ordered, "Rows in the plan's order, the same each time");
    command.add_flag("--explain", options.explain, "Print what would be read, and why");
  }

  void SetUpReplayDiff(CLI::App& replay) {
    auto [command, options] =
        Add(replay, "diff", "Print the rows that two moments of a table do not share",
            "artemis-replay diff sda.observations --from -2h --to now --limit 20", RunReplayDiff);
    AddTable(command, &options.rows.table);
    command.add_option("--from", options.from.at, kTimeHelp)->type_name("TIME");
    command.add_option("--from-snapshot", options.from.snapshot, "The older end, by its id")
        ->type_name("ID");
    command.add_option("--from-ref", options.from.ref, "The older end: a branch or tag")
        ->type_name("NAME");
    command.add_option("--to", options.to.at, "The newer end (now)")->type_name("TIME");
    command.add_option("--to-snapshot", options.to.snapshot, "The newer end, by its id")
        ->type_name("ID");
    command.add_option("--to-ref", options.to.ref, "The newer end: a branch or tag")
        ->type_name("NAME");
    AddTimezone(command, &options.rows.timezone);
    AddReplayRows(command, &options.rows);
    AddChoice<DiffColumns>(command, "--project",
                           "Whose columns: the older end's, the newer's (default), today's",
                           {{"old", DiffColumns::kOld},
                            {"new", DiffColumns::kNew},
                            {"current", DiffColumns::kCurrent}},
                           [&project = options.project](DiffColumns chosen) { project = chosen; });
  }

  void SetUpSql(CLI::App& app) {
    app.description("Query the tables of a catalog in SQL, at any moment; never changes them");
    auto [command, options] = Runs(app,
                                   "artemis-sql --query \"SELECT mission_id, max(temperature_c) "
                                   "FROM artemis.sda.observations\n"
                                   "    AS OF TIMESTAMP '2024-03-15T07:00:00Z' GROUP BY 1\"",
                                   RunSql);
    command.add_option("-q,--query", options.query, "Statements, parted by semicolons")
        ->type_name("SQL");
    command.add_option("-f,--file", options.file, "A file of statements; - is standard input")
        ->type_name("FILE");
    AddTimezone(command, &options.timezone);
    command
        .add_option_function<std::string>(
            "--memory-limit",
            [&bytes = options.memory_limit_bytes](const std::string& text) {
              bytes = ParseByteCount(text);
            },
            "Buffers of a query, beyond which it spills to disk (2GiB)")
        ->type_name("SIZE");
    command.add_option("--threads", options.threads, "Threads of a query; 0: one a core (0)")
        ->check(CLI::Range(0, 256))
        ->type_name("N");
    AddRowOutput(command, &options.output,
                 "table (default), csv, json, jsonl, markdown, arrow, parquet");
  }

  ParsedCommand parsed_;
  // The NAME of alter, which stands before its command.
  std::string altered_table_;
  std::vector<AlterOptions*> alters_;
  CLI::App app_;
};

}  // namespace

std::variant<ParsedCommand, NothingToRun> ParseCommandLine(
    const std::string& program, const std::vector<std::string>& arguments) {
  return CommandLine(program).Parse(arguments);
}

}  // namespace artemis

// Programs and the options that they share, with CLI11.
#include "artemis/cli/command_line.h"

#include <charconv>
#include <cstdio>
#include <sstream>
#include <utility>

#include "artemis/base/near_match.h"
#include "artemis/cli/command_line_builder.h"
#include "artemis/cli/exit_code.h"
#include "artemis/cli/sql_parts.h"
#include "artemis/cli/versions.h"

namespace artemis {

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

void CommandBuilder::AddCommonOptions(CLI::App& app) {
  auto& common = parsed_->common;
  const std::string group = "Common options";
  app.add_option(
         "--catalog", common.catalog_uri,
         "The catalog: sqlite:PATH[?name=N], postgresql://user@host/database, path:DIR, or a "
         "name from artemis.toml (default: its default, else catalog.db in the warehouse)")
      ->envname("ARTEMIS_CATALOG")
      ->type_name("URI|NAME")
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

void AddFactFormat(CLI::App& app, FactFormat* format) {
  AddChoice<FactFormat>(app, "--format", "How facts are printed",
                        {{"text", FactFormat::kText}, {"json", FactFormat::kJson}},
                        [format](FactFormat chosen) { *format = chosen; });
}

CLI::Validator CountFromZero() {
  const auto check = [](const std::string& text) -> std::string {
    uint64_t count = 0;
    const char* const end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data(), end, count);
    const bool is_count =
        error == std::errc() && rest == end && count <= static_cast<uint64_t>(INT64_MAX);
    return is_count ? "" : "'" + text + "' is no whole number from 0";
  };
  return CLI::Validator(check, "");
}

CLI::Validator NotBlank() {
  const auto check = [](const std::string& text) -> std::string {
    const bool is_blank = text.find_first_not_of(" \t\r\n") == std::string::npos;
    return is_blank ? "it is empty; for all rows write: true" : "";
  };
  return CLI::Validator(check, "");
}

void AddTable(CLI::App& app, std::string* table) {
  app.add_option("NAME", *table, kTableHelp)->required()->type_name("");
}

void AddTarget(CLI::App& app, TargetOptions* target, std::optional<std::string>* timezone) {
  app.add_option("--at", target->at, kTimeHelp)->type_name("TIME");
  app.add_option("--snapshot", target->snapshot, "A snapshot, by its id")->type_name("ID");
  app.add_option("--ref", target->ref, "A branch or tag")->type_name("NAME");
  AddTimezone(app, timezone);
}

void AddTimezone(CLI::App& app, std::optional<std::string>* timezone) {
  app.add_option("--timezone", *timezone, "Zone of times that name none: Europe/Berlin, +02:00")
      ->type_name("ZONE");
}

void AddRowOutput(CLI::App& app, RowOutputOptions* output, const std::string& formats) {
  app.add_option("--format", output->format, "How rows are written: " + formats)
      ->type_name("FORMAT");
  app.add_option("-o,--output", output->output, "A file instead of standard output")
      ->type_name("FILE");
}

namespace {

void AddOnce(CLI::App& app, CommitCommandOptions* commit) {
  app.add_option("--once", commit->once_key,
                 "A second run with this key changes nothing and names the first run's snapshot")
      ->type_name("KEY");
}

}  // namespace

void AddCommit(CLI::App& app, CommitCommandOptions* commit) {
  app.add_option("--branch", commit->branch, "The branch that gets the snapshot (main)")
      ->type_name("NAME");
  app.add_option("--message", commit->message, "Why; kept with the snapshot")->type_name("TEXT");
  AddMetadataCommit(app, commit);
}

void AddMetadataCommit(CLI::App& app, CommitCommandOptions* commit) {
  AddOnce(app, commit);
  AddAuthor(app, commit);
}

void AddAuthor(CLI::App& app, CommitCommandOptions* commit) {
  app.add_option("--author", commit->author, "Who made the change (default: your user name)")
      ->type_name("NAME");
  AddFactFormat(app, &commit->format);
}

void AddTruncate(CLI::App& app, bool* truncate) {
  app.add_flag("--truncate-timestamps", *truncate, "Cut nanoseconds to whole microseconds");
}

namespace {

struct Program {
  const char* name;
  void (*set_up)(CommandBuilder&, CLI::App&);
};

std::vector<Program> Programs(const SqlParts* sql) {
  std::vector<Program> programs = {{"telemetry", SetUpTelemetry},
                                   {"write", SetUpWrite},
                                   {"table", SetUpTable},
                                   {"replay", SetUpReplay}};
  if (sql != nullptr) programs.push_back({"sql", sql->set_up_sql});
  programs.push_back({"partition-bench", SetUpPartitionBench});
  if (sql != nullptr) programs.push_back({"flight", sql->set_up_flight});
  return programs;
}

class CommandLine {
 public:
  CommandLine(const std::string& program, const SqlParts* sql)
      : programs_(Programs(sql)), app_("", program) {
    app_.get_formatter()->column_width(36);
    app_.get_formatter()->label("REQUIRED", "");
    app_.set_version_flag("--version", VersionText, "Print the versions of all parts");
    const size_t dash = program.find('-');
    const std::string alias = dash == std::string::npos ? "" : program.substr(dash + 1);
    if (!SetUpProgram(alias, app_) && !SetUpProgram(program, app_)) SetUpAllPrograms();
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

  // Sets up one program on `app`; false when there is none of that name.
  bool SetUpProgram(const std::string& name, CLI::App& app) {
    for (const auto& program : programs_) {
      if (name == program.name) return program.set_up(builder_, app), true;
    }
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
    for (const auto& program : programs_) {
      program.set_up(builder_, *app_.add_subcommand(program.name));
    }
  }

  const std::vector<Program> programs_;
  ParsedCommand parsed_;
  CommandBuilder builder_{&parsed_};
  CLI::App app_;
};

}  // namespace

std::variant<ParsedCommand, NothingToRun> ParseCommandLine(
    const std::string& program, const std::vector<std::string>& arguments, const SqlParts* sql) {
  return CommandLine(program, sql).Parse(arguments);
}

}  // namespace artemis

// Internal to command_line*.cc, the only sources that include CLI11: what the set-up of every
// program is made from. One source a group of programs; a new command goes into the set-up function
// of its program, its work into its own *_command.cc.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>
#include <arrow/status.h>

#include "artemis/cli/command_line.h"
#include "artemis/cli/commit_options.h"
#include "artemis/cli/target_options.h"
#include "artemis/output/row_output.h"

namespace artemis {

inline constexpr char kTimeHelp[] =
    "A time: RFC 3339 (2024-03-15T07:00:00Z), milliseconds since 1970, now, or -2h, -1d12h";
inline constexpr char kWhereHelp[] =
    "Rows to take, as SQL (\"payload_id = 7 AND temperature_c > 40\") or as JSON";
inline constexpr char kTableHelp[] = "The table: namespace.name";

// Names that an option takes, and what each means.
template <typename Choice>
using Choices = std::vector<std::pair<std::string, Choice>>;

// Adds commands that run a function with options of its own. What it is given must outlive the
// parsing.
class CommandBuilder {
 public:
  explicit CommandBuilder(ParsedCommand* parsed) : parsed_(parsed) {}

  // Both live as long as the application; options are set while the line is parsed.
  template <typename Options>
  struct Command {
    CLI::App& app;
    Options& options;
  };

  // Makes `app` run `run`, with the common options.
  template <typename Options>
  Command<Options> Runs(CLI::App& app, const std::string& example,
                        arrow::Status (*run)(const Options&, CommandContext&)) {
    auto options = std::make_shared<Options>();
    app.footer("Example:\n  " + example);
    app.callback([parsed = parsed_, options, run] {
      parsed->run = [options, run](CommandContext& context) { return run(*options, context); };
    });
    AddCommonOptions(app);
    return {app, *options};
  }

  // Adds a command below `parent` that does so.
  template <typename Options>
  Command<Options> Add(CLI::App& parent, const std::string& name, const std::string& help,
                       const std::string& example,
                       arrow::Status (*run)(const Options&, CommandContext&)) {
    return Runs(*parent.add_subcommand(name, help), example, run);
  }

 private:
  void AddCommonOptions(CLI::App& app);

  ParsedCommand* const parsed_;
};

// An option that takes one of the names of `choices`.
template <typename Choice>
void AddChoice(CLI::App& app, const std::string& name, const std::string& help,
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

// Checks of options. A whole number from 0 that fits in 64 bits.
CLI::Validator CountFromZero();
// Not blank, as a predicate from a variable that is not set is: every row would be taken.
CLI::Validator NotBlank();

// Options that several commands share.
void AddTable(CLI::App& app, std::string* table);
// `where`: a std::string, or an optional one.
template <typename Text>
CLI::Option* AddWhere(CLI::App& app, Text* where, const std::string& help = kWhereHelp) {
  return app.add_option("--where", *where, help)->check(NotBlank())->type_name("PREDICATE");
}
void AddFactFormat(CLI::App& app, FactFormat* format);
void AddTimezone(CLI::App& app, std::optional<std::string>* timezone);
void AddTarget(CLI::App& app, TargetOptions* target, std::optional<std::string>* timezone);
void AddRowOutput(CLI::App& app, RowOutputOptions* output, const std::string& formats);
void AddCommit(CLI::App& app, CommitCommandOptions* commit);
// For commits that make no snapshot, and so keep no message.
void AddMetadataCommit(CLI::App& app, CommitCommandOptions* commit);
// For changes of the catalog alone.
void AddAuthor(CLI::App& app, CommitCommandOptions* commit);
void AddTruncate(CLI::App& app, bool* truncate);

// "128MiB", "1GB", "4096"; CLI::ValidationError.
int64_t ParseByteCount(const std::string& text);

// Set up one program on `app`.
void SetUpTelemetry(CommandBuilder& builder, CLI::App& app);
void SetUpWrite(CommandBuilder& builder, CLI::App& app);
void SetUpTable(CommandBuilder& builder, CLI::App& app);
void SetUpReplay(CommandBuilder& builder, CLI::App& app);
void SetUpSql(CommandBuilder& builder, CLI::App& app);
void SetUpFlight(CommandBuilder& builder, CLI::App& app);
void SetUpPartitionBench(CommandBuilder& builder, CLI::App& app);

// artemis-table advise, in command_line_replay.cc with the others that change nothing.
void SetUpAdvise(CommandBuilder& builder, CLI::App& table);

// The commands of artemis-table that write rows, in command_line_write.cc.
void SetUpRowCommands(CommandBuilder& builder, CLI::App& table);
// artemis-table synth, in command_line_write.cc.
void SetUpSynth(CommandBuilder& builder, CLI::App& table);

}  // namespace artemis

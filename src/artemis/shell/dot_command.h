// The commands of artemis-sql that are no SQL: a word behind a dot, and its arguments on the same line.
//
//   .read 'june incidents.sql'        .as_of 2024-03-15T10:00Z        .help mode
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <arrow/result.h>

namespace artemis {

enum class DotCommand : uint8_t {
  kAsOf,
  kHelp,
  kMaxRows,
  kMode,
  kOutput,
  kPager,
  kQuit,
  kRead,
  kSchema,
  kTables,
  kTimer,
};

// What an argument is, for completing it.
enum class DotArgument : uint8_t { kNothing, kCommand, kTable, kMode, kOnOff, kFile, kRows, kTime };

struct DotCommandInfo {
  DotCommand command;
  std::string_view name;   // without the dot
  std::string_view usage;  // "[N|all]"
  DotArgument argument;
  int arguments_min;
  int arguments_max;
  // The rest of the line is one argument, quotes and all.
  bool takes_line;
  std::string_view summary;
  // Further lines of .help NAME.
  std::string_view details;
};

// In the order of their names; .exit is listed as .quit.
const std::vector<DotCommandInfo>& DotCommands();

struct ParsedDotCommand {
  DotCommand command;
  std::vector<std::string> arguments;

  bool operator==(const ParsedDotCommand&) const = default;
};

// Whether a line is meant as a dot command: its first character that is not blank is a dot.
bool IsDotCommand(std::string_view line);

// A command by its name or an unambiguous beginning of it, without regard to case. Arguments are parted by blanks; '…' and "…" hold
// blanks together; a semicolon at the end is overlooked. Usage error: an unknown command (with a near one), too few or many arguments.
arrow::Result<ParsedDotCommand> ParseDotCommand(std::string_view line);

// What .help prints: all commands, or one in full. Usage error for an unknown one.
std::string DotCommandsHelp();
arrow::Result<std::string> DotCommandHelp(std::string_view name);

// "on" or "off"; usage error.
arrow::Result<bool> ParseOnOff(const std::string& text);

}  // namespace artemis

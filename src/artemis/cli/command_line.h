// The command line: every program, command and option, and the help texts.
#pragma once

#include <functional>
#include <string>
#include <variant>
#include <vector>

#include <arrow/status.h>

#include "artemis/cli/command_context.h"
#include "artemis/cli/common_options.h"

namespace artemis {

struct SqlParts;

// A command that was understood.
struct ParsedCommand {
  CommonOptions common;
  std::function<arrow::Status(CommandContext&)> run;
};

// The exit code when there is nothing to run: help or a version was printed, or a usage error.
struct NothingToRun {
  int exit_code = 0;
};

// Parses `arguments` for `program`, the name it was started by: "artemis", "artemis-testing" or an
// alias such as "artemis-table". Options that are not given come from the environment
// (ARTEMIS_CATALOG, ARTEMIS_WAREHOUSE). A usage error is one line on standard error that names the
// help to look at. Without `sql` there are no sql and flight.
std::variant<ParsedCommand, NothingToRun> ParseCommandLine(
    const std::string& program, const std::vector<std::string>& arguments, const SqlParts* sql);

}  // namespace artemis

// Runs one command of one program, from the command line to the exit code.
#pragma once

#include "artemis/cli/program_context.h"

namespace artemis {

// argv[0] chooses the program: "artemis-table append …" is "artemis table append …".
//
// Prints results to standard output, everything else to standard error; a failure is one line,
// "<program>: <message>". Gives the exit code (exit_code.h). SIGINT and SIGTERM ask the command to
// stop, a second one ends the process at once; SIGPIPE is ignored, a closed output ends quietly.
// Call it once in a process: it installs signal handlers and chooses Arrow's memory pool.
int Run(int argc, char** argv, const ProgramContext& context);

}  // namespace artemis

// From argv to an exit code.
#include "artemis/cli/run.h"

#include <signal.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include "artemis/base/program_error.h"
#include "artemis/base/signal_stop.h"
#include "artemis/base/stopwatch.h"
#include "artemis/cli/command_context.h"
#include "artemis/cli/command_line.h"
#include "artemis/cli/exit_code.h"
#include "artemis/cli/hand_over.h"

namespace artemis {

namespace {

void PrintError(const std::string& program, const arrow::Status& status) {
  if (status.ok() || IsClosedPipe(status)) return;
  const std::string line = status.IsCancelled() ? "interrupted" : ErrorLine(status);
  std::fprintf(stderr, "%s: %s\n", program.c_str(), line.c_str());
}

arrow::Status RunParsed(const ParsedCommand& command, CommandContext& context) {
  ARROW_RETURN_NOT_OK(context.Start());
  const Stopwatch watch;
  const auto status = command.run(context);
  auto& metrics = context.metrics();
  metrics.Gauge("artemis_command_seconds", "How long the command took.")
      .Set(static_cast<double>(watch.ElapsedMs()) / 1000);
  metrics.Gauge("artemis_command_exit_code", "How the command ended.").Set(ExitCodeOf(status));
  const auto& file = context.common().metrics_file;
  if (file.empty()) return status;
  const auto written = metrics.WritePrometheusText(file);
  return status.ok() ? written : status;
}

}  // namespace

int Run(int argc, char** argv, const ProgramContext& world) {
  // Before Arrow looks: one allocator sees all memory (DESIGN, "Speed, by design").
  ::setenv("ARROW_DEFAULT_MEMORY_POOL", "system", 0);
  ::signal(SIGPIPE, SIG_IGN);
  const std::string program = ProgramName(argc > 0 ? argv[0] : nullptr);
  const std::vector<std::string> arguments(argv + (argc > 0 ? 1 : 0), argv + argc);
  if (world.sql == nullptr && NeedsSqlParts(program, arguments)) return HandOver(argv);
  const auto parsed = ParseCommandLine(program, arguments, world.sql);
  if (const auto* nothing = std::get_if<NothingToRun>(&parsed)) return nothing->exit_code;

  const auto& command = std::get<ParsedCommand>(parsed);
  SignalStop signals;
  CommandContext context(world, program, command.common, signals);
  const auto status = RunParsed(command, context);
  PrintError(program, status);
  return ExitCodeOf(status);
}

}  // namespace artemis

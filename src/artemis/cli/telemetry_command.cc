// artemis telemetry.
#include "artemis/cli/telemetry_command.h"

#include "artemis/base/program_error.h"
#include "artemis/output/target.h"
#include "artemis/synth/query_log.h"

namespace artemis {

namespace {

arrow::Status WriteQueryLog(const TelemetryCommandOptions& options, CommandContext& context) {
  QueryLogOptions asked;
  asked.queries = *options.query_log;
  asked.seed = options.generator.seed;
  asked.missions = options.generator.missions;
  asked.days = options.generator.days;
  asked.first_day = options.generator.first_day;
  const auto log = MakeQueryLog(asked);
  if (!log.ok()) return AsUsageError(log.status());
  ARROW_ASSIGN_OR_RAISE(const auto target, OutputTarget::Open(options.output.output));
  for (const auto& query : *log) {
    ARROW_RETURN_NOT_OK(context.stop().Poll());
    ARROW_RETURN_NOT_OK(target->Write(QueryLogLine(query) + "\n"));
  }
  return target->Finish();
}

}  // namespace

arrow::Status RunTelemetry(const TelemetryCommandOptions& options, CommandContext& context) {
  if (options.query_log) return WriteQueryLog(options, context);
  if (!options.rows) {
    return UsageError("say what to make: --rows N of telemetry, or --query-log N queries");
  }
  TelemetryOptions generator = options.generator;
  generator.rows = *options.rows;
  auto rows = GenerateTelemetry(generator);
  if (!rows.ok()) return AsUsageError(rows.status());
  ARROW_ASSIGN_OR_RAISE(
      auto output, RowOutput::Open(options.output, (*rows)->schema(), context.stream_control()));
  ARROW_RETURN_NOT_OK(output->WriteAll(**rows));
  context.metrics()
      .Counter("artemis_telemetry_rows_total", "Synthetic rows written.")
      .Add(static_cast<double>(output->rows()));
  return output->Finish();
}

}  // namespace artemis

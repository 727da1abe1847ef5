// artemis telemetry.
#include "artemis/cli/telemetry_command.h"

#include "artemis/cli/exit_code.h"

namespace artemis {

arrow::Status RunTelemetry(const TelemetryCommandOptions& options, CommandContext& context) {
  auto rows = GenerateTelemetry(options.generator);
  if (!rows.ok()) return AsUsageError(rows.status());
  ARROW_ASSIGN_OR_RAISE(auto output, RowOutput::Open(options.output, (*rows)->schema(), context));
  ARROW_RETURN_NOT_OK(output->WriteAll(**rows));
  context.metrics()
      .Counter("artemis_telemetry_rows_total", "Synthetic rows written.")
      .Add(static_cast<double>(output->rows()));
  return output->Finish();
}

}  // namespace artemis

// artemis telemetry: synthetic mission telemetry as an Arrow stream.
#pragma once

#include <arrow/status.h>

#include "artemis/cli/command_context.h"
#include "artemis/cli/row_output.h"
#include "artemis/synth/telemetry.h"

namespace artemis {

struct TelemetryCommandOptions {
  TelemetryOptions generator;
  RowOutputOptions output{.format = "", .fallback = RowFormat::kArrow, .output = {}};
};

// Usage error for options outside their limits, before a byte is written.
arrow::Status RunTelemetry(const TelemetryCommandOptions& options, CommandContext& context);

}  // namespace artemis

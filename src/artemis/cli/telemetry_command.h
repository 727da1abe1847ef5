// artemis telemetry: synthetic mission telemetry as an Arrow stream, or a log of queries of it.
#pragma once

#include <cstdint>
#include <optional>

#include <arrow/status.h>

#include "artemis/cli/command_context.h"
#include "artemis/output/row_output.h"
#include "artemis/synth/telemetry.h"

namespace artemis {

struct TelemetryCommandOptions {
  // One of the two.
  std::optional<int64_t> rows;
  // Writes so many lines of a query log (synth/query_log.h) about the generator's missions and days, instead of rows.
  std::optional<int64_t> query_log;
  TelemetryOptions generator;
  RowOutputOptions output{.format = "", .fallback = RowFormat::kArrow, .output = {}};
};

// Usage error for options outside their limits, before a byte is written.
arrow::Status RunTelemetry(const TelemetryCommandOptions& options, CommandContext& context);

}  // namespace artemis

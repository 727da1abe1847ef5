// From the options of replay commands to those of the replay library.
#pragma once

#include <arrow/result.h>

#include "artemis/cli/command_context.h"
#include "artemis/cli/replay_query_command.h"
#include "artemis/replay/replay.h"

namespace artemis {

// Filter, columns, threads and the stop token; not the limit, which query and diff apply each in
// their way. Usage error for a malformed predicate or a negative limit.
arrow::Result<ReplayOptions> ToReplayOptions(const ReplayRowOptions& options,
                                             CommandContext& context);

}  // namespace artemis

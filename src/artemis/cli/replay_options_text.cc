// Options of replay commands.
#include "artemis/cli/replay_options_text.h"

#include "artemis/cli/where_text.h"

namespace artemis {

arrow::Result<ReplayOptions> ToReplayOptions(const ReplayRowOptions& options,
                                             CommandContext& context) {
  ReplayOptions replay;
  if (!options.where.empty()) {
    ARROW_ASSIGN_OR_RAISE(replay.where, ParseWhere(options.where));
  }
  if (!options.columns.empty()) replay.columns = options.columns;
  replay.read.threads = options.threads;
  replay.read.stop = context.stop();
  return replay;
}

}  // namespace artemis

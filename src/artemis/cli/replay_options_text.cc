// Options of replay commands.
#include "artemis/cli/replay_options_text.h"

#include "artemis/cli/where_text.h"

namespace artemis {

namespace {

// "a, b" is what people write.
std::vector<std::string> WithoutBlanks(std::vector<std::string> names) {
  for (auto& name : names) {
    const size_t begin = name.find_first_not_of(' ');
    name = begin == std::string::npos ? ""
                                      : name.substr(begin, name.find_last_not_of(' ') - begin + 1);
  }
  return names;
}

}  // namespace

arrow::Result<ReplayOptions> ToReplayOptions(const ReplayRowOptions& options,
                                             CommandContext& context) {
  ReplayOptions replay;
  if (!options.where.empty()) {
    ARROW_ASSIGN_OR_RAISE(replay.where, ParseWhere(options.where, context));
  }
  if (!options.columns.empty()) replay.columns = WithoutBlanks(options.columns);
  replay.read.threads = options.threads;
  replay.read.stop = context.stop();
  return replay;
}

}  // namespace artemis

// Which state of a table the user asks for.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <arrow/result.h>

#include "artemis/cli/command_context.h"
#include "artemis/replay/resolve.h"

namespace artemis {

// At most one of the three; none is the current state.
struct TargetOptions {
  std::optional<std::string> at;
  std::optional<int64_t> snapshot;
  std::optional<std::string> ref;
};

// The time "now" is the current state, as no target is: one meaning of now for query and diff, with and without the word.
// Usage error: a malformed time; two targets at once (a branch with a time among them).
arrow::Result<ReplayTarget> ParseTarget(const TargetOptions& options,
                                        const std::optional<std::string>& timezone,
                                        const CommandContext& context);

// "now", "2024-03-15T07:00:00.000Z", "snapshot 123", "ref main".
std::string FormatTarget(const ReplayTarget& target);

}  // namespace artemis

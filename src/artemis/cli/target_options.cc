// Targets of replay commands.
#include "artemis/cli/target_options.h"

#include "artemis/base/program_error.h"
#include "artemis/base/time_text.h"

namespace artemis {

arrow::Result<ReplayTarget> ParseTarget(const TargetOptions& options,
                                        const std::optional<std::string>& timezone,
                                        const CommandContext& context) {
  const int given = (options.at ? 1 : 0) + (options.snapshot ? 1 : 0) + (options.ref ? 1 : 0);
  if (given > 1) {
    return UsageError("a time, a snapshot and a ref exclude each other: name one of them");
  }
  if (options.at && *options.at != "now") {
    ARROW_ASSIGN_OR_RAISE(const TimestampMs time, context.Time(*options.at, timezone));
    return ReplayTarget(time);
  }
  if (options.snapshot) return ReplayTarget(SnapshotId(*options.snapshot));
  if (options.ref) return ReplayTarget(*options.ref);
  return ReplayTarget();
}

std::string FormatTarget(const ReplayTarget& target) {
  if (const auto* time = std::get_if<TimestampMs>(&target)) return FormatTime(*time);
  if (const auto* id = std::get_if<SnapshotId>(&target)) return "snapshot " + ToString(*id);
  if (const auto* ref = std::get_if<std::string>(&target)) return "ref " + *ref;
  return "now";
}

}  // namespace artemis

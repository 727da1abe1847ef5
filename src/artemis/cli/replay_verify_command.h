// artemis-replay verify: whether the table still answers as a record of evidence says.
#pragma once

#include <optional>
#include <string>

#include <arrow/status.h>

#include "artemis/cli/command_context.h"

namespace artemis {

struct ReplayVerifyOptions {
  std::string evidence;
  std::optional<double> deadline_s;
  int threads = 2;
  FactFormat format = FactFormat::kText;
};

// Prints {"evidence","table","snapshot_id","recorded_at","recorded_by","outcome","files_checked","bytes_checked","rows","hash",
// "elapsed_ms","notes":[…],"differences":[{"what","path","expected","found"}]}; "outcome" is "same" or "differs". Invalid (exit 1) when
// something differs, SnapshotExpired (exit 3) when the snapshot is gone, Invalid for a record that is cut off, malformed or changed.
arrow::Status RunReplayVerify(const ReplayVerifyOptions& options, CommandContext& context);

}  // namespace artemis

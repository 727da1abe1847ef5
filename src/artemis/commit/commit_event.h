// The "commit" event of one commit (docs/observability.md): who, where, what, how many attempts, and how it ended.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "artemis/commit/commit_step.h"

namespace artemis {

// Writes exactly one event, at Done or Failed; none when the options hold no event log. The options must outlive it.
class CommitEvent {
 public:
  CommitEvent(const TableName& table, const CommitOptions& options);
  void Done(std::optional<SnapshotId> snapshot_id, int attempts, const CommitCounts& counts);
  // `outcome`: conflict, unknown or failed.
  void Failed(const std::string& outcome, int attempts, const CommitCounts& counts);

 private:
  void Write(const std::string& outcome, std::optional<SnapshotId> snapshot_id, int attempts,
             const CommitCounts& counts);

  const std::string table_;
  const CommitOptions& options_;
  const std::chrono::steady_clock::time_point begin_;
};

}  // namespace artemis

// One change of a commit, as the loop sees it: something that can be applied again and again until a swap succeeds.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <arrow/result.h>

#include "artemis/commit/change.h"
#include "artemis/commit/commit_settings.h"

namespace artemis {

struct StepContext {
  Catalog& catalog;
  const CommitOptions& options;
  CommitSettings settings;
  int attempt = 1;
};

// What a step did, for the event.
struct CommitCounts {
  std::string operation;
  int64_t added_files = 0;
  int64_t added_rows = 0;
};

// Used by one thread. Apply runs once per attempt, on the newest metadata as the steps before it have left it (C3). Where it fails, the
// commit ends with its error.
class CommitStep {
 public:
  virtual ~CommitStep() = default;

  virtual arrow::Result<TableMetadata> Apply(const LoadedTable& base,
                                             const StepContext& context) = 0;

  // Whether it writes manifests, which no table of version 1 gets.
  virtual bool writes_manifests() const { return true; }
  // Of the last Apply.
  virtual const CommitCounts& counts() const = 0;
  // The snapshot that the last Apply put at the head of the branch, and whether it is a new one.
  virtual std::optional<SnapshotId> snapshot_id() const { return std::nullopt; }
  virtual bool is_new_snapshot() const { return snapshot_id().has_value(); }

  // The attempt lost its swap: removes what the next one cannot use.
  virtual void DiscardAttempt() {}
  // The commit failed for certain: removes all that was written. Never called when the outcome is unknown (C5).
  virtual void DiscardAll() {}
  // The swap is done: removes what was written and is not named.
  virtual void DiscardUnused() {}
};

}  // namespace artemis

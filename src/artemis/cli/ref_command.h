// artemis-table tag and branch: names for snapshots.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <arrow/status.h>

#include "artemis/cli/commit_options.h"
#include "artemis/cli/target_options.h"
#include "artemis/table/snapshot.h"

namespace artemis {

enum class RefAction : uint8_t { kCreate, kReplace, kDelete, kFastForward };

struct RefCommandOptions {
  std::string table;
  SnapshotRef::Kind kind = SnapshotRef::Kind::kTag;
  RefAction action = RefAction::kCreate;
  std::string name;
  // create, replace: which snapshot; none is the current one, or, for replace, where the ref is.
  TargetOptions target;
  std::optional<std::string> timezone;
  // create: it may be there already, and is then replaced.
  bool replace = false;
  // fast-forward: the ref whose snapshot the branch goes to.
  std::string to;
  // "90d", "12h": how long the ref itself is kept. Tags and branches.
  std::optional<std::string> keep;
  // "7d": how long the branch's snapshots are kept, and how many at least. Branches only.
  std::optional<std::string> keep_snapshots;
  std::optional<int32_t> keep_snapshots_min;
  CommitCommandOptions commit;
};

// Prints {"table","operation","name","type","snapshot_id","attempts","elapsed_ms"}; "operation" is "tag" or "branch" and the
// action. AlreadyExists and NoSuchSnapshot are those of commit.h.
arrow::Status RunRef(const RefCommandOptions& options, CommandContext& context);

}  // namespace artemis

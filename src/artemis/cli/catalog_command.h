// artemis-table rollback, register, drop, rename: what a name points to.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <arrow/status.h>

#include "artemis/cli/commit_options.h"

namespace artemis {

struct RollbackOptions {
  std::string table;
  // One of the two: a snapshot, or the one that was current at a time.
  std::optional<int64_t> snapshot;
  std::optional<std::string> to;
  std::optional<std::string> timezone;
  // Also to a snapshot that is no ancestor of the current one.
  bool any = false;
  CommitCommandOptions commit;
};

// Makes an earlier snapshot the current one again. Nothing is removed: what was rolled back can
// still be replayed by its id.
arrow::Status RunRollback(const RollbackOptions& options, CommandContext& context);

struct RegisterOptions {
  std::string table;
  std::string metadata_file;
  CommitCommandOptions commit;
};

// Enters the table of an existing metadata file under a name.
arrow::Status RunRegister(const RegisterOptions& options, CommandContext& context);

struct NameOptions {
  std::string table;
  std::string new_name;  // rename only
  CommitCommandOptions commit;
};

// Removes the name; the table's files stay.
arrow::Status RunDrop(const NameOptions& options, CommandContext& context);
arrow::Status RunRename(const NameOptions& options, CommandContext& context);

}  // namespace artemis

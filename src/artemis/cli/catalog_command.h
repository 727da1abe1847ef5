// artemis-table rollback, cherry-pick, register, drop, rename: what a name points to; catalogs: what those of artemis.toml stand for.
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
// still be replayed by its id. Where it is current already nothing is committed, and "attempts" is 0.
arrow::Status RunRollback(const RollbackOptions& options, CommandContext& context);

struct CherryPickOptions {
  std::string table;
  // One of the two: a snapshot, or that of a branch or tag.
  std::optional<int64_t> snapshot;
  std::optional<std::string> ref;
  CommitCommandOptions commit;
};

// Applies the change of one snapshot to the branch (commit.h, CherryPick). Prints as commits do.
arrow::Status RunCherryPick(const CherryPickOptions& options, CommandContext& context);

struct RegisterOptions {
  std::string table;
  std::string metadata_file;
  CommitCommandOptions commit;
};

// Enters the table of an existing metadata file under a name. Prints {"table","metadata_location","snapshot_id"}.
arrow::Status RunRegister(const RegisterOptions& options, CommandContext& context);

struct NameOptions {
  std::string table;
  std::string new_name;  // rename only
  bool purge = false;    // drop only
  CommitCommandOptions commit;
};

// Removes the name; the table's files stay. With `purge` the files that the table's own metadata names are removed after
// it, and no others (rewrite/purge.h).
// Prints {"table","metadata_location","files_removed","bytes_removed","files_left"}; the last three are null without purge.
arrow::Status RunDrop(const NameOptions& options, CommandContext& context);
// Prints {"table","before"}.
arrow::Status RunRename(const NameOptions& options, CommandContext& context);

struct CatalogsOptions {
  FactFormat format = FactFormat::kText;
};

// Lists the catalogs that artemis.toml names (catalog/catalog_config.h); opens none of them. No file, or none named: an empty list, and a line
// on standard error that says where was looked. A mistake in a file is a usage error.
// Prints {"default","catalogs":[{"name","kind","uri","warehouse","file","is_default"}]}: kind is sqlite, postgresql, path or the scheme
// as it stands; uri holds no secrets, since the file must not; file is "PATH:LINE"; default is null where none is named.
arrow::Status RunCatalogs(const CatalogsOptions& options, CommandContext& context);

}  // namespace artemis

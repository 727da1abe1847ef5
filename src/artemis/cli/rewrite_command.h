// artemis-table overwrite and delete: rows out of a table by predicate, others in.
#pragma once

#include <string>
#include <vector>

#include <arrow/status.h>

#include "artemis/cli/commit_options.h"
#include "artemis/rewrite/overwrite.h"

namespace artemis {

struct RewriteCommandOptions {
  std::string table;
  // overwrite: the rows that enter; as for append. delete: none.
  std::vector<std::string> inputs;
  // JSON or SQL text (where_text.h).
  std::string where;
  // Unset: the table's property (rewrite/overwrite.h).
  RewriteMode mode = RewriteMode::kTableProperty;
  bool truncate_timestamps = false;
  CommitCommandOptions commit;
};

// Removes the rows that match and adds those of the inputs, in one commit. Prints what PrintCommit does, and
// {"delete_files_added","delete_files_removed"}; "files_added" and "files_removed" are data files.
arrow::Status RunOverwrite(const RewriteCommandOptions& options, CommandContext& context);
// Removes the rows that match; no matching row, no commit.
arrow::Status RunDelete(const RewriteCommandOptions& options, CommandContext& context);

}  // namespace artemis

// artemis-table commit: existing Parquet files into a table, as they are.
#pragma once

#include <string>
#include <vector>

#include <arrow/status.h>

#include "artemis/cli/commit_options.h"

namespace artemis {

struct CommitFilesOptions {
  std::string table;
  // Files and folders; "-", or none at all: one path a line from standard input.
  std::vector<std::string> paths;
  bool skip_existing = false;
  bool dry_run = false;
  CommitCommandOptions commit;
};

// JSON: that of every commit with "files_skipped" and "name_mapping_changed". A dry run prints
// {"table","dry_run","files_added","rows_added","files_skipped","files_refused",
// "name_mapping_changed","files":[{"path","action","partition","rows","bytes","reason"}]}, action one
// of add, skip_existing, skip_empty, refuse, and fails when a file would be refused. Usage error:
// no paths, or standard input is a terminal.
arrow::Status RunCommitFiles(const CommitFilesOptions& options, CommandContext& context);

}  // namespace artemis

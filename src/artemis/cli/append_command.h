// artemis-table append: rows from files into a table.
#pragma once

#include <string>
#include <vector>

#include <arrow/status.h>

#include "artemis/cli/commit_options.h"

namespace artemis {

struct AppendOptions {
  std::string table;
  // Arrow IPC or Parquet files; "-" is standard input. All of them enter in one commit.
  std::vector<std::string> inputs;
  bool truncate_timestamps = false;
  CommitCommandOptions commit;
};

// Data files of an append that was not committed are removed, unless its outcome is unknown.
arrow::Status RunAppend(const AppendOptions& options, CommandContext& context);

}  // namespace artemis

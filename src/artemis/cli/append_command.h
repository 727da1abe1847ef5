// artemis-table append: rows from files into a table.
#pragma once

#include <string>
#include <vector>

#include <arrow/status.h>

#include "artemis/cli/commit_options.h"
#include "artemis/cli/input_options.h"

namespace artemis {

struct AppendOptions {
  std::string table;
  // Files, folders of files (ingest/row_inputs.h), "-" for standard input. All of them enter in one commit.
  std::vector<std::string> inputs;
  InputOptions input;
  bool truncate_timestamps = false;
  // Where rows wait that are to be sorted and do not fit in memory; empty: the system's folder for temporary files.
  std::string temp_dir;
  CommitCommandOptions commit;
};

// Prints what PrintCommit does, with --rejects also {"rejected_lines"}. With a --once key that the table holds nothing is read. The file of rejected
// lines is durable before the commit. Data files and rejected lines of an append that was not committed are removed, unless its
// outcome is unknown.
arrow::Status RunAppend(const AppendOptions& options, CommandContext& context);

}  // namespace artemis

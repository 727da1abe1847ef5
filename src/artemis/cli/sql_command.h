// artemis-sql: SQL over the tables of a catalog, from the command line, a file or a prompt.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <arrow/status.h>

#include "artemis/cli/command_context.h"
#include "artemis/output/row_output.h"

namespace artemis {

struct SqlCommandOptions {
  // Statements, parted by semicolons, and dot commands. Without them and without a file: standard input, at a prompt
  // where that is a terminal.
  std::string query;
  std::string file;
  // A script to begin with; empty: the user's own at a prompt (shell/prompt.h, FindInitFile), else none.
  std::string init_file;
  bool no_init = false;
  std::optional<std::string> timezone;
  int64_t memory_limit_bytes = int64_t{2} << 30;
  // What it may spill at once; 0: most of what the disk has left.
  int64_t temp_limit_bytes = 0;
  // Where it spills to; empty: the system's folder for temporary files.
  std::string temp_folder;
  // How long a statement may take; 0: as long as it likes.
  int64_t statement_timeout_ms = 0;
  int threads = 0;
  // Refuse statements that would change tables.
  bool read_only = false;
  RowOutputOptions output;
};

// The catalog is opened read-only until a statement changes something. Each result goes to the output in the order of the statements;
// warnings and counts of changed rows go to standard error. The failure of a script names file and line. Usage error for a binary
// format with several results, or with a prompt.
arrow::Status RunSql(const SqlCommandOptions& options, CommandContext& context);

}  // namespace artemis

// The options and the report of commands that commit.
#pragma once

#include <optional>
#include <string>

#include <arrow/result.h>

#include "artemis/cli/command_context.h"
#include "artemis/commit/commit.h"

namespace artemis {

struct CommitCommandOptions {
  // Empty: the user who runs the program.
  std::string author;
  std::string message;
  // A second run with the same key changes nothing and names the snapshot that holds it.
  std::string once_key;
  FactFormat format = FactFormat::kText;
};

// For the library; `context` must outlive the use.
CommitOptions ToCommitOptions(const CommitCommandOptions& options, CommandContext& context);

// What a commit did. Counts are left out where they say nothing.
struct CommitReport {
  std::string operation;  // "append"
  std::string sentence;   // "appended 2,000,000 rows in 21 files to sda.observations"
  std::optional<int64_t> files_added, files_removed, rows_added, rows_deleted;
};

// Prints {"table","operation","snapshot_id","files_added","rows_added","files_removed",
// "rows_deleted","attempts","already_done","elapsed_ms"}, or the sentence with snapshot, attempts
// and time behind it.
arrow::Status PrintCommit(CommandContext& context, const CommitReport& report,
                          const CommitResult& result, int64_t elapsed_ms, FactFormat format);

// Milliseconds since it was made.
class Stopwatch {
 public:
  Stopwatch();
  int64_t ElapsedMs() const;

 private:
  int64_t begin_ns_;
};

}  // namespace artemis

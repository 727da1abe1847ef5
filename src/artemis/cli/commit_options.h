// The options and the report of commands that commit.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <arrow/result.h>

#include "artemis/cli/command_context.h"
#include "artemis/commit/commit.h"
#include "artemis/commit/commit_event.h"

namespace artemis {

struct CommitCommandOptions {
  // Empty: the user who runs the program.
  std::string author;
  std::string message;
  // Of commands that make snapshots: the branch that gets them.
  std::string branch = "main";
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
  std::optional<int64_t> delete_files_added, delete_files_removed;
  // Further members of the JSON, of one operation only; before "attempts".
  std::vector<std::pair<std::string, Fact>> more;
};

// Prints {"table","operation","snapshot_id","files_added","rows_added","files_removed",
// "rows_deleted","attempts","already_done","elapsed_ms"} and, where the report has them, {"delete_files_added",
// "delete_files_removed"}, or the sentence with snapshot, attempts
// and time behind it.
arrow::Status PrintCommit(CommandContext& context, const CommitReport& report,
                          const CommitResult& result, int64_t elapsed_ms, FactFormat format);

// The event "commit" of a change of the catalog alone (create, register, rename, drop), which no commit writes. Ended is
// called once; an outcome that is not known, or a name that is taken, is told as commits tell it.
class CatalogEvent {
 public:
  // `context` must outlive it. `table` is the name before the change.
  CatalogEvent(const TableName& table, std::string operation, const CommitCommandOptions& options,
               CommandContext& context);
  void Ended(const arrow::Status& status, std::optional<SnapshotId> snapshot_id = std::nullopt);

 private:
  const std::string operation_;
  const CommitOptions options_;
  CommitEvent event_;
};

// How long something is kept: "90d", "12h", "30m", "4w", "10s", "500ms". Usage error naming `option`.
arrow::Result<int64_t> ParseAge(const std::string& option, const std::string& text);

}  // namespace artemis

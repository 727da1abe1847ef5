// Exit codes and error lines.
#include "artemis/cli/exit_code.h"

#include "artemis/base/error.h"
#include "artemis/base/program_error.h"
#include "artemis/io/file_system.h"

namespace artemis {

namespace {

std::string Hint(const arrow::Status& status) {
  if (const auto* gone = FindDetail<NoSuchTable>(status);
      gone != nullptr && !gone->created_at && !gone->table.empty()) {
    return "artemis-table list names the tables of this catalog";
  }
  if (FindDetail<SnapshotExpired>(status) != nullptr) {
    return "artemis-table snapshots lists what can be replayed";
  }
  if (FindDetail<CommitConflict>(status) != nullptr) return "nothing was changed: run it again";
  if (FindDetail<CommitUnknown>(status) != nullptr) {
    return "nothing was removed: look at artemis-table history before running it again, or run it "
           "with --once KEY";
  }
  return "";
}

}  // namespace

int ExitCodeOf(const arrow::Status& status) {
  if (status.ok() || IsClosedPipe(status)) return kExitDone;
  if (status.IsCancelled()) return kExitInterrupted;
  if (IsUsageError(status)) return kExitUsage;
  if (FindDetail<CommitConflict>(status) != nullptr ||
      FindDetail<CommitUnknown>(status) != nullptr) {
    return kExitConflict;
  }
  if (FindDetail<NoSuchTable>(status) != nullptr || FindDetail<NoSuchSnapshot>(status) != nullptr ||
      FindDetail<SnapshotExpired>(status) != nullptr || IsFileNotFound(status)) {
    return kExitNotFound;
  }
  return kExitFailed;
}

std::string ErrorLine(const arrow::Status& status) {
  std::string line = status.message();
  if (const std::string hint = Hint(status); !hint.empty()) line += "; " + hint;
  while (!line.empty() && (line.back() == '\n' || line.back() == ' ')) line.pop_back();
  for (char& c : line) {
    if (c == '\n' || c == '\r' || c == '\t') c = ' ';
  }
  return line;
}

}  // namespace artemis

// Exit codes and error lines.
#include "artemis/cli/exit_code.h"

#include <memory>
#include <string_view>

#include "artemis/base/error.h"
#include "artemis/io/file_system.h"

namespace artemis {

namespace {

class UsageDetail : public arrow::StatusDetail {
 public:
  static constexpr const char* kTypeId = "artemis::Usage";
  const char* type_id() const override { return kTypeId; }
  std::string ToString() const override { return "Usage"; }
};

class ClosedPipeDetail : public arrow::StatusDetail {
 public:
  static constexpr const char* kTypeId = "artemis::ClosedPipe";
  const char* type_id() const override { return kTypeId; }
  std::string ToString() const override { return "ClosedPipe"; }
};

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

arrow::Status UsageError(const std::string& message) {
  return arrow::Status(arrow::StatusCode::Invalid, message, std::make_shared<UsageDetail>());
}

arrow::Status AsUsageError(const arrow::Status& status) {
  return status.ok() ? status : UsageError(status.message());
}

arrow::Status ClosedPipeError() {
  return arrow::Status(arrow::StatusCode::IOError, "standard output was closed by its reader",
                       std::make_shared<ClosedPipeDetail>());
}

bool IsClosedPipe(const arrow::Status& status) {
  return FindDetail<ClosedPipeDetail>(status) != nullptr;
}

int ExitCodeOf(const arrow::Status& status) {
  if (status.ok() || IsClosedPipe(status)) return kExitDone;
  if (status.IsCancelled()) return kExitInterrupted;
  if (FindDetail<UsageDetail>(status) != nullptr) return kExitUsage;
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

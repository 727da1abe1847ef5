// Renderings of the error details, and the failed check.
#include "artemis/base/error.h"

#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <utility>

#include "artemis/base/time_text.h"

namespace artemis {
namespace {

std::string OldestText(std::optional<TimestampMs> oldest) {
  return oldest ? "the oldest available is " + FormatTime(*oldest) : "no older state is left";
}

std::string CreatedText(TimestampMs created_at) {
  return "it was created at " + FormatTime(created_at);
}

}  // namespace

std::string NoSuchTable::ToString() const {
  std::string text = "NoSuchTable{" + table;
  if (created_at) text += ", " + CreatedText(*created_at);
  return text + "}";
}

std::string NoSuchSnapshot::ToString() const { return "NoSuchSnapshot{" + asked + "}"; }

std::string SnapshotExpired::ToString() const {
  return "SnapshotExpired{" + requested + ", " + OldestText(oldest_available) + "}";
}

std::string CorruptFile::ToString() const { return "CorruptFile{" + path + ", " + what + "}"; }

arrow::Status NoSuchTableError(std::string table, std::optional<TimestampMs> created_at) {
  std::string message = "no such table: " + table;
  if (created_at) message += " (at the asked time; " + CreatedText(*created_at) + ")";
  return arrow::Status(arrow::StatusCode::KeyError, std::move(message),
                       std::make_shared<NoSuchTable>(std::move(table), created_at));
}

arrow::Status NoSuchSnapshotError(std::string asked, const std::string& hint) {
  std::string message = "no such snapshot: " + asked;
  if (!hint.empty()) message += " (" + hint + ")";
  return arrow::Status(arrow::StatusCode::KeyError, std::move(message),
                       std::make_shared<NoSuchSnapshot>(std::move(asked)));
}

arrow::Status SnapshotExpiredError(std::string requested, std::optional<TimestampMs> oldest) {
  std::string message = "history has expired: asked for " + requested + ", " + OldestText(oldest);
  return arrow::Status(arrow::StatusCode::KeyError, std::move(message),
                       std::make_shared<SnapshotExpired>(std::move(requested), oldest));
}

arrow::Status CommitConflictError(const std::string& message) {
  return arrow::Status(arrow::StatusCode::Invalid, message, std::make_shared<CommitConflict>());
}

arrow::Status CommitUnknownError(const std::string& message) {
  return arrow::Status(arrow::StatusCode::UnknownError, message, std::make_shared<CommitUnknown>());
}

arrow::Status CorruptFileError(std::string path, std::string what) {
  std::string message = "corrupt file: " + what + " (" + path + ")";
  return arrow::Status(arrow::StatusCode::SerializationError, std::move(message),
                       std::make_shared<CorruptFile>(std::move(path), std::move(what)));
}

arrow::Status LimitExceededError(const std::string& message) {
  return arrow::Status(arrow::StatusCode::CapacityError, message,
                       std::make_shared<LimitExceeded>());
}

arrow::Status PermissionDeniedError(const std::string& message) {
  return arrow::Status(arrow::StatusCode::IOError, message, std::make_shared<PermissionDenied>());
}

arrow::Status WithContext(const arrow::Status& status, const std::string& context) {
  if (status.ok()) return status;
  return arrow::Status(status.code(), context + ": " + status.message(), status.detail());
}

void FailCheck(const char* condition, const char* file, int line) {
  std::string_view name(file);
  const size_t slash = name.find_last_of('/');
  if (slash != std::string_view::npos) name.remove_prefix(slash + 1);
  std::fprintf(stderr, "artemis: check failed: %s (%.*s:%d)\n", condition,
               static_cast<int>(name.size()), name.data(), line);
  std::abort();
}

}  // namespace artemis

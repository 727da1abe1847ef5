// The errors a caller can act on, as typed details of an arrow::Status. Every other failure is a plain
// Status whose message says what was expected, what was found, and where.
//
//   auto loaded = catalog.Load(name);
//   if (const auto* gone = FindDetail<NoSuchTable>(loaded.status())) ...
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <arrow/status.h>

#include "artemis/base/ids.h"

namespace artemis {

// Base of our details: `type_id()` is the class name, `ToString()` a one-line rendering.
//
// The table (or namespace, or catalog) does not exist, or did not exist at the asked time.
class NoSuchTable : public arrow::StatusDetail {
 public:
  explicit NoSuchTable(std::string table_name, std::optional<TimestampMs> created = {})
      : table(std::move(table_name)), created_at(created) {}
  static constexpr const char* kTypeId = "artemis::NoSuchTable";
  const char* type_id() const override { return kTypeId; }
  std::string ToString() const override;

  std::string table;
  // Set when the table exists today but was created after the asked time.
  std::optional<TimestampMs> created_at;
};

// The snapshot id or ref is not in the table's metadata and nothing says that it ever was.
class NoSuchSnapshot : public arrow::StatusDetail {
 public:
  explicit NoSuchSnapshot(std::string what) : asked(std::move(what)) {}
  static constexpr const char* kTypeId = "artemis::NoSuchSnapshot";
  const char* type_id() const override { return kTypeId; }
  std::string ToString() const override;

  std::string asked;
};

// The asked moment lies in history that maintenance has removed. Never answered by another snapshot.
class SnapshotExpired : public arrow::StatusDetail {
 public:
  SnapshotExpired(std::string asked_for, std::optional<TimestampMs> oldest)
      : requested(std::move(asked_for)), oldest_available(oldest) {}
  static constexpr const char* kTypeId = "artemis::SnapshotExpired";
  const char* type_id() const override { return kTypeId; }
  std::string ToString() const override;

  std::string requested;
  // The oldest time that can still be replayed; empty when nothing can.
  std::optional<TimestampMs> oldest_available;
};

// Another writer changed the table first: read it again and retry. Nothing of ours is visible.
class CommitConflict : public arrow::StatusDetail {
 public:
  static constexpr const char* kTypeId = "artemis::CommitConflict";
  const char* type_id() const override { return kTypeId; }
  std::string ToString() const override { return "CommitConflict"; }
};

// The swap may or may not have happened. Whoever sees this deletes nothing.
class CommitUnknown : public arrow::StatusDetail {
 public:
  static constexpr const char* kTypeId = "artemis::CommitUnknown";
  const char* type_id() const override { return kTypeId; }
  std::string ToString() const override { return "CommitUnknown"; }
};

// Bytes that break their format. `what` says expected against found.
class CorruptFile : public arrow::StatusDetail {
 public:
  CorruptFile(std::string file_path, std::string found)
      : path(std::move(file_path)), what(std::move(found)) {}
  static constexpr const char* kTypeId = "artemis::CorruptFile";
  const char* type_id() const override { return kTypeId; }
  std::string ToString() const override;

  std::string path;
  std::string what;
};

// A size, depth or count passed its limit.
class LimitExceeded : public arrow::StatusDetail {
 public:
  static constexpr const char* kTypeId = "artemis::LimitExceeded";
  const char* type_id() const override { return kTypeId; }
  std::string ToString() const override { return "LimitExceeded"; }
};

// The file system or catalog refused access.
class PermissionDenied : public arrow::StatusDetail {
 public:
  static constexpr const char* kTypeId = "artemis::PermissionDenied";
  const char* type_id() const override { return kTypeId; }
  std::string ToString() const override { return "PermissionDenied"; }
};

// The detail of type D in `status`, or null. The pointer lives as long as the status.
template <typename D>
const D* FindDetail(const arrow::Status& status) {
  const auto& detail = status.detail();
  if (detail == nullptr || std::string_view(detail->type_id()) != D::kTypeId) return nullptr;
  return static_cast<const D*>(detail.get());
}

// Statuses with their details. Messages are one line and end without a full stop.
arrow::Status NoSuchTableError(std::string table, std::optional<TimestampMs> created_at = {});
arrow::Status NoSuchSnapshotError(std::string asked, const std::string& hint = "");
arrow::Status SnapshotExpiredError(std::string requested, std::optional<TimestampMs> oldest);
arrow::Status CommitConflictError(const std::string& message);
arrow::Status CommitUnknownError(const std::string& message);
arrow::Status CorruptFileError(std::string path, std::string what);
arrow::Status LimitExceededError(const std::string& message);
arrow::Status PermissionDeniedError(const std::string& message);

// `status` with "context: " before its message, code and detail kept. OK stays OK.
arrow::Status WithContext(const arrow::Status& status, const std::string& context);

}  // namespace artemis

// Stops the program when `condition` is false: for our own mistakes only, never for bad input. Always on.
#define ARTEMIS_CHECK(condition) \
  ((condition) ? (void)0 : ::artemis::FailCheck(#condition, __FILE__, __LINE__))

namespace artemis {
[[noreturn]] void FailCheck(const char* condition, const char* file, int line);
}  // namespace artemis

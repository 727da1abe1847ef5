// Codes of Flight for our details.
#include "artemis/serve/flight_status.h"

#include <arrow/flight/types.h>

#include "artemis/base/error.h"
#include "artemis/sql/session.h"

namespace artemis {

namespace {

namespace flight = arrow::flight;

template <typename Detail>
bool Is(const arrow::Status& status) {
  return FindDetail<Detail>(status) != nullptr;
}

std::string WithKind(const char* kind, const arrow::Status& status) {
  return std::string(kind) + ": " + status.message();
}

}  // namespace

arrow::Status ToFlightStatus(const arrow::Status& status) {
  if (status.ok() || flight::FlightStatusDetail::UnwrapStatus(status) != nullptr) return status;
  if (Is<NoSuchTable>(status)) return arrow::Status::KeyError(WithKind("NoSuchTable", status));
  if (Is<NoSuchSnapshot>(status))
    return arrow::Status::KeyError(WithKind("NoSuchSnapshot", status));
  if (Is<SnapshotExpired>(status)) {
    return arrow::Status::KeyError(WithKind("SnapshotExpired", status));
  }
  if (Is<PermissionDenied>(status)) {
    return flight::MakeFlightError(flight::FlightStatusCode::Unauthorized,
                                   WithKind("PermissionDenied", status));
  }
  if (Is<StatementTimeout>(status)) {
    return flight::MakeFlightError(flight::FlightStatusCode::TimedOut, status.message());
  }
  if (Is<CommitConflict>(status)) {
    return flight::MakeFlightError(
        flight::FlightStatusCode::Unavailable,
        WithKind("CommitConflict", status) + " (nothing was changed: retry it)");
  }
  if (Is<CommitUnknown>(status)) {
    return arrow::Status::UnknownError(WithKind("CommitUnknown", status),
                                       " (look at the table before it is tried again)");
  }
  if (Is<CorruptFile>(status)) return arrow::Status::IOError(WithKind("CorruptFile", status));
  if (Is<LimitExceeded>(status)) return arrow::Status::Invalid(WithKind("LimitExceeded", status));
  if (status.IsOutOfMemory()) {
    return flight::MakeFlightError(flight::FlightStatusCode::Unavailable, status.message());
  }
  if (status.IsCancelled()) {
    return flight::MakeFlightError(flight::FlightStatusCode::Cancelled, status.message());
  }
  return arrow::Status(status.code(), status.message());
}

arrow::Status UnauthenticatedStatus(const std::string& message) {
  return flight::MakeFlightError(flight::FlightStatusCode::Unauthenticated, message);
}

arrow::Status RetryAfterStatus(const std::string& message, int64_t retry_after_ms) {
  return flight::MakeFlightError(
      flight::FlightStatusCode::Unavailable,
      message + "; retry after " + std::to_string(retry_after_ms) + " ms");
}

std::string OutcomeOf(const arrow::Status& status) {
  if (status.ok()) return "done";
  if (Is<PermissionDenied>(status)) return "refused";
  if (Is<StatementTimeout>(status)) return "timed_out";
  if (Is<CommitConflict>(status)) return "conflict";
  if (Is<CommitUnknown>(status)) return "unknown";
  if (status.IsCancelled()) return "cancelled";
  const auto detail = flight::FlightStatusDetail::UnwrapStatus(status);
  if (detail == nullptr) return "failed";
  switch (detail->code()) {
    case flight::FlightStatusCode::TimedOut:
      return "timed_out";
    case flight::FlightStatusCode::Cancelled:
    case flight::FlightStatusCode::Unauthenticated:
      return "cancelled";
    case flight::FlightStatusCode::Unauthorized:
    case flight::FlightStatusCode::Unavailable:
      return "refused";
    default:
      return "failed";
  }
}

std::string OutcomeOfBegun(const arrow::Status& status) {
  const auto detail = flight::FlightStatusDetail::UnwrapStatus(status);
  if (detail != nullptr && detail->code() == flight::FlightStatusCode::Unavailable) {
    return "cancelled";
  }
  return OutcomeOf(status);
}

}  // namespace artemis

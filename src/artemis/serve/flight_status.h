// Our failures as Flight clients see them.
#pragma once

#include <cstdint>
#include <string>

#include <arrow/status.h>

namespace artemis {

// `status` with a code that Flight hands on: not found for tables, snapshots and refs that are not there (also expired ones),
// permission denied, timed out, unavailable for a lack of memory and for a conflict of commits, which is to be tried again, unknown where
// a commit's outcome is. The message stays, with its kind before it where a client may act on
// it ("SnapshotExpired: ..."). OK stays OK, and so does what carries a code of Flight already.
arrow::Status ToFlightStatus(const arrow::Status& status);

arrow::Status UnauthenticatedStatus(const std::string& message);
// Unavailable; the message ends with when to try again.
arrow::Status RetryAfterStatus(const std::string& message, int64_t retry_after_ms);

// How a statement ended, for events: "done", "cancelled", "timed_out", "refused" (the SQL is not allowed), "conflict", "unknown" (so is
// whether it was committed), "failed".
std::string OutcomeOf(const arrow::Status& status);
// The same of a statement that had begun: one that the server could not go on with, since it stops, was cancelled and not refused.
std::string OutcomeOfBegun(const arrow::Status& status);

}  // namespace artemis

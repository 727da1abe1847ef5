// How a program ends: the exit codes of DESIGN, "Programs", and the line that says why.
#pragma once

#include <string>

#include <arrow/status.h>

namespace artemis {

inline constexpr int kExitDone = 0;
inline constexpr int kExitFailed = 1;
// The command line itself is wrong: an unknown option, a malformed time, predicate or name.
inline constexpr int kExitUsage = 2;
// A table, snapshot, ref, catalog or file is not there, or no longer.
inline constexpr int kExitNotFound = 3;
// Another commit won every attempt, or the outcome of ours is unknown.
inline constexpr int kExitConflict = 4;
// Stopped by SIGINT or SIGTERM.
inline constexpr int kExitInterrupted = 130;

// The exit code for a command that ended with `status`; a closed pipe is kExitDone.
int ExitCodeOf(const arrow::Status& status);

// "<message>" or "<message>; <hint>" in one line: line breaks become blanks, and where our errors
// have a well-known next step that the message does not name, it is added.
std::string ErrorLine(const arrow::Status& status);

}  // namespace artemis

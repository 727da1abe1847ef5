// The two failures that only programs meet: what the user typed cannot be understood, and nobody reads what is printed.
#pragma once

#include <string>

#include <arrow/status.h>

namespace artemis {

// What the user typed cannot be understood: an unknown option, a malformed time, predicate or name. `message` is one line that
// says what was expected.
arrow::Status UsageError(const std::string& message);
// `status` with its message as a usage error; OK stays OK.
arrow::Status AsUsageError(const arrow::Status& status);
bool IsUsageError(const arrow::Status& status);

// Whoever read our standard output has closed it: nothing is wrong, the program ends.
arrow::Status ClosedPipeError();
bool IsClosedPipe(const arrow::Status& status);

}  // namespace artemis

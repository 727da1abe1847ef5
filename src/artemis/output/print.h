// What programs say besides their rows.
#pragma once

#include <string_view>

#include <arrow/status.h>

namespace artemis {

// Prints to standard output, at once. ClosedPipeError (base/program_error.h), IOError.
arrow::Status PrintText(std::string_view text);

// Prints a line on standard error; its line break is added.
void PrintNote(std::string_view line);

}  // namespace artemis

// The prompt of artemis-sql.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include <arrow/status.h>

#include "artemis/cli/command_context.h"

namespace artemis {

// Reads statements from the terminal with line editing and a history, and gives each to `execute`.
// A failure is printed and does not end the prompt; SIGINT stops the statement that runs. Ends at
// the end of the input or with \q.
//
// Besides SQL: \d lists tables, \? and help explain, \q and exit leave. The history is kept in
// $XDG_STATE_HOME/artemis/sql_history, by default ~/.local/state.
arrow::Status RunSqlPrompt(CommandContext& context,
                           const std::function<arrow::Status(const std::string&)>& execute);

// Whether a text ends a statement: its last character that is not blank, outside quotes and
// comments, is a semicolon. Nested quotes follow SQL: '' within '…', "" within "…".
bool EndsStatement(std::string_view text);

}  // namespace artemis

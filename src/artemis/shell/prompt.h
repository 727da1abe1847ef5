// The prompt of artemis-sql.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <arrow/status.h>

#include "artemis/catalog/catalog.h"
#include "artemis/shell/shell.h"
#include "artemis/shell/shell_world.h"
#include "artemis/sql/session.h"

namespace artemis {

// Reads statements and dot commands from the terminal, with line editing, completion and a history (line_editor.h, completion.h,
// history.h), and runs each. A failure is printed and does not end the prompt; SIGINT stops the statement that runs, or forgets the
// line that is typed. Ends at the end of the input or with .quit; also exit, quit and \q. \d is .tables, \d NAME .schema, \? .help.
arrow::Status RunSqlPrompt(const ShellWorld& world, SqlShell& shell, SqlSession& session,
                           std::shared_ptr<Catalog> catalog);

// The prompt for the next line of an unfinished text, as wide as the one before; nullopt where the text is complete: its last statement
// has its semicolon, its last line is a dot command or a lone word that is one, or there is nothing in it.
std::optional<std::string> ContinuationPrompt(std::string_view text, std::string_view lead);

// The dot command that a lone word stands for, as in other shells: "\d sda.obs" is ".schema sda.obs", "exit" is ".quit"; nullopt for
// anything else.
std::optional<std::string> AsDotCommand(std::string_view text);

// The user's own file of commands to begin with: ~/.artemisrc, else artemisrc in $XDG_CONFIG_HOME/artemis (~/.config/artemis); empty where
// there is none.
std::string FindInitFile();

}  // namespace artemis

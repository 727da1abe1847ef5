// Completes dot commands and their arguments, and file names.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "artemis/shell/completion.h"
#include "artemis/shell/dot_command.h"

namespace artemis {

// `line` is what stands before the cursor, and IsDotCommand.
Completion CompleteDotCommand(std::string_view line, CompletionNames& names);

// Files and folders that begin with `prefix`, a path relative to the working folder, absolute, or with ~/ for the home folder; folders
// end in '/'. Hidden ones only where the prefix has their dot. At most `limit`, sorted.
std::vector<std::string> FilesThatBegin(const std::string& prefix, size_t limit = 1000);

// What the candidates have in common from their beginning on, without regard to case; `typed` where that is not more.
std::string CommonBeginning(const std::vector<std::string>& candidates, std::string_view typed);

}  // namespace artemis

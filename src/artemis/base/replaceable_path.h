// Whether a path names a file that another one may be renamed over.
#pragma once

#include <optional>
#include <string>

namespace artemis {

// The path to rename a finished file over, when one for `path` is written beside it: `path`, its symbolic links followed, so that a
// link stays and what it names is replaced. There need not be a file yet.
//
// Nullopt where renaming would put a file in the place of something else: a device, a pipe, a socket, or the name of an open
// descriptor (/dev/stdout, /dev/fd/3, /proc/self/fd/3), whatever that is open on. Such a path is opened and written as it is.
// Thread-safe; looks at the machine's files.
std::optional<std::string> ReplaceablePath(const std::string& path);

}  // namespace artemis

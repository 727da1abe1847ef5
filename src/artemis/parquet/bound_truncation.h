// Shortens string and binary bounds so that they stay bounds (specification, data_file fields 125 and 128; metrics mode
// truncate(N)): a lower bound is cut, an upper bound is cut and its last character or byte raised by one.
//
// Strings are cut between code points, and the increment skips the surrogates (U+D7FF is followed by U+E000). A last
// character that cannot be raised is dropped and the one before is raised.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace artemis {

// At most `length_max` code points.
std::string TruncateStringLower(std::string_view value, int length_max);
// The same for upper bounds; nullopt when there is no such string (all U+10FFFF), or when the text that would have to be
// raised is not UTF-8.
std::optional<std::string> TruncateStringUpper(std::string_view value, int length_max);

// At most `length_max` bytes; an upper bound of 0xff bytes alone has no shorter form.
std::string TruncateBinaryLower(std::string_view value, int length_max);
std::optional<std::string> TruncateBinaryUpper(std::string_view value, int length_max);

}  // namespace artemis

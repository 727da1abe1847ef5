// "Did you mean": the known name nearest to a mistyped one.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace artemis {

// The candidate that differs from `asked` only by ASCII case, else the first one of the fewest edits (insert, delete, replace,
// swap of neighbours): at most two, one for names of up to three bytes. nullopt when none is that near.
std::optional<std::string> NearMatch(std::string_view asked,
                                     const std::vector<std::string>& candidates);

// " (did you mean 'mission_id'?)", or nothing: to be put behind an error message.
std::string DidYouMean(std::string_view asked, const std::vector<std::string>& candidates);

// ASCII letters in lower case, all other bytes as they are.
std::string AsciiLower(std::string_view text);

}  // namespace artemis

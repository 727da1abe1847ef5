// Bytes as hexadecimal digits, and uuids as text.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace artemis {

// Lower-case digits, two a byte, no prefix.
std::string HexText(std::string_view bytes);
// Either case; nullopt for an odd length or another character.
std::optional<std::string> BytesFromHex(std::string_view digits);

// "f79c3e09-677c-4bbd-a479-3f349cb785e7" from 16 big-endian bytes. Requires that there are 16.
std::string UuidText(std::string_view bytes);
// Either case, hyphens required; nullopt for anything else.
std::optional<std::string> UuidFromText(std::string_view text);

}  // namespace artemis

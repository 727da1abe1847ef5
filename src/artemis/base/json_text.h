// JSON text written by hand, for the places that must not know a JSON library. Also: is it UTF-8?
#pragma once

#include <string>
#include <string_view>

namespace artemis {

// Whether `text` is well-formed UTF-8 (no overlong forms, no surrogates, nothing past U+10FFFF).
bool IsUtf8(std::string_view text);

// Appends `text` as a JSON string with its quotes. Control characters are escaped; each byte that is no UTF-8 becomes U+FFFD,
// so that the result is always valid JSON.
void AppendJsonString(std::string_view text, std::string* out);
std::string JsonString(std::string_view text);

// The shortest decimal text that reads back as the same number, "null" for NaN and infinities.
std::string JsonNumber(double value);

}  // namespace artemis

// Walks one JSON text (RFC 8259) from front to back, strictly, handing out values where they stand.
//
// Written by hand because libparquet of the Arrow wheel exports another version of simdjson, under the same names: which of the two a
// program calls depends on the order in which its libraries are loaded.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <arrow/result.h>

namespace artemis {

// What the next value is, by its first character.
enum class JsonKind : uint8_t { kObject, kArray, kString, kWord };

// One thread at a time. The text must be UTF-8; it is not looked at for that. Errors are Invalid "no valid JSON: …", without a place.
class JsonCursor {
 public:
  // Values nested deeper than this are refused.
  static constexpr int kDepthMax = 256;

  explicit JsonCursor(std::string_view text) : at_(text.data()), end_(text.data() + text.size()) {}

  // kWord is all but objects, arrays and strings, also what is no JSON. Invalid at the end of the text.
  arrow::Result<JsonKind> Peek();

  // Each enters an object or array, or goes on in it: true when there is a member or an element next, which must then be read or
  // skipped; false when it has ended. `first` is to be true for the first call.
  arrow::Result<bool> NextMember(bool first, std::string_view* name);
  arrow::Result<bool> NextElement(bool first);

  // The string, unescaped. Names and strings are valid until the next call.
  arrow::Result<std::string_view> String();
  // A number, a literal, or what is neither: the characters up to a blank, comma or bracket.
  arrow::Result<std::string_view> Word();
  // Passes over a value, checking all of it.
  arrow::Status Skip() { return Skip(0); }
  // Invalid when anything but blanks is left.
  arrow::Status End();

  // What is left, for messages.
  std::string_view rest() const { return {at_, static_cast<size_t>(end_ - at_)}; }

 private:
  void SkipBlanks();
  arrow::Status Expect(char c, const char* what);
  arrow::Result<std::string_view> Unescape(const char* begin);
  arrow::Status AppendEscape();
  arrow::Result<uint32_t> FourHexDigits();
  arrow::Status Skip(int depth);

  const char* at_;
  const char* const end_;
  std::string unescaped_;
};

// "no valid JSON: " and the reason.
arrow::Status NoJson(const char* reason);

}  // namespace artemis

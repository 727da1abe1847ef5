// Digit by digit.
#include "artemis/schema/binary_text.h"

#include "artemis/base/error.h"

namespace artemis {
namespace {

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool IsUuidHyphen(size_t at) { return at == 8 || at == 13 || at == 18 || at == 23; }

}  // namespace

std::string HexText(std::string_view bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const char c : bytes) {
    text += kDigits[(c >> 4) & 0xF];
    text += kDigits[c & 0xF];
  }
  return text;
}

std::optional<std::string> BytesFromHex(std::string_view digits) {
  if (digits.size() % 2 != 0) return std::nullopt;
  std::string bytes;
  bytes.reserve(digits.size() / 2);
  for (size_t i = 0; i < digits.size(); i += 2) {
    const int high = HexDigit(digits[i]);
    const int low = HexDigit(digits[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    bytes += static_cast<char>(high * 16 + low);
  }
  return bytes;
}

std::string UuidText(std::string_view bytes) {
  ARTEMIS_CHECK(bytes.size() == 16);
  std::string text = HexText(bytes);
  for (const size_t at : {8, 13, 18, 23}) text.insert(at, 1, '-');
  return text;
}

std::optional<std::string> UuidFromText(std::string_view text) {
  if (text.size() != 36) return std::nullopt;
  std::string digits;
  for (size_t i = 0; i < text.size(); ++i) {
    if (IsUuidHyphen(i) != (text[i] == '-')) return std::nullopt;
    if (!IsUuidHyphen(i)) digits += text[i];
  }
  return BytesFromHex(digits);
}

}  // namespace artemis

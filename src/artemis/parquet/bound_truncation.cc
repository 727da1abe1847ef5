// Truncation of bounds; bytes that start a character are those not of the form 10xxxxxx.
#include "artemis/parquet/bound_truncation.h"

#include <cstdint>

namespace artemis {
namespace {

bool IsContinuation(char c) { return (static_cast<uint8_t>(c) & 0xC0) == 0x80; }

// The length in bytes of the first `count` characters.
size_t PrefixBytes(std::string_view value, int count) {
  size_t position = 0;
  int seen = 0;
  while (position < value.size()) {
    if (!IsContinuation(value[position]) && seen++ == count) break;
    ++position;
  }
  return position;
}

// Decodes one whole character; nullopt when `bytes` is not exactly one in its shortest form.
std::optional<uint32_t> DecodeCharacter(std::string_view bytes) {
  constexpr uint32_t kSmallest[] = {0, 0, 0x80, 0x800, 0x10000};
  if (bytes.empty() || bytes.size() > 4) return std::nullopt;
  const auto lead = static_cast<uint8_t>(bytes[0]);
  if (bytes.size() == 1) return lead < 0x80 ? std::optional<uint32_t>(lead) : std::nullopt;
  const auto size = static_cast<uint32_t>(bytes.size());
  const auto mark = static_cast<uint8_t>(0xF00u >> size);
  const auto mask = static_cast<uint8_t>((0xFFu << (7 - size)) & 0xFF);
  if ((lead & mask) != mark) return std::nullopt;
  uint32_t code = lead & static_cast<uint8_t>(~mask);
  for (size_t i = 1; i < bytes.size(); ++i) {
    code = (code << 6) | (static_cast<uint8_t>(bytes[i]) & 0x3F);
  }
  const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
  if (code < kSmallest[size] || code > 0x10FFFF || surrogate) return std::nullopt;
  return code;
}

void AppendCharacter(uint32_t code, std::string* out) {
  auto tail = [&](int shift) {
    out->push_back(static_cast<char>(0x80 | ((code >> shift) & 0x3F)));
  };
  if (code < 0x80) {
    out->push_back(static_cast<char>(code));
  } else if (code < 0x800) {
    out->push_back(static_cast<char>(0xC0 | (code >> 6)));
    tail(0);
  } else if (code < 0x10000) {
    out->push_back(static_cast<char>(0xE0 | (code >> 12)));
    tail(6);
    tail(0);
  } else {
    out->push_back(static_cast<char>(0xF0 | (code >> 18)));
    tail(12);
    tail(6);
    tail(0);
  }
}

}  // namespace

std::string TruncateStringLower(std::string_view value, int length_max) {
  return std::string(value.substr(0, PrefixBytes(value, length_max)));
}

std::optional<std::string> TruncateStringUpper(std::string_view value, int length_max) {
  const size_t kept = PrefixBytes(value, length_max);
  if (kept == value.size()) return std::string(value);
  std::string_view rest = value.substr(0, kept);
  while (!rest.empty()) {
    size_t start = rest.size() - 1;
    while (start > 0 && IsContinuation(rest[start])) --start;
    const std::optional<uint32_t> code = DecodeCharacter(rest.substr(start));
    if (!code) return std::nullopt;
    rest = rest.substr(0, start);
    if (*code == 0x10FFFF) continue;
    std::string raised(rest);
    AppendCharacter(*code == 0xD7FF ? 0xE000 : *code + 1, &raised);
    return raised;
  }
  return std::nullopt;
}

std::string TruncateBinaryLower(std::string_view value, int length_max) {
  return std::string(value.substr(0, static_cast<size_t>(length_max)));
}

std::optional<std::string> TruncateBinaryUpper(std::string_view value, int length_max) {
  if (value.size() <= static_cast<size_t>(length_max)) return std::string(value);
  std::string kept(value.substr(0, static_cast<size_t>(length_max)));
  while (!kept.empty() && static_cast<uint8_t>(kept.back()) == 0xFF) kept.pop_back();
  if (kept.empty()) return std::nullopt;
  kept.back() = static_cast<char>(static_cast<uint8_t>(kept.back()) + 1);
  return kept;
}

}  // namespace artemis

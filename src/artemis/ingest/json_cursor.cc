// Strings are scanned eight bytes at a time, and copied only when they have escapes.
#include "artemis/ingest/json_cursor.h"

#include <cstring>

#include "artemis/ingest/text_value.h"

namespace artemis {
namespace {

constexpr uint64_t kEachByte = 0x0101010101010101;
constexpr uint64_t kHighBits = 0x8080808080808080;

constexpr uint64_t ZeroBytes(uint64_t word) { return (word - kEachByte) & ~word & kHighBits; }

// Whether one of eight bytes is a quote, a backslash or a control character; may be true without reason, never false.
bool EndsString(uint64_t word) {
  const uint64_t control = (word - kEachByte * 0x20) & ~word & kHighBits;
  return (control | ZeroBytes(word ^ kEachByte * '"') | ZeroBytes(word ^ kEachByte * '\\')) != 0;
}

bool EndsWord(char c) {
  return c == ',' || c == '}' || c == ']' || c == ' ' || c == '\t' || c == '\r' || c == '\n' ||
         c == ':' || c == '"' || c == '{' || c == '[';
}

void AppendCodePoint(uint32_t code, std::string* out) {
  const auto append = [out](uint32_t byte) { *out += static_cast<char>(byte); };
  if (code < 0x80) {
    append(code);
  } else if (code < 0x800) {
    append(0xC0 | code >> 6);
    append(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    append(0xE0 | code >> 12);
    append(0x80 | (code >> 6 & 0x3F));
    append(0x80 | (code & 0x3F));
  } else {
    append(0xF0 | code >> 18);
    append(0x80 | (code >> 12 & 0x3F));
    append(0x80 | (code >> 6 & 0x3F));
    append(0x80 | (code & 0x3F));
  }
}

}  // namespace

arrow::Status NoJson(const char* reason) {
  return arrow::Status::Invalid("no valid JSON: ", reason);
}

void JsonCursor::SkipBlanks() {
  while (at_ < end_ && (*at_ == ' ' || *at_ == '\t' || *at_ == '\r' || *at_ == '\n')) ++at_;
}

arrow::Status JsonCursor::Expect(char c, const char* what) {
  SkipBlanks();
  if (at_ == end_ || *at_ != c) return NoJson(what);
  ++at_;
  return arrow::Status::OK();
}

arrow::Result<JsonKind> JsonCursor::Peek() {
  SkipBlanks();
  if (at_ == end_) return NoJson("it ends where a value is due");
  switch (*at_) {
    case '{':
      return JsonKind::kObject;
    case '[':
      return JsonKind::kArray;
    case '"':
      return JsonKind::kString;
    default:
      return JsonKind::kWord;
  }
}

arrow::Result<bool> JsonCursor::NextMember(bool first, std::string_view* name) {
  if (first) ARROW_RETURN_NOT_OK(Expect('{', "expected an object"));
  SkipBlanks();
  if (at_ == end_) return NoJson("an object is not closed");
  if (*at_ == '}') {
    ++at_;
    return false;
  }
  if (!first) ARROW_RETURN_NOT_OK(Expect(',', "a comma is missing between members"));
  SkipBlanks();
  if (at_ == end_ || *at_ != '"') return NoJson("expected a name in quotes");
  // The name may have been copied, and what follows it holds no string.
  ARROW_ASSIGN_OR_RAISE(*name, String());
  ARROW_RETURN_NOT_OK(Expect(':', "a colon is missing behind a name"));
  return true;
}

arrow::Result<bool> JsonCursor::NextElement(bool first) {
  if (first) ARROW_RETURN_NOT_OK(Expect('[', "expected an array"));
  SkipBlanks();
  if (at_ == end_) return NoJson("an array is not closed");
  if (*at_ == ']') {
    ++at_;
    return false;
  }
  if (!first) {
    ARROW_RETURN_NOT_OK(Expect(',', "a comma is missing between elements"));
    SkipBlanks();
    if (at_ < end_ && *at_ == ']') return NoJson("a comma stands before a closing bracket");
  }
  return true;
}

arrow::Result<std::string_view> JsonCursor::String() {
  ARROW_RETURN_NOT_OK(Expect('"', "expected a string"));
  const char* begin = at_;
  while (end_ - at_ >= 8) {
    uint64_t word = 0;
    std::memcpy(&word, at_, sizeof(word));
    if (EndsString(word)) break;
    at_ += 8;
  }
  for (; at_ < end_; ++at_) {
    if (*at_ == '"') {
      const std::string_view text(begin, static_cast<size_t>(at_ - begin));
      ++at_;
      return text;
    }
    if (*at_ == '\\') return Unescape(begin);
    if (static_cast<unsigned char>(*at_) < 0x20)
      return NoJson("a control character within a string");
  }
  return NoJson("a string is not closed");
}

arrow::Result<std::string_view> JsonCursor::Unescape(const char* begin) {
  unescaped_.assign(begin, static_cast<size_t>(at_ - begin));
  while (at_ < end_) {
    const char c = *at_++;
    if (c == '"') return std::string_view(unescaped_);
    if (static_cast<unsigned char>(c) < 0x20) return NoJson("a control character within a string");
    if (c == '\\') {
      ARROW_RETURN_NOT_OK(AppendEscape());
    } else {
      unescaped_ += c;
    }
  }
  return NoJson("a string is not closed");
}

arrow::Status JsonCursor::AppendEscape() {
  constexpr std::string_view kNames = "\"\\/bfnrt";
  constexpr std::string_view kMeanings = "\"\\/\b\f\n\r\t";
  if (at_ == end_) return NoJson("a string is not closed");
  const char name = *at_++;
  if (const size_t place = kNames.find(name); place != std::string_view::npos) {
    unescaped_ += kMeanings[place];
    return arrow::Status::OK();
  }
  if (name != 'u') return NoJson("an unknown escape within a string");
  ARROW_ASSIGN_OR_RAISE(uint32_t code, FourHexDigits());
  if (code >= 0xD800 && code < 0xDC00) {
    if (!rest().starts_with("\\u")) return NoJson("half of a surrogate pair");
    at_ += 2;
    ARROW_ASSIGN_OR_RAISE(const uint32_t low, FourHexDigits());
    if (low < 0xDC00 || low > 0xDFFF) return NoJson("half of a surrogate pair");
    code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
  } else if (code >= 0xDC00 && code <= 0xDFFF) {
    return NoJson("half of a surrogate pair");
  }
  AppendCodePoint(code, &unescaped_);
  return arrow::Status::OK();
}

arrow::Result<uint32_t> JsonCursor::FourHexDigits() {
  uint32_t code = 0;
  for (int i = 0; i < 4; ++i, ++at_) {
    if (at_ == end_) return NoJson("a string is not closed");
    const char c = *at_;
    const char lower = static_cast<char>(c | 0x20);
    if (c >= '0' && c <= '9') {
      code = code << 4 | static_cast<uint32_t>(c - '0');
    } else if (lower >= 'a' && lower <= 'f') {
      code = code << 4 | static_cast<uint32_t>(lower - 'a' + 10);
    } else {
      return NoJson("an escape without four hexadecimal digits");
    }
  }
  return code;
}

arrow::Result<std::string_view> JsonCursor::Word() {
  SkipBlanks();
  const char* begin = at_;
  while (at_ < end_ && !EndsWord(*at_)) ++at_;
  if (at_ == begin) return NoJson("a value is missing");
  return std::string_view(begin, static_cast<size_t>(at_ - begin));
}

arrow::Status JsonCursor::Skip(int depth) {
  if (depth > kDepthMax) return NoJson("it is nested deeper than 256");
  ARROW_ASSIGN_OR_RAISE(const JsonKind kind, Peek());
  if (kind == JsonKind::kString) return String().status();
  if (kind == JsonKind::kWord) {
    ARROW_ASSIGN_OR_RAISE(const std::string_view word, Word());
    const bool known = word == "null" || word == "true" || word == "false" || word == "NaN" ||
                       word == "Infinity" || word == "-Infinity" || IsJsonNumber(word);
    return known ? arrow::Status::OK() : NoJson("a word that is no value");
  }
  std::string_view name;
  for (bool first = true;; first = false) {
    ARROW_ASSIGN_OR_RAISE(
        const bool more, kind == JsonKind::kObject ? NextMember(first, &name) : NextElement(first));
    if (!more) return arrow::Status::OK();
    ARROW_RETURN_NOT_OK(Skip(depth + 1));
  }
}

arrow::Status JsonCursor::End() {
  SkipBlanks();
  return at_ == end_ ? arrow::Status::OK() : NoJson("more than one value in a line");
}

}  // namespace artemis

// Parsers of single values; all arithmetic on times is in nanoseconds of 128 bits.
#include "artemis/ingest/text_value.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <type_traits>

#include "artemis/base/calendar.h"
#include "artemis/base/iso_time.h"
#include "artemis/base/json_text.h"
#include "artemis/base/near_match.h"
#include "artemis/schema/binary_text.h"
#include "artemis/schema/decimal_text.h"

namespace artemis {
namespace {

__extension__ using Int128 = __int128;

constexpr size_t kShownBytesMax = 60;
// Whole numbers of so many digits are exact in every double, or float.
template <typename T>
constexpr size_t kExactDigits = std::numeric_limits<T>::digits10;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

size_t CountDigits(std::string_view text) {
  return static_cast<size_t>(std::find_if_not(text.begin(), text.end(), IsDigit) - text.begin());
}

arrow::Status Unfit(const std::string& expected, std::string_view text, Spelling spelling) {
  return arrow::Status::Invalid("expected ", expected, ", found ", ShownValue(text, spelling));
}

int64_t NanosOf(arrow::TimeUnit::type unit) {
  switch (unit) {
    case arrow::TimeUnit::SECOND:
      return kNanosPerSecond;
    case arrow::TimeUnit::MILLI:
      return 1'000'000;
    case arrow::TimeUnit::MICRO:
      return 1'000;
    default:
      return 1;
  }
}

const char* UnitName(arrow::TimeUnit::type unit) {
  constexpr std::array<const char*, 4> kNames = {"s", "ms", "us", "ns"};
  return kNames.at(static_cast<size_t>(unit));
}

// Without sign, leading zeros and what follows the digits.
std::string_view SignificantDigits(std::string_view number) {
  if (number.starts_with('-') || number.starts_with('+')) number.remove_prefix(1);
  const size_t zeros = std::min(number.find_first_not_of('0'), number.size());
  return number.substr(zeros);
}

// "12300" and "1.23e+04" have the digits "123".
std::string ShortestDigits(std::string_view number) {
  std::string digits;
  for (char c : number) {
    if (c == 'e') break;
    if (IsDigit(c)) digits += c;
  }
  digits.erase(digits.find_last_not_of('0') + 1);
  return digits;
}

template <typename T>
bool KeepsWholeNumber(std::string_view digits, T value) {
  std::array<char, 400> buffer;
  const auto exact = std::to_chars(buffer.data(), buffer.data() + buffer.size(), std::abs(value),
                                   std::chars_format::fixed, 0);
  if (digits == std::string_view(buffer.data(), exact.ptr)) return true;
  const auto shortest = std::to_chars(buffer.data(), buffer.data() + buffer.size(), std::abs(value),
                                      std::chars_format::scientific);
  return ShortestDigits(digits) == ShortestDigits(std::string_view(buffer.data(), shortest.ptr));
}

template <typename T>
std::optional<T> ParseNotFinite(std::string_view text) {
  const bool negative = text.starts_with('-');
  const bool is_signed = negative || text.starts_with('+');
  const std::string word = AsciiLower(is_signed ? text.substr(1) : text);
  if (word == "nan" && !is_signed) return std::numeric_limits<T>::quiet_NaN();
  if (word != "inf" && word != "infinity") return std::nullopt;
  const T infinity = std::numeric_limits<T>::infinity();
  return negative ? -infinity : infinity;
}

// What from_chars calls out of range is too great, or so small that it is rounded to a subnormal or zero.
template <typename T>
std::optional<T> ParseExtreme(std::string_view text) {
  const std::string copy(text);
  T value{};
  if constexpr (std::is_same_v<T, float>) {
    value = std::strtof(copy.c_str(), nullptr);
  } else {
    value = std::strtod(copy.c_str(), nullptr);
  }
  return std::isinf(value) ? std::nullopt : std::optional<T>(value);
}

// Nanoseconds of a number of units, with decimals: 1.5 s.
std::optional<Int128> ParseEpochNanos(std::string_view text, int64_t unit_nanos) {
  const bool negative = text.starts_with('-');
  std::string_view rest = negative ? text.substr(1) : text;
  const size_t whole = CountDigits(rest);
  if (whole == 0 || whole > 19) return std::nullopt;
  Int128 nanos = 0;
  for (char c : rest.substr(0, whole)) nanos = nanos * 10 + (c - '0');
  nanos *= unit_nanos;
  rest.remove_prefix(whole);
  if (rest.starts_with('.')) {
    rest.remove_prefix(1);
    if (rest.empty() || CountDigits(rest) != rest.size()) return std::nullopt;
    int64_t place = unit_nanos;
    for (char c : rest) {
      if (c != '0' && place < 10) return std::nullopt;
      place /= 10;
      nanos += Int128{place} * (c - '0');
    }
    rest = {};
  }
  if (!rest.empty()) return std::nullopt;
  return negative ? -nanos : nanos;
}

bool LooksLikeEpoch(std::string_view text, Spelling spelling) {
  if (spelling == Spelling::kNumber) return true;
  const std::string_view digits = text.starts_with('-') ? text.substr(1) : text;
  return !digits.empty() &&
         std::all_of(digits.begin(), digits.end(), [](char c) { return IsDigit(c) || c == '.'; });
}

arrow::Result<int64_t> ToUnit(Int128 nanos, arrow::TimeUnit::type unit, bool truncate,
                              std::string_view text, Spelling spelling) {
  const int64_t unit_nanos = NanosOf(unit);
  Int128 remainder = nanos % unit_nanos;
  if (remainder < 0) remainder += unit_nanos;
  if (remainder != 0 && !truncate) {
    return arrow::Status::Invalid("expected whole ", UnitName(unit), ", found ",
                                  ShownValue(text, spelling),
                                  " (--truncate-timestamps cuts what is finer)");
  }
  const Int128 value = (nanos - remainder) / unit_nanos;
  if (value < INT64_MIN || value > INT64_MAX) {
    return Unfit("a time in the column's range", text, spelling);
  }
  return static_cast<int64_t>(value);
}

// The value of one base64 digit, or -1.
int Base64Digit(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (IsDigit(c)) return c - '0' + 52;
  if (c == '+') return 62;
  return c == '/' ? 63 : -1;
}

std::optional<std::string> BytesFromBase64(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  const size_t padding = text.ends_with("==") ? 2 : text.ends_with("=") ? 1 : 0;
  std::string bytes;
  bytes.reserve(text.size() / 4 * 3);
  uint32_t bits = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool is_padding = i >= text.size() - padding;
    const int digit = is_padding ? 0 : Base64Digit(text[i]);
    if (digit < 0) return std::nullopt;
    bits = bits << 6 | static_cast<uint32_t>(digit);
    if (i % 4 != 3) continue;
    for (int shift : {16, 8, 0}) bytes += static_cast<char>(bits >> shift & 0xFF);
    bits = 0;
  }
  const std::string cut = bytes.substr(bytes.size() - padding);
  if (cut.find_first_not_of('\0') != std::string::npos) return std::nullopt;
  bytes.resize(bytes.size() - padding);
  return bytes;
}

}  // namespace

std::string ShownValue(std::string_view text, Spelling spelling) {
  const bool cut = text.size() > kShownBytesMax;
  // A text is cut between characters.
  size_t end = cut ? kShownBytesMax : text.size();
  while (cut && end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  std::string shown = JsonString(text.substr(0, end));
  shown = shown.substr(1, shown.size() - 2) + (cut ? "…" : "");
  const bool bare = spelling == Spelling::kNumber || spelling == Spelling::kBoolean;
  return bare ? shown : "'" + shown + "'";
}

bool IsUtf8Text(std::string_view text) {
  constexpr uint64_t kNotAscii = 0x8080808080808080;
  size_t at = 0;
  for (; at + 8 <= text.size(); at += 8) {
    uint64_t word = 0;
    std::memcpy(&word, text.data() + at, sizeof(word));
    if ((word & kNotAscii) != 0) break;
  }
  return IsUtf8(text.substr(at));
}

bool IsJsonNumber(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  const size_t whole = CountDigits(text);
  if (whole == 0 || (whole > 1 && text[0] == '0')) return false;
  text.remove_prefix(whole);
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    const size_t decimals = CountDigits(text);
    if (decimals == 0) return false;
    text.remove_prefix(decimals);
  }
  if (text.starts_with('e') || text.starts_with('E')) {
    text.remove_prefix(1);
    if (text.starts_with('+') || text.starts_with('-')) text.remove_prefix(1);
    const size_t digits = CountDigits(text);
    if (digits == 0) return false;
    text.remove_prefix(digits);
  }
  return text.empty();
}

arrow::Result<bool> ParseBooleanText(std::string_view text, Spelling spelling) {
  if (spelling != Spelling::kNumber) {
    const std::string lower = text.size() <= 5 ? AsciiLower(text) : "";
    if (lower == "true") return true;
    if (lower == "false") return false;
  }
  return Unfit("true or false", text, spelling);
}

template <typename T>
arrow::Result<T> ParseWholeText(std::string_view text, Spelling spelling) {
  std::string_view digits = text;
  if (digits.size() > 1 && digits[0] == '+' && IsDigit(digits[1])) digits.remove_prefix(1);
  if (std::is_unsigned_v<T> && digits == "-0") digits.remove_prefix(1);
  T value{};
  const char* end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, value);
  if (error == std::errc() && stop == end) return value;
  return Unfit("a whole number from " + std::to_string(std::numeric_limits<T>::min()) + " to " +
                   std::to_string(std::numeric_limits<T>::max()),
               text, spelling);
}

template arrow::Result<int8_t> ParseWholeText(std::string_view, Spelling);
template arrow::Result<int16_t> ParseWholeText(std::string_view, Spelling);
template arrow::Result<int32_t> ParseWholeText(std::string_view, Spelling);
template arrow::Result<int64_t> ParseWholeText(std::string_view, Spelling);
template arrow::Result<uint8_t> ParseWholeText(std::string_view, Spelling);
template arrow::Result<uint16_t> ParseWholeText(std::string_view, Spelling);
template arrow::Result<uint32_t> ParseWholeText(std::string_view, Spelling);
template arrow::Result<uint64_t> ParseWholeText(std::string_view, Spelling);

template <typename T>
arrow::Result<T> ParseFloatText(std::string_view text, Spelling spelling) {
  const char* expected = "a number";
  const size_t first = text.starts_with('-') || text.starts_with('+') ? 1 : 0;
  if (first == text.size()) return Unfit(expected, text, spelling);
  if (!IsDigit(text[first]) && text[first] != '.') {
    const auto value = ParseNotFinite<T>(text);
    if (value && spelling != Spelling::kBoolean) return *value;
    return Unfit(expected, text, spelling);
  }
  const std::string_view number = text.starts_with('+') ? text.substr(1) : text;
  T value{};
  const char* end = number.data() + number.size();
  const auto [stop, error] = std::from_chars(number.data(), end, value);
  if (stop != end || error == std::errc::invalid_argument) return Unfit(expected, text, spelling);
  if (error == std::errc::result_out_of_range) {
    const auto extreme = ParseExtreme<T>(number);
    if (!extreme) return Unfit("a number in the column's range", text, spelling);
    value = *extreme;
  }
  if (number.size() <= kExactDigits<T>) return value;
  const std::string_view digits = SignificantDigits(number);
  if (digits.size() <= kExactDigits<T> || CountDigits(digits) != digits.size()) return value;
  if (KeepsWholeNumber(digits, value)) return value;
  return Unfit("a whole number that the column's type holds exactly", text, spelling);
}

template arrow::Result<float> ParseFloatText(std::string_view, Spelling);
template arrow::Result<double> ParseFloatText(std::string_view, Spelling);

arrow::Result<arrow::Decimal128> ParseDecimalText(std::string_view text, Spelling spelling,
                                                  int32_t precision, int32_t scale) {
  if (spelling != Spelling::kBoolean) {
    if (const auto value = ParseDecimal(text, precision, scale)) return *value;
  }
  return Unfit("a number of at most " + std::to_string(precision) + " digits, " +
                   std::to_string(scale) + " of them decimals",
               text, spelling);
}

arrow::Result<int32_t> ParseDateText(std::string_view text, Spelling spelling) {
  const auto time = spelling == Spelling::kNumber ? std::nullopt : ParseIsoTime(text);
  if (!time || time->has_time || time->days != static_cast<int32_t>(time->days)) {
    return Unfit("a date such as 2024-03-15", text, spelling);
  }
  return static_cast<int32_t>(time->days);
}

arrow::Result<int64_t> ParseTimeText(std::string_view text, Spelling spelling,
                                     arrow::TimeUnit::type unit, bool truncate) {
  const auto nanos = spelling == Spelling::kNumber ? std::nullopt : ParseIsoTimeOfDay(text);
  if (!nanos) return Unfit("a time such as 07:00:00.5", text, spelling);
  return ToUnit(*nanos, unit, truncate, text, spelling);
}

arrow::Result<int64_t> ParseTimestampText(std::string_view text, Spelling spelling,
                                          const TimestampTextType& type) {
  if (LooksLikeEpoch(text, spelling)) {
    constexpr int64_t kFirstSecond = -62'167'219'200;  // 0000-01-01
    constexpr int64_t kLastSecond = 253'402'300'799;   // 9999-12-31T23:59:59
    const auto nanos = ParseEpochNanos(text, NanosOf(type.epoch_unit));
    if (!nanos || *nanos < Int128{kFirstSecond} * kNanosPerSecond ||
        *nanos >= Int128{kLastSecond + 1} * kNanosPerSecond) {
      return Unfit(std::string("RFC 3339, or a number of ") + UnitName(type.epoch_unit) +
                       " since 1970 in the years 0 to 9999 (--epoch-unit names another unit)",
                   text, spelling);
    }
    return ToUnit(*nanos, type.unit, type.truncate, text, spelling);
  }
  const auto time = ParseIsoTime(text);
  if (!time || !time->has_time) {
    return Unfit("a time such as 2024-03-15T07:00:00Z", text, spelling);
  }
  if (type.zoned && !time->offset_s) {
    return Unfit("a time with its zone, such as 2024-03-15T07:00:00Z", text, spelling);
  }
  const Int128 nanos = Int128{time->EpochSeconds()} * kNanosPerSecond + time->NanosOfSecond();
  return ToUnit(nanos, type.unit, type.truncate, text, spelling);
}

arrow::Result<std::string> ParseBinaryText(std::string_view text, Spelling spelling,
                                           BinaryText form, int64_t length) {
  const bool is_text = spelling == Spelling::kPlain || spelling == Spelling::kString;
  if (is_text && length == 16) {
    if (auto uuid = UuidFromText(text)) return *std::move(uuid);
  }
  std::optional<std::string> bytes;
  if (is_text && form == BinaryText::kBase64) bytes = BytesFromBase64(text);
  if (is_text && form == BinaryText::kHex) {
    const bool prefixed = text.starts_with("0x") || text.starts_with("0X");
    bytes = BytesFromHex(prefixed ? text.substr(2) : text);
  }
  if (bytes && (length < 0 || static_cast<int64_t>(bytes->size()) == length)) return *bytes;
  std::string expected = length < 0 ? "bytes" : std::to_string(length) + " bytes";
  expected += form == BinaryText::kHex ? " as hexadecimal digits" : " as base64";
  if (length == 16) expected += " or a UUID";
  return Unfit(expected, text, spelling);
}

}  // namespace artemis

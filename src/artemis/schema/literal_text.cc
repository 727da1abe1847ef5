// Values as people write and read them.
#include <algorithm>
#include <charconv>
#include <cmath>

#include "artemis/base/calendar.h"
#include "artemis/base/iso_time.h"
#include "artemis/base/near_match.h"
#include "artemis/schema/binary_text.h"
#include "artemis/schema/decimal_text.h"
#include "artemis/schema/literal.h"

namespace artemis {
namespace {

template <typename T>
std::string FloatText(T value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value < 0 ? "-Infinity" : "Infinity";
  char buffer[64];
  return std::string(buffer, std::to_chars(buffer, buffer + sizeof(buffer), value).ptr);
}

std::string TimeOfDayText(int64_t nanos, int32_t digits) {
  return FormatIsoTimeOfDay(nanos, nanos % kNanosPerSecond == 0 ? 0 : digits);
}

std::string TimestampText(TypeKind kind, int64_t value) {
  const bool nanos = kind == TypeKind::kTimestampNs || kind == TypeKind::kTimestamptzNs;
  const int64_t per_day = nanos ? kNanosPerDay : kMicrosPerDay;
  const int64_t of_day = FloorMod(value, per_day) * (nanos ? 1 : 1'000);
  const bool zoned = kind == TypeKind::kTimestamptz || kind == TypeKind::kTimestamptzNs;
  return FormatIsoDate(FloorDiv(value, per_day)) + "T" + TimeOfDayText(of_day, nanos ? 9 : 6) +
         (zoned ? "Z" : "");
}

std::string Int64Text(TypeKind kind, int64_t value) {
  switch (kind) {
    case TypeKind::kTime:
      return TimeOfDayText(FloorMod(value, kMicrosPerDay) * 1'000, 6);
    case TypeKind::kTimestamp:
    case TypeKind::kTimestamptz:
    case TypeKind::kTimestampNs:
    case TypeKind::kTimestamptzNs:
      return TimestampText(kind, value);
    default:
      return std::to_string(value);
  }
}

std::string BytesText(TypeKind kind, const std::string& value) {
  if (kind == TypeKind::kUuid) return UuidText(value);
  if (kind == TypeKind::kFixed || kind == TypeKind::kBinary) return "0x" + HexText(value);
  return value;
}

arrow::Status NotOfType(const Type& type, std::string_view text, const std::string& expected) {
  return arrow::Status::Invalid("'", text, "' is no value of type ", type.ToString(), ": expected ",
                                expected);
}

template <typename T>
arrow::Result<LiteralValue> ParseNumber(const Type& type, std::string_view text,
                                        const char* expected) {
  std::string_view digits = text;
  if (digits.size() > 1 && digits[0] == '+' && digits[1] != '-') digits.remove_prefix(1);
  T value{};
  const char* end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, value);
  if (error == std::errc::result_out_of_range) {
    return NotOfType(type, text, "a number in its range");
  }
  if (error != std::errc() || stop != end) return NotOfType(type, text, expected);
  return LiteralValue(value);
}

arrow::Result<LiteralValue> ParseBoolean(const Type& type, std::string_view text) {
  const std::string lower = AsciiLower(text);
  if (lower == "true") return LiteralValue(true);
  if (lower == "false") return LiteralValue(false);
  return NotOfType(type, text, "true or false");
}

arrow::Result<LiteralValue> ParseDate(const Type& type, std::string_view text) {
  const auto time = ParseIsoTime(text);
  if (!time || time->has_time) return NotOfType(type, text, "a date like 2024-03-15");
  if (time->days != static_cast<int32_t>(time->days)) {
    return NotOfType(type, text, "a date in its range");
  }
  return LiteralValue(static_cast<int32_t>(time->days));
}

arrow::Result<LiteralValue> ParseTimeOfDay(const Type& type, std::string_view text) {
  const auto nanos = ParseIsoTimeOfDay(text);
  if (!nanos || *nanos % 1'000 != 0) {
    return NotOfType(type, text, "a time like 07:00:00.000001");
  }
  return LiteralValue(*nanos / 1'000);
}

arrow::Result<LiteralValue> ParseTimestamp(const Type& type, std::string_view text) {
  const bool nanos = type.kind == TypeKind::kTimestampNs || type.kind == TypeKind::kTimestamptzNs;
  const bool zoned = type.kind == TypeKind::kTimestamptz || type.kind == TypeKind::kTimestamptzNs;
  const auto time = ParseIsoTime(text);
  if (!time) return NotOfType(type, text, "a timestamp like 2024-03-15T07:00:00Z");
  if (zoned && !time->offset_s) {
    return NotOfType(type, text, "a timestamp with a zone, like 2024-03-15T07:00:00Z");
  }
  const int64_t fraction = time->NanosOfSecond();
  if (!nanos && fraction % 1'000 != 0) return NotOfType(type, text, "at most six decimals");
  int64_t value = 0;
  if (__builtin_mul_overflow(time->EpochSeconds(), nanos ? kNanosPerSecond : kMicrosPerSecond,
                             &value) ||
      __builtin_add_overflow(value, nanos ? fraction : fraction / 1'000, &value)) {
    return NotOfType(type, text, "a timestamp in its range");
  }
  return LiteralValue(value);
}

arrow::Result<LiteralValue> ParseHexLiteral(const Type& type, std::string_view text) {
  std::string_view digits = text;
  if (digits.starts_with("0x") || digits.starts_with("0X")) digits.remove_prefix(2);
  auto bytes = BytesFromHex(digits);
  if (!bytes) return NotOfType(type, text, "hexadecimal digits like 0x0a0b");
  if (type.kind == TypeKind::kFixed && bytes->size() != static_cast<size_t>(type.length)) {
    return NotOfType(type, text, std::to_string(type.length) + " bytes");
  }
  return LiteralValue(std::move(*bytes));
}

}  // namespace

std::string FormatLiteral(const Type& type, const LiteralValue& value) {
  return std::visit(
      [&type](const auto& v) -> std::string {
        using V = std::decay_t<decltype(v)>;
        if constexpr (std::is_same_v<V, bool>) {
          return v ? "true" : "false";
        } else if constexpr (std::is_same_v<V, int32_t>) {
          return type.kind == TypeKind::kDate ? FormatIsoDate(v) : std::to_string(v);
        } else if constexpr (std::is_same_v<V, int64_t>) {
          return Int64Text(type.kind, v);
        } else if constexpr (std::is_floating_point_v<V>) {
          return FloatText(v);
        } else if constexpr (std::is_same_v<V, arrow::Decimal128>) {
          return FormatDecimal(v, type.scale);
        } else {
          return BytesText(type.kind, v);
        }
      },
      value);
}

arrow::Result<LiteralValue> ParseLiteral(const Type& type, std::string_view text) {
  switch (type.kind) {
    case TypeKind::kBoolean:
      return ParseBoolean(type, text);
    case TypeKind::kInt:
      return ParseNumber<int32_t>(type, text, "a whole number");
    case TypeKind::kLong:
      return ParseNumber<int64_t>(type, text, "a whole number");
    case TypeKind::kFloat:
      return ParseNumber<float>(type, text, "a number");
    case TypeKind::kDouble:
      return ParseNumber<double>(type, text, "a number");
    case TypeKind::kDate:
      return ParseDate(type, text);
    case TypeKind::kTime:
      return ParseTimeOfDay(type, text);
    case TypeKind::kTimestamp:
    case TypeKind::kTimestamptz:
    case TypeKind::kTimestampNs:
    case TypeKind::kTimestamptzNs:
      return ParseTimestamp(type, text);
    case TypeKind::kDecimal: {
      const auto value = ParseDecimal(text, type.precision, type.scale);
      if (!value) return NotOfType(type, text, "a number of no more digits");
      return LiteralValue(*value);
    }
    case TypeKind::kUuid: {
      auto bytes = UuidFromText(text);
      if (!bytes) return NotOfType(type, text, "a uuid of 32 hexadecimal digits and 4 hyphens");
      return LiteralValue(std::move(*bytes));
    }
    case TypeKind::kString:
      return LiteralValue(std::string(text));
    case TypeKind::kFixed:
    case TypeKind::kBinary:
      return ParseHexLiteral(type, text);
    default:
      return arrow::Status::Invalid("no values of type ", type.ToString());
  }
}

}  // namespace artemis

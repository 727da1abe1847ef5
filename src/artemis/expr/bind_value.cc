// Places a user's value among the values of a column's type.
#include "artemis/expr/bind_value.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include "artemis/schema/literal.h"

namespace artemis {
namespace {

constexpr double kTwoTo63 = 9223372036854775808.0;

PlacedValue Exactly(LiteralValue value) {
  return {.exact = std::move(value), .below = {}, .above = {}};
}
PlacedValue Between(std::optional<LiteralValue> below, std::optional<LiteralValue> above) {
  return {.exact = {}, .below = std::move(below), .above = std::move(above)};
}

std::string ShortestText(double value) {
  char buffer[32];
  return std::string(buffer, std::to_chars(buffer, buffer + sizeof buffer, value).ptr);
}

std::string DescribeValue(const UnboundValue& value) {
  if (const auto* flag = std::get_if<bool>(&value)) return *flag ? "true" : "false";
  if (const auto* number = std::get_if<int64_t>(&value)) return std::to_string(*number);
  if (const auto* number = std::get_if<double>(&value)) return ShortestText(*number);
  return "text '" + std::get<std::string>(value) + "'";
}

arrow::Status NotOfType(const Type& type, const UnboundValue& value) {
  return arrow::Status::Invalid("expected a value of type ", type.ToString(), ", found ",
                                DescribeValue(value));
}

template <typename Int>
PlacedValue PlaceInteger(int64_t value) {
  constexpr Int kMin = std::numeric_limits<Int>::min();
  constexpr Int kMax = std::numeric_limits<Int>::max();
  if (value < kMin) return Between({}, kMin);
  if (value > kMax) return Between(kMax, {});
  return Exactly(static_cast<Int>(value));
}

template <typename Int>
PlacedValue PlaceInteger(double value) {
  constexpr Int kMin = std::numeric_limits<Int>::min();
  constexpr Int kMax = std::numeric_limits<Int>::max();
  if (std::isnan(value) || value >= kTwoTo63) return Between(kMax, {});
  if (value < -kTwoTo63) return Between({}, kMin);
  const auto floor = static_cast<int64_t>(std::floor(value));
  if (static_cast<double>(floor) == value || floor < kMin) return PlaceInteger<Int>(floor);
  if (floor >= kMax) return Between(kMax, {});
  return Between(static_cast<Int>(floor), static_cast<Int>(floor + 1));
}

template <typename Int>
arrow::Result<PlacedValue> PlaceIntegerText(const Type& type, const std::string& text) {
  int64_t whole = 0;
  const char* end = text.data() + text.size();
  if (const auto [stop, error] = std::from_chars(text.data(), end, whole);
      error == std::errc() && stop == end) {
    return PlaceInteger<Int>(whole);
  }
  double number = 0;
  if (const auto [stop, error] = std::from_chars(text.data(), end, number);
      error == std::errc() && stop == end && std::isfinite(number)) {
    return PlaceInteger<Int>(number);
  }
  return NotOfType(type, text);
}

template <typename Float>
PlacedValue PlaceFloating(int64_t value) {
  const auto nearest = static_cast<Float>(value);
  const bool past_int64 = static_cast<double>(nearest) >= kTwoTo63;
  if (!past_int64 && static_cast<int64_t>(nearest) == value) return Exactly(nearest);
  constexpr Float kInfinity = std::numeric_limits<Float>::infinity();
  if (past_int64 || static_cast<int64_t>(nearest) > value) {
    return Between(std::nextafter(nearest, -kInfinity), nearest);
  }
  return Between(nearest, std::nextafter(nearest, kInfinity));
}

PlacedValue PlaceDouble(double value) { return Exactly(value == 0 ? 0.0 : value); }

PlacedValue PlaceFloat(double value) {
  constexpr float kMax = std::numeric_limits<float>::max();
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  if (std::isnan(value)) return Exactly(std::numeric_limits<float>::quiet_NaN());
  if (std::isinf(value)) return Exactly(value > 0 ? kInfinity : -kInfinity);
  if (value > kMax) return Between(kMax, kInfinity);
  if (value < -kMax) return Between(-kInfinity, -kMax);
  const auto nearest = static_cast<float>(value);
  return Exactly(nearest == 0 ? 0.0F : nearest);
}

// A number as decimal digits: (negative ? -1 : 1) * digits * 10^exponent. No leading zeros; zero
// has no digits.
struct DecimalText {
  bool negative = false;
  std::string digits;
  int64_t exponent = 0;
};

bool ReadExponent(std::string_view text, int64_t& exponent) {
  constexpr int64_t kExponentMax = 1'000'000;
  if (!text.empty() && text[0] == '+') text.remove_prefix(1);
  int64_t read = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), read);
  if (error != std::errc() || stop != text.data() + text.size()) return false;
  exponent += std::clamp(read, -kExponentMax, kExponentMax);
  return true;
}

std::optional<DecimalText> ReadDecimalText(std::string_view text) {
  DecimalText result;
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) {
    result.negative = text[0] == '-';
    text.remove_prefix(1);
  }
  bool seen_point = false;
  bool seen_digit = false;
  size_t i = 0;
  for (; i < text.size() && text[i] != 'e' && text[i] != 'E'; ++i) {
    if (text[i] == '.' && !seen_point) {
      seen_point = true;
      continue;
    }
    if (text[i] < '0' || text[i] > '9') return std::nullopt;
    seen_digit = true;
    if (seen_point) --result.exponent;
    if (!result.digits.empty() || text[i] != '0') result.digits += text[i];
  }
  if (!seen_digit) return std::nullopt;
  if (i < text.size() && !ReadExponent(text.substr(i + 1), result.exponent)) return std::nullopt;
  return result;
}

arrow::Decimal128 FromDigits(std::string_view digits) {
  arrow::Decimal128 value(0);
  for (const char digit : digits)
    value = value * arrow::Decimal128(10) + arrow::Decimal128(digit - '0');
  return value;
}

arrow::Decimal128 Minus(const arrow::Decimal128& value) { return arrow::Decimal128(-value); }

PlacedValue PastDecimals(bool negative, const arrow::Decimal128& greatest) {
  return negative ? Between({}, Minus(greatest)) : Between(greatest, {});
}

PlacedValue PlaceDecimal(const Type& type, const DecimalText& number) {
  const arrow::Decimal128 greatest =
      FromDigits(std::string(static_cast<size_t>(type.precision), '9'));
  if (number.digits.empty()) return Exactly(arrow::Decimal128(0));
  const int64_t shift = number.exponent + type.scale;
  const auto digit_count = static_cast<int64_t>(number.digits.size());
  if (digit_count + shift > type.precision) return PastDecimals(number.negative, greatest);

  std::string digits = number.digits;
  bool whole = true;
  if (shift >= 0) {
    digits.append(static_cast<size_t>(shift), '0');
  } else {
    const auto kept = static_cast<size_t>(std::max<int64_t>(0, digit_count + shift));
    whole = digits.find_first_not_of('0', kept) == std::string::npos;
    digits.resize(kept);
  }
  const arrow::Decimal128 magnitude = FromDigits(digits);
  if (whole) return Exactly(number.negative ? Minus(magnitude) : magnitude);
  if (magnitude == greatest) return PastDecimals(number.negative, greatest);
  const arrow::Decimal128 next = magnitude + arrow::Decimal128(1);
  return number.negative ? Between(Minus(next), Minus(magnitude)) : Between(magnitude, next);
}

arrow::Result<PlacedValue> PlaceDecimalText(const Type& type, const std::string& text) {
  const auto number = ReadDecimalText(text);
  if (!number) return NotOfType(type, text);
  return PlaceDecimal(type, *number);
}

arrow::Result<PlacedValue> PlaceDecimalDouble(const Type& type, double value) {
  if (std::isfinite(value)) return PlaceDecimalText(type, ShortestText(value));
  DecimalText endless;
  endless.negative = value < 0;
  endless.digits = std::string(64, '9');
  return PlaceDecimal(type, endless);
}

template <typename Int>
arrow::Result<PlacedValue> PlaceInIntegers(const Type& type, const UnboundValue& value) {
  if (const auto* number = std::get_if<int64_t>(&value)) return PlaceInteger<Int>(*number);
  if (const auto* number = std::get_if<double>(&value)) return PlaceInteger<Int>(*number);
  if (const auto* text = std::get_if<std::string>(&value))
    return PlaceIntegerText<Int>(type, *text);
  return NotOfType(type, value);
}

arrow::Result<PlacedValue> PlaceInDecimals(const Type& type, const UnboundValue& value) {
  if (const auto* number = std::get_if<int64_t>(&value)) {
    return PlaceDecimalText(type, std::to_string(*number));
  }
  if (const auto* number = std::get_if<double>(&value)) return PlaceDecimalDouble(type, *number);
  if (const auto* text = std::get_if<std::string>(&value)) return PlaceDecimalText(type, *text);
  return NotOfType(type, value);
}

arrow::Result<PlacedValue> PlaceParsed(const Type& type, const UnboundValue& value) {
  const auto* text = std::get_if<std::string>(&value);
  if (text == nullptr) return NotOfType(type, value);
  ARROW_ASSIGN_OR_RAISE(LiteralValue parsed, ParseLiteral(type, *text));
  if (const auto* held = std::get_if<float>(&parsed)) return PlaceFloat(*held);
  if (const auto* held = std::get_if<double>(&parsed)) return PlaceDouble(*held);
  return Exactly(std::move(parsed));
}

arrow::Result<PlacedValue> PlaceInFloats(const Type& type, const UnboundValue& value) {
  const bool single = type.kind == TypeKind::kFloat;
  if (const auto* number = std::get_if<int64_t>(&value)) {
    return single ? PlaceFloating<float>(*number) : PlaceFloating<double>(*number);
  }
  if (const auto* number = std::get_if<double>(&value)) {
    return single ? PlaceFloat(*number) : PlaceDouble(*number);
  }
  return PlaceParsed(type, value);
}

}  // namespace

arrow::Result<PlacedValue> PlaceValue(const Type& type, const UnboundValue& value) {
  switch (type.kind) {
    case TypeKind::kBoolean:
      if (const auto* flag = std::get_if<bool>(&value)) return Exactly(*flag);
      return NotOfType(type, value);
    case TypeKind::kInt:
      return PlaceInIntegers<int32_t>(type, value);
    case TypeKind::kLong:
      return PlaceInIntegers<int64_t>(type, value);
    case TypeKind::kFloat:
    case TypeKind::kDouble:
      return PlaceInFloats(type, value);
    case TypeKind::kDecimal:
      return PlaceInDecimals(type, value);
    case TypeKind::kString:
      if (const auto* text = std::get_if<std::string>(&value)) return Exactly(*text);
      return NotOfType(type, value);
    case TypeKind::kUnknown:
      return NotOfType(type, value);
    default:
      return PlaceParsed(type, value);
  }
}

}  // namespace artemis

// Arrow's decimal does the arithmetic; the forms are Iceberg's.
#include "artemis/schema/decimal_text.h"

#include <cstring>

namespace artemis {

std::string DecimalToBytes(const arrow::Decimal128& unscaled) {
  const std::array<uint8_t, 16> little = unscaled.ToBytes();
  std::string bytes(little.rbegin(), little.rend());
  const char fill = unscaled.IsNegative() ? '\xFF' : '\0';
  size_t skip = 0;
  while (skip < 15 && bytes[skip] == fill && ((bytes[skip + 1] ^ fill) & 0x80) == 0) ++skip;
  return bytes.substr(skip);
}

std::optional<arrow::Decimal128> DecimalFromBytes(std::string_view bytes) {
  const auto value = arrow::Decimal128::FromBigEndian(
      reinterpret_cast<const uint8_t*>(bytes.data()), static_cast<int32_t>(bytes.size()));
  if (bytes.empty() || !value.ok()) return std::nullopt;
  return *value;
}

std::string FormatDecimal(const arrow::Decimal128& unscaled, int32_t scale) {
  return PlaceDecimalPoint(unscaled.ToIntegerString(), scale);
}

std::string PlaceDecimalPoint(std::string digits, int32_t scale) {
  if (scale <= 0) return digits;
  const bool negative = digits.front() == '-';
  if (negative) digits.erase(0, 1);
  const auto width = static_cast<size_t>(scale);
  if (digits.size() <= width) digits.insert(0, width + 1 - digits.size(), '0');
  digits.insert(digits.size() - width, 1, '.');
  return negative ? "-" + digits : digits;
}

std::optional<arrow::Decimal128> ParseDecimal(std::string_view text, int32_t precision,
                                              int32_t scale) {
  arrow::Decimal128 value;
  int32_t text_precision = 0;
  int32_t text_scale = 0;
  if (!arrow::Decimal128::FromString(text, &value, &text_precision, &text_scale).ok()) {
    return std::nullopt;
  }
  if (value == arrow::Decimal128(0)) return value;
  if (text_scale < -38 || text_scale > 76) return std::nullopt;
  const auto rescaled = value.Rescale(text_scale, scale);
  if (!rescaled.ok() || !rescaled->FitsInPrecision(precision)) return std::nullopt;
  return *rescaled;
}

}  // namespace artemis

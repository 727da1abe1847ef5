// Decimals of the Iceberg type decimal(P, S) as bytes and text. A decimal is an unscaled integer and a scale that the
// type holds.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <arrow/util/decimal.h>

namespace artemis {

// Big-endian two's complement in the fewest bytes (1..16): the form of Appendix D and of the bucket hash.
std::string DecimalToBytes(const arrow::Decimal128& unscaled);

// The inverse; accepts sign-extended bytes, 1..16 of them, else nullopt.
std::optional<arrow::Decimal128> DecimalFromBytes(std::string_view bytes);

// Plain digits without an exponent: 1420 with scale 2 is "14.20", 5 with scale 3 is "0.005".
std::string FormatDecimal(const arrow::Decimal128& unscaled, int32_t scale);

// The same of the unscaled integer's digits ("-5"), of any width.
std::string PlaceDecimalPoint(std::string digits, int32_t scale);

// Parses "14.2", "-0.5", "1e3" to the unscaled value at `scale`; nullopt when it is no number, needs more digits behind the
// point, or more than `precision` digits in all.
std::optional<arrow::Decimal128> ParseDecimal(std::string_view text, int32_t precision,
                                              int32_t scale);

}  // namespace artemis

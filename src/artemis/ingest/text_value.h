// Values of Arrow types out of text, as JSON lines and CSV spell them. Strict: what is not exactly a value of the type is refused.
//
//   boolean           true, false
//   whole numbers     decimal digits within the type's range
//   float, double     decimal numbers, rounded to the nearest; NaN, Infinity, -Infinity, inf, -inf. A whole number that the type cannot
//                     hold is refused (2^53 + 1 in a double), unless its digits are those that the type's nearest number has in
//                     its shortest form: then a writer of doubles has written them
//   decimal(P,S)      any number that needs no more digits, exactly
//   date              2024-03-15
//   time              07:00, 07:00:00, 07:00:00.000001
//   timestamp         RFC 3339; a zone is required by types that have one, and is converted to UTC by those that have none.
//                     A number counts from 1970-01-01T00:00:00Z in the epoch unit, and may have decimals; years 0 … 9999
//   binary, fixed     hexadecimal digits with or without 0x, or base64 with padding (RFC 4648, section 4) where options say so
//   16 bytes          also a UUID with its hyphens
// A number, a boolean and a time may be spelled as a JSON string too. A string must be one: 5 is no string.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <arrow/result.h>
#include <arrow/type.h>
#include <arrow/util/decimal.h>

namespace artemis {

// How a text stood in its source.
enum class Spelling : uint8_t {
  kPlain,    // CSV: anything may be meant
  kString,   // a JSON string, unescaped
  kNumber,   // a JSON number
  kBoolean,  // a JSON true or false
};

enum class BinaryText : uint8_t { kHex, kBase64 };

struct TextValueOptions {
  // Of timestamps that are numbers. Unset: what the column's name ends with (_s, _ms, _us, _ns), else the column's own unit.
  std::optional<arrow::TimeUnit::type> epoch_unit;
  BinaryText binary = BinaryText::kHex;
  // Decimals of seconds beyond the column's unit are cut off (towards the past) instead of refused.
  bool truncate_timestamps = false;
};

// Each parser below gives Invalid "expected …, found …", without a column's name, in one line.

arrow::Result<bool> ParseBooleanText(std::string_view text, Spelling spelling);

// T: int8_t … int64_t, uint8_t … uint64_t.
template <typename T>
arrow::Result<T> ParseWholeText(std::string_view text, Spelling spelling);

// T: float, double.
template <typename T>
arrow::Result<T> ParseFloatText(std::string_view text, Spelling spelling);

arrow::Result<arrow::Decimal128> ParseDecimalText(std::string_view text, Spelling spelling,
                                                  int32_t precision, int32_t scale);

// Days since 1970-01-01.
arrow::Result<int32_t> ParseDateText(std::string_view text, Spelling spelling);

// In `unit` since midnight.
arrow::Result<int64_t> ParseTimeText(std::string_view text, Spelling spelling,
                                     arrow::TimeUnit::type unit, bool truncate);

struct TimestampTextType {
  arrow::TimeUnit::type unit = arrow::TimeUnit::MICRO;
  bool zoned = false;
  arrow::TimeUnit::type epoch_unit = arrow::TimeUnit::MICRO;
  bool truncate = false;
};
arrow::Result<int64_t> ParseTimestampText(std::string_view text, Spelling spelling,
                                          const TimestampTextType& type);

// `length`: how many bytes there must be; negative: any number.
arrow::Result<std::string> ParseBinaryText(std::string_view text, Spelling spelling,
                                           BinaryText form, int64_t length);

// Whether `text` is a number of JSON (RFC 8259, section 6).
bool IsJsonNumber(std::string_view text);

// Whether a text is UTF-8; quick where it is ASCII.
bool IsUtf8Text(std::string_view text);

// A found value for messages: at most about 60 bytes of it, strings in single quotes, in one line.
std::string ShownValue(std::string_view text, Spelling spelling);

}  // namespace artemis

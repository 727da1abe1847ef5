// Values and their forms: comparison, text, JSON, and the bytes of Appendix D.
#pragma once

#include <compare>
#include <string>
#include <string_view>

#include <arrow/result.h>
#include <arrow/scalar.h>

#include "artemis/schema/type.h"

namespace artemis {

// Orders two values of one type as every part of Artemis does: NaN equals NaN and is greater than every number,
// -0.0 equals 0.0, strings and bytes compare bytewise, uuid as unsigned bytes. Both must hold the alternative of one type.
std::weak_ordering CompareValues(const LiteralValue& a, const LiteralValue& b);
bool IsNaN(const LiteralValue& value);
// Whether `value` holds the alternative of `type`, with the length (fixed, uuid) or digits (decimal) it allows. False for types without
// single values: nested, unknown, unsupported.
bool FitsType(const Type& type, const LiteralValue& value);

// Single-value serialization (specification, Appendix D "Binary single-value serialization").
std::string ToBytes(const Type& type, const LiteralValue& value);
// Also accepts the bytes of a type the column was widened from (int bytes for long, float for double). Invalid when the
// length does not fit the type.
arrow::Result<LiteralValue> FromBytes(const Type& type, std::string_view bytes);

// Appendix D "JSON single-value serialization"; `json` is one JSON value as text.
arrow::Result<LiteralValue> LiteralFromJson(const Type& type, std::string_view json);
std::string LiteralToJson(const Type& type, const LiteralValue& value);

// For people and messages: 5, 'text' without quotes, 2024-03-15, 2024-03-15T07:00:00.000001Z, 0x0a0b.
std::string FormatLiteral(const Type& type, const LiteralValue& value);

// Parses a value as people write it, for a column of `type`: RFC 3339 (a zone is required for timestamptz and
// optional for timestamp), ISO dates, numbers, true/false, uuid text, hex for binary. Invalid names value and type.
arrow::Result<LiteralValue> ParseLiteral(const Type& type, std::string_view text);

}  // namespace artemis

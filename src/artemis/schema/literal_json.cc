// Appendix D, "JSON single-value serialization".
#include <charconv>
#include <cmath>

#include <nlohmann/json.hpp>

#include "artemis/base/calendar.h"
#include "artemis/base/iso_time.h"
#include "artemis/base/json_text.h"
#include "artemis/schema/binary_text.h"
#include "artemis/schema/decimal_text.h"
#include "artemis/schema/literal.h"
#include "artemis/schema/read_json.h"

namespace artemis {
namespace {

arrow::Status BadJsonValue(const Type& type, const nlohmann::json& found) {
  return arrow::Status::Invalid(
      "JSON value of type ", type.ToString(), ": found ",
      found.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace));
}

arrow::Result<LiteralValue> IntegerFromJson(const Type& type, const nlohmann::json& json) {
  if (!json.is_number_integer()) return BadJsonValue(type, json);
  if (json.is_number_unsigned() && json.get<uint64_t>() > uint64_t{INT64_MAX}) {
    return BadJsonValue(type, json);
  }
  const auto value = json.get<int64_t>();
  if (type.kind == TypeKind::kLong) return LiteralValue(value);
  if (value != static_cast<int32_t>(value)) return BadJsonValue(type, json);
  return LiteralValue(static_cast<int32_t>(value));
}

arrow::Result<LiteralValue> FloatFromJson(const Type& type, const nlohmann::json& json) {
  double value = 0;
  if (json.is_number()) {
    value = json.get<double>();
  } else if (json == "NaN") {
    value = std::nan("");
  } else if (json == "Infinity") {
    value = INFINITY;
  } else if (json == "-Infinity") {
    value = -INFINITY;
  } else {
    return BadJsonValue(type, json);
  }
  if (type.kind == TypeKind::kDouble) return LiteralValue(value);
  return LiteralValue(static_cast<float>(value));
}

arrow::Result<LiteralValue> HexFromJson(const Type& type, const nlohmann::json& json) {
  auto bytes = BytesFromHex(json.get_ref<const std::string&>());
  if (!bytes) return BadJsonValue(type, json);
  if (type.kind == TypeKind::kFixed && bytes->size() != static_cast<size_t>(type.length)) {
    return BadJsonValue(type, json);
  }
  return LiteralValue(std::move(*bytes));
}

template <typename T>
std::string JsonFloat(T value) {
  if (std::isnan(value)) return "\"NaN\"";
  if (std::isinf(value)) return value < 0 ? "\"-Infinity\"" : "\"Infinity\"";
  char buffer[64];
  std::string text(buffer, std::to_chars(buffer, buffer + sizeof(buffer), value).ptr);
  return text.find_first_of(".e") == std::string::npos ? text + ".0" : text;
}

std::string JsonTimestamp(TypeKind kind, int64_t value) {
  const bool nanos = kind == TypeKind::kTimestampNs || kind == TypeKind::kTimestamptzNs;
  const bool zoned = kind == TypeKind::kTimestamptz || kind == TypeKind::kTimestamptzNs;
  const int64_t per_day = nanos ? kNanosPerDay : kMicrosPerDay;
  const int64_t of_day = FloorMod(value, per_day) * (nanos ? 1 : 1'000);
  return FormatIsoDate(FloorDiv(value, per_day)) + "T" + FormatIsoTimeOfDay(of_day, nanos ? 9 : 6) +
         (zoned ? "+00:00" : "");
}

}  // namespace

arrow::Result<LiteralValue> LiteralFromJson(const Type& type, std::string_view text) {
  ARROW_ASSIGN_OR_RAISE(const nlohmann::json json, ParseJson(text, "single value"));
  switch (type.kind) {
    case TypeKind::kBoolean:
      if (!json.is_boolean()) return BadJsonValue(type, json);
      return LiteralValue(json.get<bool>());
    case TypeKind::kInt:
    case TypeKind::kLong:
      return IntegerFromJson(type, json);
    case TypeKind::kFloat:
    case TypeKind::kDouble:
      return FloatFromJson(type, json);
    default:
      break;
  }
  if (!json.is_string()) return BadJsonValue(type, json);
  if (type.kind == TypeKind::kFixed || type.kind == TypeKind::kBinary) {
    return HexFromJson(type, json);
  }
  return ParseLiteral(type, json.get_ref<const std::string&>());
}

std::string LiteralToJson(const Type& type, const LiteralValue& value) {
  switch (type.kind) {
    case TypeKind::kFloat:
      return JsonFloat(std::get<float>(value));
    case TypeKind::kDouble:
      return JsonFloat(std::get<double>(value));
    case TypeKind::kBoolean:
    case TypeKind::kInt:
    case TypeKind::kLong:
      return FormatLiteral(type, value);
    case TypeKind::kFixed:
    case TypeKind::kBinary:
      return JsonString(HexText(std::get<std::string>(value)));
    case TypeKind::kTime:
      return JsonString(FormatIsoTimeOfDay(std::get<int64_t>(value) * 1'000, 6));
    case TypeKind::kTimestamp:
    case TypeKind::kTimestamptz:
    case TypeKind::kTimestampNs:
    case TypeKind::kTimestamptzNs:
      return JsonString(JsonTimestamp(type.kind, std::get<int64_t>(value)));
    default:
      return JsonString(FormatLiteral(type, value));
  }
}

}  // namespace artemis

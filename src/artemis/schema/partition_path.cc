// Folder names of partitions, as Java writes them: java.time's shortest texts,
// java.net.URLEncoder's escapes.
#include <arrow/util/base64.h>

#include "artemis/base/calendar.h"
#include "artemis/base/iso_time.h"
#include "artemis/base/json_text.h"
#include "artemis/schema/literal.h"
#include "artemis/schema/partition_spec.h"

namespace artemis {
namespace {

void AppendUrlEncoded(std::string_view text, std::string* out) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '.' || c == '-' || c == '*' || c == '_';
    if (plain) {
      *out += c;
    } else if (c == ' ') {
      *out += '+';
    } else {
      *out += '%';
      *out += kHex[(c >> 4) & 0xF];
      *out += kHex[c & 0xF];
    }
  }
}

// LocalTime.toString: seconds only where not zero, fractions in groups of three digits.
std::string JavaTime(int64_t nanos_of_day) {
  const int64_t fraction = nanos_of_day % kNanosPerSecond;
  if (nanos_of_day % (60 * kNanosPerSecond) == 0) {
    return FormatIsoTimeOfDay(nanos_of_day, 0).substr(0, 5);
  }
  int32_t digits = 0;
  if (fraction != 0) digits = fraction % 1'000'000 == 0 ? 3 : fraction % 1'000 == 0 ? 6 : 9;
  return FormatIsoTimeOfDay(nanos_of_day, digits);
}

std::string JavaTimestamp(TypeKind kind, int64_t value) {
  const bool nanos = kind == TypeKind::kTimestampNs || kind == TypeKind::kTimestamptzNs;
  const bool zoned = kind == TypeKind::kTimestamptz || kind == TypeKind::kTimestamptzNs;
  const int64_t per_day = nanos ? kNanosPerDay : kMicrosPerDay;
  const int64_t of_day = FloorMod(value, per_day) * (nanos ? 1 : 1'000);
  return FormatIsoDate(FloorDiv(value, per_day)) + "T" + JavaTime(of_day) + (zoned ? "Z" : "");
}

std::string IdentityText(const Type& type, const LiteralValue& value) {
  switch (type.kind) {
    case TypeKind::kTime:
      return JavaTime(FloorMod(std::get<int64_t>(value), kMicrosPerDay) * 1'000);
    case TypeKind::kTimestamp:
    case TypeKind::kTimestamptz:
    case TypeKind::kTimestampNs:
    case TypeKind::kTimestamptzNs:
      return JavaTimestamp(type.kind, std::get<int64_t>(value));
    case TypeKind::kFixed:
    case TypeKind::kBinary:
      return arrow::util::base64_encode(std::get<std::string>(value));
    default:
      return FormatLiteral(type, value);
  }
}

std::string MonthText(int64_t months) {
  const int64_t days = DaysFromCivil(
      {1970 + FloorDiv(months, 12), static_cast<int32_t>(FloorMod(months, 12)) + 1, 1});
  const std::string date = FormatIsoDate(days);
  return date.substr(0, date.size() - 3);
}

std::string YearText(int64_t years) {
  const std::string month = MonthText(years * 12);
  return month.substr(0, month.size() - 3);
}

std::string HourText(int64_t hours) {
  const int64_t nanos_of_day = FloorMod(hours, 24) * 3'600 * kNanosPerSecond;
  return FormatIsoDate(FloorDiv(hours, 24)) + "-" +
         FormatIsoTimeOfDay(nanos_of_day, 0).substr(0, 2);
}

// A type that `value` holds the alternative of.
Type TypeOfValue(const LiteralValue& value) {
  if (std::holds_alternative<bool>(value)) return Type::Of(TypeKind::kBoolean);
  if (std::holds_alternative<int32_t>(value)) return Type::Of(TypeKind::kInt);
  if (std::holds_alternative<int64_t>(value)) return Type::Of(TypeKind::kLong);
  if (std::holds_alternative<float>(value)) return Type::Of(TypeKind::kFloat);
  if (std::holds_alternative<double>(value)) return Type::Of(TypeKind::kDouble);
  if (std::holds_alternative<arrow::Decimal128>(value)) return Type::Decimal(38, 0);
  const bool is_text = IsUtf8(std::get<std::string>(value));
  return Type::Of(is_text ? TypeKind::kString : TypeKind::kBinary);
}

}  // namespace

std::string FormatPartitionValue(const Transform& transform, const Type& source,
                                 const std::optional<LiteralValue>& value) {
  if (!value) return "null";
  const auto* number = std::get_if<int32_t>(&*value);
  switch (transform.kind) {
    case TransformKind::kYear:
      return number ? YearText(*number) : "?";
    case TransformKind::kMonth:
      return number ? MonthText(*number) : "?";
    case TransformKind::kDay:
      return number ? FormatIsoDate(*number) : "?";
    case TransformKind::kHour:
      return number ? HourText(*number) : "?";
    case TransformKind::kBucket:
      return number ? std::to_string(*number) : "?";
    case TransformKind::kVoid:
      return "null";
    case TransformKind::kUnknown:
      return FormatLiteral(TypeOfValue(*value), *value);
    default:
      return IdentityText(source, *value);
  }
}

arrow::Result<std::string> PartitionPath(const PartitionSpec& spec, const Schema& schema,
                                         const PartitionTuple& tuple) {
  if (tuple.size() != spec.fields.size()) {
    return arrow::Status::Invalid("partition tuple: expected ", spec.fields.size(),
                                  " values, found ", tuple.size());
  }
  std::string path;
  for (size_t i = 0; i < tuple.size(); ++i) {
    const PartitionField& field = spec.fields[i];
    const Field* source = schema.FindField(field.source_id);
    const Type type = source != nullptr ? source->type : Type::Of(TypeKind::kUnknown);
    if (i > 0) path += '/';
    AppendUrlEncoded(field.name, &path);
    path += '=';
    AppendUrlEncoded(FormatPartitionValue(field.transform, type, tuple[i]), &path);
  }
  return path;
}

}  // namespace artemis

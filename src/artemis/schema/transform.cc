// Text, result types and single values of transforms.
#include "artemis/schema/transform.h"

#include <algorithm>
#include <charconv>

#include "artemis/base/calendar.h"
#include "artemis/base/error.h"
#include "artemis/schema/bucket_hash.h"
#include "artemis/schema/time_unit.h"
#include "artemis/schema/truncate.h"

namespace artemis {
namespace {

const char* TransformName(TransformKind kind) {
  switch (kind) {
    case TransformKind::kIdentity:
      return "identity";
    case TransformKind::kBucket:
      return "bucket";
    case TransformKind::kTruncate:
      return "truncate";
    case TransformKind::kYear:
      return "year";
    case TransformKind::kMonth:
      return "month";
    case TransformKind::kDay:
      return "day";
    case TransformKind::kHour:
      return "hour";
    case TransformKind::kVoid:
      return "void";
    case TransformKind::kUnknown:
      break;
  }
  return "unknown";
}

bool IsTimestampKind(TypeKind kind) {
  return kind == TypeKind::kTimestamp || kind == TypeKind::kTimestamptz ||
         kind == TypeKind::kTimestampNs || kind == TypeKind::kTimestamptzNs;
}

bool TakesSource(TransformKind transform, TypeKind source) {
  switch (transform) {
    case TransformKind::kIdentity:
      return source < TypeKind::kStruct;
    case TransformKind::kVoid:
    case TransformKind::kUnknown:
      return true;
    case TransformKind::kBucket:
      return source < TypeKind::kUnknown && source != TypeKind::kBoolean &&
             source != TypeKind::kFloat && source != TypeKind::kDouble;
    case TransformKind::kTruncate:
      return source == TypeKind::kInt || source == TypeKind::kLong ||
             source == TypeKind::kDecimal || source == TypeKind::kString ||
             source == TypeKind::kBinary;
    case TransformKind::kHour:
      return IsTimestampKind(source);
    default:
      return IsTimestampKind(source) || source == TypeKind::kDate;
  }
}

LiteralValue TruncateLiteral(const Type& source, const LiteralValue& value, int32_t width) {
  if (const auto* v = std::get_if<int32_t>(&value)) return TruncateInt(*v, width);
  if (const auto* v = std::get_if<int64_t>(&value)) return TruncateLong(*v, width);
  if (const auto* v = std::get_if<arrow::Decimal128>(&value)) return TruncateDecimal(*v, width);
  const auto& text = std::get<std::string>(value);
  const size_t length = source.kind == TypeKind::kString
                            ? CodePointPrefix(text, width)
                            : std::min(text.size(), static_cast<size_t>(width));
  return text.substr(0, length);
}

LiteralValue TimeUnitLiteral(TransformKind kind, const Type& source, const LiteralValue& value) {
  if (const auto* days = std::get_if<int32_t>(&value)) return DateUnit(kind, *days);
  return TimestampUnit(kind, source.kind, std::get<int64_t>(value));
}

// Reads the N of "bucket[N]"; nullopt when `text` is no "name[...]" at all.
std::optional<arrow::Result<Transform>> ParseParameterized(std::string_view text,
                                                           TransformKind kind) {
  std::string_view rest = text;
  const std::string_view name = TransformName(kind);
  if (!rest.starts_with(name) || !rest.ends_with(']')) return std::nullopt;
  rest.remove_prefix(name.size());
  if (rest.empty() || rest.front() != '[') return std::nullopt;
  rest = rest.substr(1, rest.size() - 2);
  int32_t parameter = 0;
  const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), parameter);
  if (error != std::errc() || end != rest.data() + rest.size() || parameter <= 0) {
    return arrow::Result<Transform>(arrow::Status::Invalid(
        "transform '", text, "': expected a number greater than 0 in the brackets"));
  }
  return arrow::Result<Transform>(Transform{kind, parameter, {}});
}

}  // namespace

std::string Transform::ToString() const {
  if (kind == TransformKind::kUnknown) return unknown_text;
  std::string text = TransformName(kind);
  if (kind == TransformKind::kBucket || kind == TransformKind::kTruncate) {
    text += "[" + std::to_string(parameter) + "]";
  }
  return text;
}

arrow::Result<Transform> ParseTransform(std::string_view text) {
  for (const TransformKind kind :
       {TransformKind::kIdentity, TransformKind::kYear, TransformKind::kMonth, TransformKind::kDay,
        TransformKind::kHour, TransformKind::kVoid}) {
    if (text == TransformName(kind)) return Transform{kind, 0, {}};
  }
  for (const TransformKind kind : {TransformKind::kBucket, TransformKind::kTruncate}) {
    if (auto parsed = ParseParameterized(text, kind)) return *std::move(parsed);
  }
  return Transform{TransformKind::kUnknown, 0, std::string(text)};
}

arrow::Result<Type> TransformResultType(const Transform& transform, const Type& source) {
  if (!TakesSource(transform.kind, source.kind)) {
    return arrow::Status::Invalid("transform ", transform.ToString(), " does not take type ",
                                  source.ToString());
  }
  switch (transform.kind) {
    case TransformKind::kBucket:
    case TransformKind::kYear:
    case TransformKind::kMonth:
    case TransformKind::kHour:
      return Type::Of(TypeKind::kInt);
    case TransformKind::kDay:
      return Type::Of(TypeKind::kDate);
    case TransformKind::kUnknown:
      return Type::Of(TypeKind::kUnknown);
    default:
      return source;
  }
}

std::optional<LiteralValue> ApplyTransform(const Transform& transform, const Type& source,
                                           const LiteralValue& value) {
  switch (transform.kind) {
    case TransformKind::kIdentity:
      return value;
    case TransformKind::kBucket:
      return BucketOf(BucketHash(source, value), transform.parameter);
    case TransformKind::kTruncate:
      return TruncateLiteral(source, value, transform.parameter);
    case TransformKind::kYear:
    case TransformKind::kMonth:
    case TransformKind::kDay:
    case TransformKind::kHour:
      return TimeUnitLiteral(transform.kind, source, value);
    case TransformKind::kVoid:
      return std::nullopt;
    case TransformKind::kUnknown:
      break;
  }
  FailCheck("an unknown transform is never applied", __FILE__, __LINE__);
}

bool PreservesOrder(const Transform& transform) {
  return transform.kind != TransformKind::kBucket && transform.kind != TransformKind::kVoid &&
         transform.kind != TransformKind::kUnknown;
}

}  // namespace artemis

// Comparison of values, and their bytes (Appendix D).
#include "artemis/schema/literal.h"

#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

#include "artemis/base/calendar.h"
#include "artemis/base/error.h"
#include "artemis/schema/decimal_text.h"

namespace artemis {
namespace {

static_assert(std::endian::native == std::endian::little);

template <typename T>
std::weak_ordering CompareFloats(T a, T b) {
  if (std::isnan(a) || std::isnan(b)) return std::isnan(a) <=> std::isnan(b);
  if (a == b) return std::weak_ordering::equivalent;
  return a < b ? std::weak_ordering::less : std::weak_ordering::greater;
}

template <typename T>
std::weak_ordering CompareSame(const T& a, const T& b) {
  if constexpr (std::is_floating_point_v<T>) {
    return CompareFloats(a, b);
  } else if constexpr (std::is_same_v<T, arrow::Decimal128>) {
    if (a == b) return std::weak_ordering::equivalent;
    return a < b ? std::weak_ordering::less : std::weak_ordering::greater;
  } else if constexpr (std::is_same_v<T, std::string>) {
    return a.compare(b) <=> 0;
  } else {
    return a <=> b;
  }
}

template <typename T>
std::string RawBytes(T value) {
  return std::string(reinterpret_cast<const char*>(&value), sizeof(value));
}

template <typename T>
T FromRaw(std::string_view bytes) {
  T value;
  std::memcpy(&value, bytes.data(), sizeof(value));
  return value;
}

arrow::Status BadLength(const Type& type, std::string_view bytes, const char* expected) {
  return arrow::Status::Invalid("value of type ", type.ToString(), ": expected ", expected,
                                " bytes, found ", bytes.size());
}

arrow::Result<LiteralValue> Int64FromBytes(const Type& type, std::string_view bytes) {
  if (bytes.size() == 8) return LiteralValue(FromRaw<int64_t>(bytes));
  if (bytes.size() == 4 && type.kind == TypeKind::kLong) {
    return LiteralValue(int64_t{FromRaw<int32_t>(bytes)});
  }
  return BadLength(type, bytes, type.kind == TypeKind::kLong ? "8 or 4" : "8");
}

// Reads a timestamp, or a date it was widened from (format version 3).
arrow::Result<LiteralValue> TimestampFromBytes(const Type& type, std::string_view bytes) {
  if (bytes.size() == 8) return LiteralValue(FromRaw<int64_t>(bytes));
  if (bytes.size() != 4) return BadLength(type, bytes, "8 or 4");
  const int64_t per_day = type.kind == TypeKind::kTimestamp ? kMicrosPerDay : kNanosPerDay;
  int64_t value = 0;
  if (__builtin_mul_overflow(int64_t{FromRaw<int32_t>(bytes)}, per_day, &value)) {
    return arrow::Status::Invalid("a date is out of the range of ", type.ToString());
  }
  return LiteralValue(value);
}

arrow::Result<LiteralValue> StringFromBytes(const Type& type, std::string_view bytes) {
  if (type.kind == TypeKind::kUuid && bytes.size() != 16) return BadLength(type, bytes, "16");
  if (type.kind == TypeKind::kFixed && bytes.size() != static_cast<size_t>(type.length)) {
    return BadLength(type, bytes, std::to_string(type.length).c_str());
  }
  return LiteralValue(std::string(bytes));
}

}  // namespace

std::weak_ordering CompareValues(const LiteralValue& a, const LiteralValue& b) {
  ARTEMIS_CHECK(a.index() == b.index());
  return std::visit(
      [&b](const auto& left) {
        return CompareSame(left, std::get<std::decay_t<decltype(left)>>(b));
      },
      a);
}

bool FitsType(const Type& type, const LiteralValue& value) {
  switch (type.kind) {
    case TypeKind::kBoolean:
      return std::holds_alternative<bool>(value);
    case TypeKind::kInt:
    case TypeKind::kDate:
      return std::holds_alternative<int32_t>(value);
    case TypeKind::kLong:
    case TypeKind::kTime:
    case TypeKind::kTimestamp:
    case TypeKind::kTimestamptz:
    case TypeKind::kTimestampNs:
    case TypeKind::kTimestamptzNs:
      return std::holds_alternative<int64_t>(value);
    case TypeKind::kFloat:
      return std::holds_alternative<float>(value);
    case TypeKind::kDouble:
      return std::holds_alternative<double>(value);
    case TypeKind::kDecimal: {
      const auto* decimal = std::get_if<arrow::Decimal128>(&value);
      return decimal != nullptr && decimal->FitsInPrecision(type.precision);
    }
    case TypeKind::kString:
    case TypeKind::kBinary:
      return std::holds_alternative<std::string>(value);
    case TypeKind::kUuid:
    case TypeKind::kFixed: {
      const auto* bytes = std::get_if<std::string>(&value);
      const int32_t length = type.kind == TypeKind::kUuid ? 16 : type.length;
      return bytes != nullptr && bytes->size() == static_cast<size_t>(length);
    }
    default:
      return false;
  }
}

bool IsNaN(const LiteralValue& value) {
  if (const float* f = std::get_if<float>(&value)) return std::isnan(*f);
  if (const double* d = std::get_if<double>(&value)) return std::isnan(*d);
  return false;
}

std::string ToBytes(const Type&, const LiteralValue& value) {
  return std::visit(
      [](const auto& v) -> std::string {
        using V = std::decay_t<decltype(v)>;
        if constexpr (std::is_same_v<V, std::string>) {
          return v;
        } else if constexpr (std::is_same_v<V, arrow::Decimal128>) {
          return DecimalToBytes(v);
        } else if constexpr (std::is_same_v<V, bool>) {
          return std::string(1, v ? '\x01' : '\x00');
        } else {
          return RawBytes(v);
        }
      },
      value);
}

arrow::Result<LiteralValue> FromBytes(const Type& type, std::string_view bytes) {
  switch (type.kind) {
    case TypeKind::kBoolean:
      if (bytes.size() != 1) return BadLength(type, bytes, "1");
      return LiteralValue(bytes[0] != 0);
    case TypeKind::kInt:
    case TypeKind::kDate:
      if (bytes.size() != 4) return BadLength(type, bytes, "4");
      return LiteralValue(FromRaw<int32_t>(bytes));
    case TypeKind::kLong:
    case TypeKind::kTime:
    case TypeKind::kTimestamptz:
    case TypeKind::kTimestamptzNs:
      return Int64FromBytes(type, bytes);
    case TypeKind::kTimestamp:
    case TypeKind::kTimestampNs:
      return TimestampFromBytes(type, bytes);
    case TypeKind::kFloat:
      if (bytes.size() != 4) return BadLength(type, bytes, "4");
      return LiteralValue(FromRaw<float>(bytes));
    case TypeKind::kDouble:
      if (bytes.size() == 4) return LiteralValue(double{FromRaw<float>(bytes)});
      if (bytes.size() != 8) return BadLength(type, bytes, "8 or 4");
      return LiteralValue(FromRaw<double>(bytes));
    case TypeKind::kDecimal: {
      const auto value = DecimalFromBytes(bytes);
      if (!value) return BadLength(type, bytes, "1 to 16");
      return LiteralValue(*value);
    }
    case TypeKind::kString:
    case TypeKind::kUuid:
    case TypeKind::kFixed:
    case TypeKind::kBinary:
      return StringFromBytes(type, bytes);
    default:
      return arrow::Status::Invalid("no single values of type ", type.ToString());
  }
}

}  // namespace artemis

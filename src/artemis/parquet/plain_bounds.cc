// Plain-encoded bounds of every physical type.
#include "artemis/parquet/plain_bounds.h"

#include <cmath>
#include <cstring>

#include <arrow/type.h>
#include <arrow/util/decimal.h>

#include "artemis/schema/literal.h"

namespace artemis {
namespace {

// The bytes of a plain-encoded number; nullopt when their count is wrong.
template <typename T>
std::optional<T> PlainNumber(const std::string& bytes) {
  T value;
  if (bytes.size() != sizeof(T)) return std::nullopt;
  std::memcpy(&value, bytes.data(), sizeof(T));
  return value;
}

std::string LongBytes(int64_t value) {
  return ToBytes(Type::Of(TypeKind::kLong), LiteralValue(value));
}

std::string IntBytes(int32_t value) {
  return ToBytes(Type::Of(TypeKind::kInt), LiteralValue(value));
}

template <typename T>
std::optional<std::string> FloatBound(const std::string& plain, BoundSide side, TypeKind kind) {
  std::optional<T> value = PlainNumber<T>(plain);
  if (!value || std::isnan(*value)) return std::nullopt;
  if (*value == 0) value = side == BoundSide::kLower ? -T{0} : T{0};
  return ToBytes(Type::Of(kind), LiteralValue(*value));
}

std::optional<std::string> DecimalBound(const std::string& plain, const arrow::DataType& type,
                                        parquet::Type::type physical) {
  arrow::Decimal128 value;
  if (physical == parquet::Type::INT32 || physical == parquet::Type::INT64) {
    const bool narrow = physical == parquet::Type::INT32;
    const auto small = PlainNumber<int32_t>(plain);
    const auto large = PlainNumber<int64_t>(plain);
    if (narrow ? !small.has_value() : !large.has_value()) return std::nullopt;
    value = arrow::Decimal128(narrow ? int64_t{*small} : *large);
  } else {
    const auto parsed = arrow::Decimal128::FromBigEndian(
        reinterpret_cast<const uint8_t*>(plain.data()), static_cast<int32_t>(plain.size()));
    if (!parsed.ok()) return std::nullopt;
    value = *parsed;
  }
  const auto& decimal = static_cast<const arrow::DecimalType&>(type);
  return ToBytes(Type::Decimal(decimal.precision(), decimal.scale()), LiteralValue(value));
}

std::optional<std::string> IntegerBound(const std::string& plain, parquet::Type::type physical,
                                        arrow::Type::type id) {
  if (physical == parquet::Type::INT64) {
    const auto value = PlainNumber<int64_t>(plain);
    if (!value || (id == arrow::Type::UINT64 && *value < 0)) return std::nullopt;
    return LongBytes(*value);
  }
  const auto value = PlainNumber<int32_t>(plain);
  if (!value) return std::nullopt;
  if (id == arrow::Type::UINT32) return LongBytes(static_cast<uint32_t>(*value));
  if (id == arrow::Type::TIME64 || id == arrow::Type::TIMESTAMP) return LongBytes(*value);
  return IntBytes(*value);
}

}  // namespace

std::optional<std::string> BoundBytes(const std::string& plain, const arrow::DataType& type,
                                      parquet::Type::type physical, BoundSide side) {
  if (type.id() == arrow::Type::HALF_FLOAT) return std::nullopt;
  if (arrow::is_decimal(type.id())) {
    return type.id() == arrow::Type::DECIMAL256 ? std::nullopt
                                                : DecimalBound(plain, type, physical);
  }
  switch (physical) {
    case parquet::Type::BOOLEAN:
      if (plain.size() != 1) return std::nullopt;
      return ToBytes(Type::Of(TypeKind::kBoolean), LiteralValue(plain[0] != 0));
    case parquet::Type::INT32:
    case parquet::Type::INT64:
      return IntegerBound(plain, physical, type.id());
    case parquet::Type::FLOAT:
      return FloatBound<float>(plain, side, TypeKind::kFloat);
    case parquet::Type::DOUBLE:
      return FloatBound<double>(plain, side, TypeKind::kDouble);
    case parquet::Type::BYTE_ARRAY:
    case parquet::Type::FIXED_LEN_BYTE_ARRAY:
      return plain;
    default:
      return std::nullopt;
  }
}

bool HasTypeOrder(const parquet::ColumnDescriptor& descriptor) {
  return descriptor.sort_order() != parquet::SortOrder::UNKNOWN &&
         descriptor.column_order().get_order() == parquet::ColumnOrder::TYPE_DEFINED_ORDER;
}

}  // namespace artemis

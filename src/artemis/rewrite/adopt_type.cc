// One case a type.
#include "artemis/rewrite/adopt_type.h"

#include <arrow/type.h>
#include <arrow/type_traits.h>
#include <parquet/schema.h>

namespace artemis {

namespace {

bool IsNanosecondKind(TypeKind kind) {
  return kind == TypeKind::kTimestampNs || kind == TypeKind::kTimestamptzNs;
}

bool IsZonedKind(TypeKind kind) {
  return kind == TypeKind::kTimestamptz || kind == TypeKind::kTimestamptzNs;
}

bool IsUuidColumn(const parquet::ColumnDescriptor& descriptor) {
  return descriptor.logical_type() != nullptr && descriptor.logical_type()->is_UUID();
}

// Old writers say only "timestamp": readers take it for either kind.
bool ZoneIsUnknown(const parquet::ColumnDescriptor& descriptor) {
  const auto& logical = descriptor.logical_type();
  return logical != nullptr && logical->is_timestamp() &&
         static_cast<const parquet::TimestampLogicalType&>(*logical).is_from_converted_type();
}

// The values are in UTC whatever zone Arrow's own schema in the file names, but PyIceberg reads it and stops at others.
bool IsUtc(const std::string& zone) {
  return zone == "UTC" || zone == "+00:00" || zone == "Etc/UTC" || zone == "Z";
}

bool HoldsNanoseconds(const arrow::DataType& stored) {
  if (stored.id() == arrow::Type::TIMESTAMP) {
    return static_cast<const arrow::TimestampType&>(stored).unit() == arrow::TimeUnit::NANO;
  }
  return stored.id() == arrow::Type::TIME64 &&
         static_cast<const arrow::Time64Type&>(stored).unit() == arrow::TimeUnit::NANO;
}

bool TimestampFits(TypeKind expected, const arrow::TimestampType& stored,
                   const parquet::ColumnDescriptor& descriptor) {
  if ((stored.unit() == arrow::TimeUnit::NANO) != IsNanosecondKind(expected)) return false;
  const bool zoned = !stored.timezone().empty();
  if (zoned && !IsUtc(stored.timezone())) return false;
  return zoned == IsZonedKind(expected) || ZoneIsUnknown(descriptor);
}

bool DecimalFits(const Type& expected, const arrow::DataType& stored) {
  if (!arrow::is_decimal(stored.id())) return false;
  const auto& decimal = static_cast<const arrow::DecimalType&>(stored);
  return decimal.scale() == expected.scale && decimal.precision() <= expected.precision;
}

bool FixedFits(int32_t length, bool uuid, const arrow::DataType& stored,
               const parquet::ColumnDescriptor& descriptor) {
  return stored.id() == arrow::Type::FIXED_SIZE_BINARY &&
         static_cast<const arrow::FixedSizeBinaryType&>(stored).byte_width() == length &&
         IsUuidColumn(descriptor) == uuid;
}

bool IntegerFits(arrow::Type::type stored, bool wide) {
  return stored == arrow::Type::INT8 || stored == arrow::Type::INT16 ||
         stored == arrow::Type::INT32 || (wide && stored == arrow::Type::INT64);
}

bool StoredTypeFits(const Type& expected, const arrow::DataType& stored,
                    const parquet::ColumnDescriptor& descriptor) {
  const auto id = stored.id();
  switch (expected.kind) {
    case TypeKind::kBoolean:
      return id == arrow::Type::BOOL;
    case TypeKind::kInt:
      return IntegerFits(id, false);
    case TypeKind::kLong:
      return IntegerFits(id, true);
    case TypeKind::kFloat:
      return id == arrow::Type::FLOAT;
    case TypeKind::kDouble:
      return id == arrow::Type::FLOAT || id == arrow::Type::DOUBLE;
    case TypeKind::kDecimal:
      return DecimalFits(expected, stored);
    case TypeKind::kDate:
      return id == arrow::Type::DATE32;
    case TypeKind::kTime:
      return id == arrow::Type::TIME64 && !HoldsNanoseconds(stored);
    case TypeKind::kTimestamp:
    case TypeKind::kTimestamptz:
    case TypeKind::kTimestampNs:
    case TypeKind::kTimestamptzNs:
      return id == arrow::Type::TIMESTAMP && descriptor.physical_type() == parquet::Type::INT64 &&
             TimestampFits(expected.kind, static_cast<const arrow::TimestampType&>(stored),
                           descriptor);
    case TypeKind::kString:
      return arrow::is_string(id) || id == arrow::Type::STRING_VIEW;
    case TypeKind::kBinary:
      return id == arrow::Type::BINARY || id == arrow::Type::LARGE_BINARY ||
             id == arrow::Type::BINARY_VIEW;
    case TypeKind::kUuid:
      return FixedFits(16, true, stored, descriptor);
    case TypeKind::kFixed:
      return FixedFits(expected.length, false, stored, descriptor);
    case TypeKind::kUnknown:
      return id == arrow::Type::NA;
    default:
      return false;
  }
}

// Why append would help; empty where it would not.
std::string AppendAdvice(const Type& expected, const arrow::DataType& stored,
                         const parquet::ColumnDescriptor& descriptor) {
  const std::string append = ": artemis-table append converts the rows";
  if (arrow::is_unsigned_integer(stored.id())) {
    return "; other engines cannot read unsigned columns of a table" + append;
  }
  if (IsZonedKind(expected.kind) && stored.id() == arrow::Type::TIMESTAMP) {
    const auto& zone = static_cast<const arrow::TimestampType&>(stored).timezone();
    if (!zone.empty() && !IsUtc(zone)) return "; PyIceberg reads UTC only" + append;
  }
  if (expected.kind == TypeKind::kTime && stored.id() == arrow::Type::TIME32) {
    return "; PyIceberg does not read milliseconds" + append;
  }
  const bool time = expected.kind == TypeKind::kTime || expected.kind == TypeKind::kTimestamp ||
                    expected.kind == TypeKind::kTimestamptz;
  if (descriptor.physical_type() == parquet::Type::INT96) {
    return "; INT96 timestamps count nanoseconds" + append;
  }
  if (time && HoldsNanoseconds(stored)) {
    return "; other engines would read its nanoseconds as microseconds" + append;
  }
  return "";
}

}  // namespace

arrow::Status CheckStoredType(const std::string& column, const Type& expected,
                              const arrow::DataType& stored,
                              const parquet::ColumnDescriptor& descriptor) {
  if (StoredTypeFits(expected, stored, descriptor)) return arrow::Status::OK();
  std::string found = stored.ToString();
  if (IsUuidColumn(descriptor)) found = "uuid";
  return arrow::Status::Invalid("column ", column, " is ", found, " in the file: expected ",
                                expected.ToString(), AppendAdvice(expected, stored, descriptor));
}

}  // namespace artemis

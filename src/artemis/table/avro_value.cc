// Literals from and to Avro.
#include "artemis/table/avro_value.h"

#include <array>

#include "artemis/avro/decode_plan.h"

namespace artemis {

namespace {

constexpr int64_t kUuidBytes = 16;

arrow::Status WrongValue(const Type& type) {
  return arrow::Status::Invalid("a value is no ", type.ToString());
}

// Big-endian two's complement, 16 bytes.
std::array<uint8_t, 16> BigEndian(const arrow::Decimal128& value) {
  std::array<uint8_t, 16> bytes;
  const auto high = static_cast<uint64_t>(value.high_bits());
  for (size_t i = 0; i < 8; ++i) {
    bytes[i] = static_cast<uint8_t>(high >> (56 - 8 * i));
    bytes[8 + i] = static_cast<uint8_t>(value.low_bits() >> (56 - 8 * i));
  }
  return bytes;
}

template <typename T, typename Put>
arrow::Status PutAs(const Type& type, const LiteralValue& value, const Put& put) {
  const T* held = std::get_if<T>(&value);
  if (held == nullptr) return WrongValue(type);
  put(*held);
  return arrow::Status::OK();
}

arrow::Status PutDecimal(const Type& type, const LiteralValue& value, AvroEncoder* out) {
  const auto* decimal = std::get_if<arrow::Decimal128>(&value);
  if (decimal == nullptr) return WrongValue(type);
  const auto bytes = BigEndian(*decimal);
  const size_t size = static_cast<size_t>(DecimalBytes(type.precision));
  const uint8_t sign = decimal->high_bits() < 0 ? 0xFF : 0x00;
  for (size_t i = 0; i < bytes.size() - size; ++i) {
    if (bytes[i] != sign) return WrongValue(type);
  }
  if ((bytes[bytes.size() - size] & 0x80) != (sign & 0x80)) return WrongValue(type);
  out->PutFixed(
      std::string_view(reinterpret_cast<const char*>(bytes.data()) + bytes.size() - size, size));
  return arrow::Status::OK();
}

arrow::Status PutFixedBytes(const Type& type, const LiteralValue& value, int64_t size,
                            AvroEncoder* out) {
  const auto* bytes = std::get_if<std::string>(&value);
  if (bytes == nullptr || static_cast<int64_t>(bytes->size()) != size) return WrongValue(type);
  out->PutFixed(*bytes);
  return arrow::Status::OK();
}

std::string LogicalJson(const char* type, const char* logical_type, const char* more = "") {
  return std::string(R"({"type":")") + type + R"(","logicalType":")" + logical_type + "\"" + more +
         "}";
}

std::string FixedJson(const std::string& name, int64_t size, const std::string& more = "") {
  return R"({"type":"fixed","name":")" + name + R"(","size":)" + std::to_string(size) + more + "}";
}

}  // namespace

AvroValueReader AvroValueReader::For(const Type& type) {
  switch (type.kind) {
    case TypeKind::kBoolean:
      return {Form::kBoolean, 0};
    case TypeKind::kInt:
    case TypeKind::kDate:
      return {Form::kInt, 0};
    case TypeKind::kFloat:
      return {Form::kFloat, 0};
    case TypeKind::kDouble:
      return {Form::kDouble, 0};
    case TypeKind::kDecimal:
      return {Form::kDecimal, 0};
    case TypeKind::kUuid:
      return {Form::kFixed, kUuidBytes};
    case TypeKind::kFixed:
      return {Form::kFixed, type.length};
    case TypeKind::kString:
    case TypeKind::kBinary:
      return {Form::kBytes, 0};
    default:
      return {Form::kLong, 0};
  }
}

AvroValueReader AvroValueReader::For(const AvroSchema& writer) {
  if (writer.logical_type == "decimal") return {Form::kDecimal, 0};
  switch (writer.type) {
    case AvroType::kBoolean:
      return {Form::kBoolean, 0};
    case AvroType::kInt:
      return {Form::kInt, 0};
    case AvroType::kLong:
      return {Form::kLong, 0};
    case AvroType::kFloat:
      return {Form::kFloat, 0};
    case AvroType::kDouble:
      return {Form::kDouble, 0};
    default:
      return {Form::kBytes, 0};
  }
}

uint32_t AvroValueReader::accepts() const {
  switch (form_) {
    case Form::kBoolean:
      return AvroTypeSet({AvroType::kBoolean});
    case Form::kInt:
      return AvroTypeSet({AvroType::kInt});
    case Form::kLong:
      return AvroTypeSet({AvroType::kInt, AvroType::kLong});
    case Form::kFloat:
      return AvroTypeSet({AvroType::kFloat});
    case Form::kDouble:
      return AvroTypeSet({AvroType::kFloat, AvroType::kDouble});
    case Form::kDecimal:
    case Form::kFixed:
      return AvroTypeSet({AvroType::kFixed, AvroType::kBytes});
    default:
      return AvroTypeSet({AvroType::kString, AvroType::kBytes, AvroType::kFixed});
  }
}

std::optional<LiteralValue> AvroValueReader::FromLong(int64_t value) const {
  switch (form_) {
    case Form::kBoolean:
      return LiteralValue(value != 0);
    case Form::kInt:
      return LiteralValue(static_cast<int32_t>(value));
    case Form::kLong:
      return LiteralValue(value);
    default:
      return std::nullopt;
  }
}

std::optional<LiteralValue> AvroValueReader::FromFloat(float value) const {
  if (form_ == Form::kDouble) return LiteralValue(static_cast<double>(value));
  return LiteralValue(value);
}

std::optional<LiteralValue> AvroValueReader::FromDouble(double value) const {
  return LiteralValue(value);
}

std::optional<LiteralValue> AvroValueReader::FromBytes(std::string_view value) const {
  if (form_ == Form::kDecimal) {
    if (value.empty() || value.size() > 16) return std::nullopt;
    const auto decimal = arrow::Decimal128::FromBigEndian(
        reinterpret_cast<const uint8_t*>(value.data()), static_cast<int32_t>(value.size()));
    if (!decimal.ok()) return std::nullopt;
    return LiteralValue(*decimal);
  }
  if (form_ == Form::kFixed && static_cast<int64_t>(value.size()) != size_bytes_) {
    return std::nullopt;
  }
  return LiteralValue(std::string(value));
}

std::string AvroTypeJson(const Type& type, const std::string& unique) {
  switch (type.kind) {
    case TypeKind::kBoolean:
      return "\"boolean\"";
    case TypeKind::kInt:
      return "\"int\"";
    case TypeKind::kLong:
      return "\"long\"";
    case TypeKind::kFloat:
      return "\"float\"";
    case TypeKind::kDouble:
      return "\"double\"";
    case TypeKind::kString:
      return "\"string\"";
    case TypeKind::kDate:
      return LogicalJson("int", "date");
    case TypeKind::kTime:
      return LogicalJson("long", "time-micros");
    case TypeKind::kTimestamp:
      return LogicalJson("long", "timestamp-micros", R"(,"adjust-to-utc":false)");
    case TypeKind::kTimestamptz:
      return LogicalJson("long", "timestamp-micros", R"(,"adjust-to-utc":true)");
    case TypeKind::kTimestampNs:
      return LogicalJson("long", "timestamp-nanos", R"(,"adjust-to-utc":false)");
    case TypeKind::kTimestamptzNs:
      return LogicalJson("long", "timestamp-nanos", R"(,"adjust-to-utc":true)");
    case TypeKind::kUuid:
      return FixedJson("uuid_fixed" + unique, kUuidBytes, R"(,"logicalType":"uuid")");
    case TypeKind::kFixed:
      return FixedJson("fixed_" + std::to_string(type.length) + unique, type.length);
    case TypeKind::kDecimal: {
      const std::string precision = std::to_string(type.precision);
      const std::string scale = std::to_string(type.scale);
      return FixedJson(
          "decimal_" + precision + "_" + scale + unique, DecimalBytes(type.precision),
          R"(,"logicalType":"decimal","precision":)" + precision + R"(,"scale":)" + scale);
    }
    default:
      return "\"bytes\"";
  }
}

arrow::Status PutAvroValue(const Type& type, const LiteralValue& value, AvroEncoder* out) {
  switch (type.kind) {
    case TypeKind::kBoolean:
      return PutAs<bool>(type, value, [out](bool v) { out->PutBoolean(v); });
    case TypeKind::kInt:
    case TypeKind::kDate:
      return PutAs<int32_t>(type, value, [out](int32_t v) { out->PutLong(v); });
    case TypeKind::kFloat:
      return PutAs<float>(type, value, [out](float v) { out->PutFloat(v); });
    case TypeKind::kDouble:
      return PutAs<double>(type, value, [out](double v) { out->PutDouble(v); });
    case TypeKind::kString:
    case TypeKind::kBinary:
      return PutAs<std::string>(type, value, [out](const std::string& v) { out->PutBytes(v); });
    case TypeKind::kDecimal:
      return PutDecimal(type, value, out);
    case TypeKind::kUuid:
      return PutFixedBytes(type, value, kUuidBytes, out);
    case TypeKind::kFixed:
      return PutFixedBytes(type, value, type.length, out);
    default:
      return PutAs<int64_t>(type, value, [out](int64_t v) { out->PutLong(v); });
  }
}

int32_t DecimalBytes(int32_t precision) {
  // The greatest number of digits that n bytes with a sign hold.
  constexpr int32_t kDigits[] = {0, 2, 4, 6, 9, 11, 14, 16, 18, 21, 23, 26, 28, 31, 33, 35, 38};
  int32_t bytes = 1;
  while (bytes < 16 && kDigits[bytes] < precision) ++bytes;
  return bytes;
}

}  // namespace artemis

// Literals to and from Arrow.
#include "artemis/read/constant_array.h"

#include <arrow/scalar.h>

#include "artemis/schema/arrow_schema.h"

namespace artemis {

namespace {

arrow::Result<std::shared_ptr<arrow::Scalar>> ToScalar(const Type& type,
                                                       const LiteralValue& value) {
  const auto arrow_type = ToArrowType(type);
  if (const auto* flag = std::get_if<bool>(&value))
    return std::make_shared<arrow::BooleanScalar>(*flag);
  if (const auto* bytes = std::get_if<std::string>(&value)) {
    auto buffer = arrow::Buffer::FromString(*bytes);
    if (arrow_type->id() == arrow::Type::STRING)
      return std::make_shared<arrow::StringScalar>(buffer);
    if (arrow_type->id() == arrow::Type::BINARY)
      return std::make_shared<arrow::BinaryScalar>(buffer);
    return std::make_shared<arrow::FixedSizeBinaryScalar>(buffer, arrow_type);
  }
  if (const auto* decimal = std::get_if<arrow::Decimal128>(&value)) {
    return std::make_shared<arrow::Decimal128Scalar>(*decimal, arrow_type);
  }
  if (const auto* number = std::get_if<float>(&value))
    return std::make_shared<arrow::FloatScalar>(*number);
  if (const auto* number = std::get_if<double>(&value))
    return std::make_shared<arrow::DoubleScalar>(*number);
  if (const auto* number = std::get_if<int32_t>(&value))
    return arrow::MakeScalar(arrow_type, *number);
  return arrow::MakeScalar(arrow_type, std::get<int64_t>(value));
}

}  // namespace

arrow::Result<std::shared_ptr<arrow::Array>> ConstantArray(const Type& type,
                                                           const LiteralValue& value, int64_t rows,
                                                           arrow::MemoryPool* pool) {
  if (!type.is_primitive())
    return arrow::Status::Invalid("a default of type ", type.ToString(), " is not supported");
  ARROW_ASSIGN_OR_RAISE(const auto scalar, ToScalar(type, value));
  return arrow::MakeArrayFromScalar(*scalar, rows, pool);
}

arrow::Result<LiteralValue> LiteralAt(const Type& type, const arrow::Array& array, int64_t row) {
  switch (array.type_id()) {
    case arrow::Type::BOOL:
      return static_cast<const arrow::BooleanArray&>(array).Value(row);
    case arrow::Type::INT32:
      return static_cast<const arrow::Int32Array&>(array).Value(row);
    case arrow::Type::DATE32:
      return static_cast<const arrow::Date32Array&>(array).Value(row);
    case arrow::Type::INT64:
      return static_cast<const arrow::Int64Array&>(array).Value(row);
    case arrow::Type::TIME64:
      return static_cast<const arrow::Time64Array&>(array).Value(row);
    case arrow::Type::TIMESTAMP:
      return static_cast<const arrow::TimestampArray&>(array).Value(row);
    case arrow::Type::FLOAT:
      return static_cast<const arrow::FloatArray&>(array).Value(row);
    case arrow::Type::DOUBLE:
      return static_cast<const arrow::DoubleArray&>(array).Value(row);
    case arrow::Type::DECIMAL128:
      return arrow::Decimal128(static_cast<const arrow::Decimal128Array&>(array).GetValue(row));
    case arrow::Type::STRING:
    case arrow::Type::BINARY:
      return std::string(static_cast<const arrow::BinaryArray&>(array).GetView(row));
    case arrow::Type::FIXED_SIZE_BINARY:
      return std::string(static_cast<const arrow::FixedSizeBinaryArray&>(array).GetView(row));
    default:
      return arrow::Status::Invalid("no single value of type ", type.ToString());
  }
}

}  // namespace artemis

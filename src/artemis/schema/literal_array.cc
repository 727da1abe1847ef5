// One switch over the Iceberg type each way; values are copied.
#include "artemis/schema/literal_array.h"

#include <arrow/array/builder_base.h>
#include <arrow/array/util.h>
#include <arrow/builder.h>
#include <arrow/scalar.h>

#include "artemis/base/error.h"
#include "artemis/schema/arrow_schema.h"

namespace artemis {
namespace {

arrow::Result<LiteralValue> BytesAt(const arrow::Array& array, int64_t index) {
  switch (array.type_id()) {
    case arrow::Type::STRING:
    case arrow::Type::BINARY:
      return LiteralValue(static_cast<const arrow::BinaryArray&>(array).GetString(index));
    case arrow::Type::LARGE_STRING:
    case arrow::Type::LARGE_BINARY:
      return LiteralValue(static_cast<const arrow::LargeBinaryArray&>(array).GetString(index));
    case arrow::Type::STRING_VIEW:
    case arrow::Type::BINARY_VIEW:
      return LiteralValue(
          std::string(static_cast<const arrow::BinaryViewArray&>(array).GetView(index)));
    default:
      return LiteralValue(
          std::string(static_cast<const arrow::FixedSizeBinaryArray&>(array).GetView(index)));
  }
}

bool IsBytesLike(const Type& type, arrow::Type::type id) {
  if (type.kind == TypeKind::kString) {
    return id == arrow::Type::LARGE_STRING || id == arrow::Type::STRING_VIEW;
  }
  return type.kind == TypeKind::kBinary &&
         (id == arrow::Type::LARGE_BINARY || id == arrow::Type::BINARY_VIEW);
}

template <typename ArrayType, typename T>
LiteralValue NumberAt(const arrow::Array& array, int64_t index) {
  return LiteralValue(T{static_cast<const ArrayType&>(array).Value(index)});
}

arrow::Result<LiteralValue> PresentLiteralAt(const Type& type, const arrow::Array& array,
                                             int64_t index) {
  switch (type.kind) {
    case TypeKind::kBoolean:
      return NumberAt<arrow::BooleanArray, bool>(array, index);
    case TypeKind::kInt:
      return NumberAt<arrow::Int32Array, int32_t>(array, index);
    case TypeKind::kDate:
      return NumberAt<arrow::Date32Array, int32_t>(array, index);
    case TypeKind::kLong:
      return NumberAt<arrow::Int64Array, int64_t>(array, index);
    case TypeKind::kTime:
      return NumberAt<arrow::Time64Array, int64_t>(array, index);
    case TypeKind::kTimestamp:
    case TypeKind::kTimestamptz:
    case TypeKind::kTimestampNs:
    case TypeKind::kTimestamptzNs:
      return NumberAt<arrow::TimestampArray, int64_t>(array, index);
    case TypeKind::kFloat:
      return NumberAt<arrow::FloatArray, float>(array, index);
    case TypeKind::kDouble:
      return NumberAt<arrow::DoubleArray, double>(array, index);
    case TypeKind::kDecimal:
      return LiteralValue(
          arrow::Decimal128(static_cast<const arrow::Decimal128Array&>(array).GetValue(index)));
    default:
      return BytesAt(array, index);
  }
}

template <typename BuilderType, typename T>
arrow::Status AppendTo(arrow::ArrayBuilder* builder, const LiteralValue& value) {
  return static_cast<BuilderType*>(builder)->Append(std::get<T>(value));
}

arrow::Status AppendLiteral(const Type& type, const LiteralValue& value,
                            arrow::ArrayBuilder* builder) {
  switch (type.kind) {
    case TypeKind::kBoolean:
      return AppendTo<arrow::BooleanBuilder, bool>(builder, value);
    case TypeKind::kInt:
      return AppendTo<arrow::Int32Builder, int32_t>(builder, value);
    case TypeKind::kDate:
      return AppendTo<arrow::Date32Builder, int32_t>(builder, value);
    case TypeKind::kLong:
      return AppendTo<arrow::Int64Builder, int64_t>(builder, value);
    case TypeKind::kTime:
      return AppendTo<arrow::Time64Builder, int64_t>(builder, value);
    case TypeKind::kTimestamp:
    case TypeKind::kTimestamptz:
    case TypeKind::kTimestampNs:
    case TypeKind::kTimestamptzNs:
      return AppendTo<arrow::TimestampBuilder, int64_t>(builder, value);
    case TypeKind::kFloat:
      return AppendTo<arrow::FloatBuilder, float>(builder, value);
    case TypeKind::kDouble:
      return AppendTo<arrow::DoubleBuilder, double>(builder, value);
    case TypeKind::kDecimal:
      return AppendTo<arrow::Decimal128Builder, arrow::Decimal128>(builder, value);
    case TypeKind::kString:
      return AppendTo<arrow::StringBuilder, std::string>(builder, value);
    case TypeKind::kBinary:
      return AppendTo<arrow::BinaryBuilder, std::string>(builder, value);
    case TypeKind::kUuid:
    case TypeKind::kFixed:
      return AppendTo<arrow::FixedSizeBinaryBuilder, std::string>(builder, value);
    default:
      return arrow::Status::Invalid("no single values of type ", type.ToString());
  }
}

}  // namespace

arrow::Result<std::optional<LiteralValue>> LiteralAt(const Type& type, const arrow::Array& array,
                                                     int64_t index) {
  if (array.IsNull(index)) return std::nullopt;
  if (array.type_id() == arrow::Type::DICTIONARY) {
    const auto& dictionary = static_cast<const arrow::DictionaryArray&>(array);
    return LiteralAt(type, *dictionary.dictionary(), dictionary.GetValueIndex(index));
  }
  if (!IsBytesLike(type, array.type_id()) && !array.type()->Equals(*ToArrowType(type))) {
    return arrow::Status::Invalid("column of type ", type.ToString(), ": found an array of ",
                                  array.type()->ToString());
  }
  ARROW_ASSIGN_OR_RAISE(LiteralValue value, PresentLiteralAt(type, array, index));
  return std::optional(std::move(value));
}

arrow::Result<std::shared_ptr<arrow::Array>> ArrayOfLiterals(
    const Type& type, const std::vector<std::optional<LiteralValue>>& values,
    arrow::MemoryPool* pool) {
  std::unique_ptr<arrow::ArrayBuilder> builder;
  ARROW_RETURN_NOT_OK(arrow::MakeBuilder(pool, ToArrowType(type), &builder));
  ARROW_RETURN_NOT_OK(builder->Reserve(static_cast<int64_t>(values.size())));
  for (const auto& value : values) {
    ARROW_RETURN_NOT_OK(value ? AppendLiteral(type, *value, builder.get()) : builder->AppendNull());
  }
  return builder->Finish();
}

arrow::Result<std::shared_ptr<arrow::Array>> RepeatLiteral(const Type& type,
                                                           const std::optional<LiteralValue>& value,
                                                           int64_t count, arrow::MemoryPool* pool) {
  if (!value) return arrow::MakeArrayOfNull(ToArrowType(type), count, pool);
  ARROW_ASSIGN_OR_RAISE(const auto single, ArrayOfLiterals(type, {value}, pool));
  ARROW_ASSIGN_OR_RAISE(const auto scalar, single->GetScalar(0));
  return arrow::MakeArrayFromScalar(*scalar, count, pool);
}

}  // namespace artemis

// Arrow arrays made of literal values.
#include "artemis/expr/arrow_values.h"

#include <arrow/array/builder_binary.h>
#include <arrow/array/builder_decimal.h>
#include <arrow/array/builder_primitive.h>
#include <arrow/array/util.h>
#include <arrow/builder.h>

#include "artemis/schema/arrow_schema.h"

namespace artemis {
namespace {

arrow::Status AppendValue(arrow::ArrayBuilder& builder, const LiteralValue& value) {
  const auto append = [&]<typename Builder>(const auto& held) {
    return static_cast<Builder&>(builder).Append(held);
  };
  switch (builder.type()->id()) {
    case arrow::Type::BOOL:
      return append.operator()<arrow::BooleanBuilder>(std::get<bool>(value));
    case arrow::Type::INT32:
      return append.operator()<arrow::Int32Builder>(std::get<int32_t>(value));
    case arrow::Type::DATE32:
      return append.operator()<arrow::Date32Builder>(std::get<int32_t>(value));
    case arrow::Type::INT64:
      return append.operator()<arrow::Int64Builder>(std::get<int64_t>(value));
    case arrow::Type::TIME64:
      return append.operator()<arrow::Time64Builder>(std::get<int64_t>(value));
    case arrow::Type::TIMESTAMP:
      return append.operator()<arrow::TimestampBuilder>(std::get<int64_t>(value));
    case arrow::Type::FLOAT:
      return append.operator()<arrow::FloatBuilder>(std::get<float>(value));
    case arrow::Type::DOUBLE:
      return append.operator()<arrow::DoubleBuilder>(std::get<double>(value));
    case arrow::Type::DECIMAL128:
      return append.operator()<arrow::Decimal128Builder>(std::get<arrow::Decimal128>(value));
    case arrow::Type::FIXED_SIZE_BINARY:
      return append.operator()<arrow::FixedSizeBinaryBuilder>(std::get<std::string>(value));
    case arrow::Type::STRING:
    case arrow::Type::BINARY:
      return append.operator()<arrow::BinaryBuilder>(std::get<std::string>(value));
    case arrow::Type::LARGE_STRING:
    case arrow::Type::LARGE_BINARY:
      return append.operator()<arrow::LargeBinaryBuilder>(std::get<std::string>(value));
    default:
      return arrow::Status::NotImplemented(builder.type()->ToString());
  }
}

arrow::Result<std::shared_ptr<arrow::Array>> MakeOfType(
    const std::shared_ptr<arrow::DataType>& type, const NullableValues& values) {
  std::unique_ptr<arrow::ArrayBuilder> builder;
  ARROW_RETURN_NOT_OK(arrow::MakeBuilder(arrow::default_memory_pool(), type, &builder));
  for (const auto& value : values) {
    ARROW_RETURN_NOT_OK(value ? AppendValue(*builder, *value) : builder->AppendNull());
  }
  return builder->Finish();
}

std::shared_ptr<arrow::DataType> LargeType(std::shared_ptr<arrow::DataType> type) {
  if (type->id() == arrow::Type::STRING) return arrow::large_utf8();
  if (type->id() == arrow::Type::BINARY) return arrow::large_binary();
  return type;
}

template <typename IndexBuilder>
arrow::Result<std::shared_ptr<arrow::Array>> MakeDictionary(
    const std::shared_ptr<arrow::DataType>& type, const NullableValues& values, bool null_entry) {
  NullableValues entries;
  IndexBuilder indices;
  for (const auto& value : values) {
    if (!value && !null_entry) {
      ARROW_RETURN_NOT_OK(indices.AppendNull());
      continue;
    }
    const auto found = std::find(entries.begin(), entries.end(), value);
    ARROW_RETURN_NOT_OK(
        indices.Append(static_cast<typename IndexBuilder::value_type>(found - entries.begin())));
    if (found == entries.end()) entries.push_back(value);
  }
  ARROW_ASSIGN_OR_RAISE(auto dictionary, MakeOfType(type, entries));
  ARROW_ASSIGN_OR_RAISE(auto index_array, indices.Finish());
  return arrow::DictionaryArray::FromArrays(index_array, dictionary);
}

}  // namespace

arrow::Result<std::shared_ptr<arrow::Array>> MakeValueArray(const Type& type,
                                                            const NullableValues& values,
                                                            ArrayForm form) {
  const auto arrow_type = ToArrowType(type);
  switch (form) {
    case ArrayForm::kPlain:
      return MakeOfType(arrow_type, values);
    case ArrayForm::kLarge:
      return MakeOfType(LargeType(arrow_type), values);
    case ArrayForm::kDictionary:
      return MakeDictionary<arrow::Int32Builder>(arrow_type, values, /*null_entry=*/false);
    case ArrayForm::kDictionaryNull:
      return MakeDictionary<arrow::Int8Builder>(arrow_type, values, /*null_entry=*/true);
    case ArrayForm::kSliced:
      break;
  }
  NullableValues longer(values.begin(),
                        values.begin() + std::min<ptrdiff_t>(3, std::ssize(values)));
  longer.resize(3);
  longer.insert(longer.end(), values.begin(), values.end());
  longer.emplace_back();
  ARROW_ASSIGN_OR_RAISE(auto array, MakeOfType(arrow_type, longer));
  return array->Slice(3, std::ssize(values));
}

}  // namespace artemis

// Fixed-width sources are transformed buffer to buffer and share the source's validity; the slots
// of nulls hold whatever the function makes of them.
#include "artemis/schema/transform_array.h"

#include <arrow/array/array_base.h>
#include <arrow/array/builder_binary.h>
#include <arrow/array/builder_primitive.h>
#include <arrow/array/util.h>
#include <arrow/buffer.h>
#include <arrow/util/bitmap_ops.h>

#include "artemis/schema/arrow_schema.h"
#include "artemis/schema/bucket_hash.h"
#include "artemis/schema/literal_array.h"
#include "artemis/schema/time_unit.h"
#include "artemis/schema/truncate.h"

namespace artemis {
namespace {

using ArrayResult = arrow::Result<std::shared_ptr<arrow::Array>>;

template <typename From, typename To, typename Function>
ArrayResult MapBuffer(const arrow::Array& array, const std::shared_ptr<arrow::DataType>& type,
                      arrow::MemoryPool* pool, const Function& function) {
  const int64_t length = array.length();
  ARROW_ASSIGN_OR_RAISE(std::shared_ptr<arrow::Buffer> out,
                        arrow::AllocateBuffer(length * static_cast<int64_t>(sizeof(To)), pool));
  const From* from = array.data()->GetValues<From>(1);
  To* to = out->mutable_data_as<To>();
  for (int64_t i = 0; i < length; ++i) to[i] = function(from[i]);
  std::shared_ptr<arrow::Buffer> validity;
  if (array.null_count() > 0) {
    ARROW_ASSIGN_OR_RAISE(validity, arrow::internal::CopyBitmap(pool, array.null_bitmap_data(),
                                                                array.offset(), length));
  }
  return arrow::MakeArray(arrow::ArrayData::Make(
      type, length, {std::move(validity), std::move(out)}, array.null_count()));
}

struct TransformCall {
  const Transform& transform;
  const Type& source;
  std::shared_ptr<arrow::DataType> result;
  arrow::MemoryPool* pool;
};

ArrayResult TransformInt32(const TransformCall& call, const arrow::Array& array) {
  const int32_t parameter = call.transform.parameter;
  const auto map = [&](const auto& function) {
    return MapBuffer<int32_t, int32_t>(array, call.result, call.pool, function);
  };
  switch (call.transform.kind) {
    case TransformKind::kBucket:
      return map([parameter](int32_t v) { return BucketOf(HashLong(v), parameter); });
    case TransformKind::kTruncate:
      return map([parameter](int32_t v) { return TruncateInt(v, parameter); });
    default:
      return map([unit = call.transform.kind](int32_t v) { return DateUnit(unit, v); });
  }
}

ArrayResult TransformInt64(const TransformCall& call, const arrow::Array& array) {
  const int32_t parameter = call.transform.parameter;
  const TypeKind kind = call.source.kind;
  const auto map = [&](const auto& function) {
    return MapBuffer<int64_t, int32_t>(array, call.result, call.pool, function);
  };
  switch (call.transform.kind) {
    case TransformKind::kBucket: {
      const bool nanos = kind == TypeKind::kTimestampNs || kind == TypeKind::kTimestamptzNs;
      const int64_t divisor = nanos ? 1'000 : 1;
      return map([parameter, divisor](int64_t v) {
        return BucketOf(HashLong(FloorDiv(v, divisor)), parameter);
      });
    }
    case TransformKind::kTruncate:
      return MapBuffer<int64_t, int64_t>(array, call.result, call.pool, [parameter](int64_t v) {
        return TruncateLong(v, parameter);
      });
    case TransformKind::kDay:
      return map([kind](int64_t v) { return TimestampDay(kind, v); });
    case TransformKind::kHour:
      return map([kind](int64_t v) { return TimestampHour(kind, v); });
    default:
      return map(
          [unit = call.transform.kind, kind](int64_t v) { return TimestampUnit(unit, kind, v); });
  }
}

template <typename ArrayType>
ArrayResult BucketViews(const TransformCall& call, const ArrayType& array) {
  arrow::Int32Builder builder(call.pool);
  ARROW_RETURN_NOT_OK(builder.Reserve(array.length()));
  for (int64_t i = 0; i < array.length(); ++i) {
    if (array.IsNull(i)) {
      builder.UnsafeAppendNull();
    } else {
      builder.UnsafeAppend(BucketOf(Murmur3(array.GetView(i)), call.transform.parameter));
    }
  }
  return builder.Finish();
}

template <typename Builder, typename ArrayType>
ArrayResult TruncateViews(const TransformCall& call, const ArrayType& array) {
  const bool text = call.source.kind == TypeKind::kString;
  Builder builder(call.pool);
  ARROW_RETURN_NOT_OK(builder.Reserve(array.length()));
  for (int64_t i = 0; i < array.length(); ++i) {
    if (array.IsNull(i)) {
      builder.UnsafeAppendNull();
      continue;
    }
    const std::string_view value = array.GetView(i);
    const size_t length = text ? CodePointPrefix(value, call.transform.parameter)
                               : static_cast<size_t>(call.transform.parameter);
    ARROW_RETURN_NOT_OK(builder.Append(value.substr(0, length)));
  }
  return builder.Finish();
}

template <typename ArrayType>
ArrayResult TransformViews(const TransformCall& call, const arrow::Array& array) {
  const auto& typed = static_cast<const ArrayType&>(array);
  if (call.transform.kind == TransformKind::kBucket) return BucketViews(call, typed);
  if (call.source.kind == TypeKind::kString) {
    return TruncateViews<arrow::StringBuilder>(call, typed);
  }
  return TruncateViews<arrow::BinaryBuilder>(call, typed);
}

ArrayResult TransformEach(const TransformCall& call, const Type& result_type,
                          const arrow::Array& array) {
  std::vector<std::optional<LiteralValue>> values(static_cast<size_t>(array.length()));
  for (int64_t i = 0; i < array.length(); ++i) {
    ARROW_ASSIGN_OR_RAISE(const auto value, LiteralAt(call.source, array, i));
    if (value) values[static_cast<size_t>(i)] = ApplyTransform(call.transform, call.source, *value);
  }
  return ArrayOfLiterals(result_type, values, call.pool);
}

arrow::Status CheckArrayType(const Type& source, const arrow::Array& array) {
  const arrow::DataType* type = array.type().get();
  if (type->id() == arrow::Type::DICTIONARY) {
    type = static_cast<const arrow::DictionaryType*>(type)->value_type().get();
  }
  const bool text =
      type->id() == arrow::Type::LARGE_STRING || type->id() == arrow::Type::STRING_VIEW;
  const bool binary =
      type->id() == arrow::Type::LARGE_BINARY || type->id() == arrow::Type::BINARY_VIEW;
  if ((text && source.kind == TypeKind::kString) || (binary && source.kind == TypeKind::kBinary) ||
      type->Equals(*ToArrowType(source))) {
    return arrow::Status::OK();
  }
  return arrow::Status::Invalid("column of type ", source.ToString(), ": found an array of ",
                                array.type()->ToString());
}

}  // namespace

ArrayResult ApplyTransformToArray(const Transform& transform, const Type& source,
                                  const arrow::Array& array, arrow::MemoryPool* pool) {
  ARROW_ASSIGN_OR_RAISE(const Type result_type, TransformResultType(transform, source));
  if (transform.kind == TransformKind::kUnknown) {
    return arrow::Status::NotImplemented("transform ", transform.ToString());
  }
  if (transform.kind == TransformKind::kIdentity) return arrow::MakeArray(array.data());
  ARROW_RETURN_NOT_OK(CheckArrayType(source, array));
  const TransformCall call{transform, source, ToArrowType(result_type), pool};
  if (transform.kind == TransformKind::kVoid) {
    return arrow::MakeArrayOfNull(call.result, array.length(), pool);
  }
  switch (array.type_id()) {
    case arrow::Type::INT32:
    case arrow::Type::DATE32:
      return TransformInt32(call, array);
    case arrow::Type::INT64:
    case arrow::Type::TIME64:
    case arrow::Type::TIMESTAMP:
      return TransformInt64(call, array);
    case arrow::Type::STRING:
    case arrow::Type::BINARY:
      return TransformViews<arrow::BinaryArray>(call, array);
    case arrow::Type::LARGE_STRING:
    case arrow::Type::LARGE_BINARY:
      return TransformViews<arrow::LargeBinaryArray>(call, array);
    case arrow::Type::STRING_VIEW:
    case arrow::Type::BINARY_VIEW:
      return TransformViews<arrow::BinaryViewArray>(call, array);
    default:
      return TransformEach(call, result_type, array);
  }
}

}  // namespace artemis

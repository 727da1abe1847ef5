// Conversions by type. A value that does not fit is found by its index; each level above turns that into its own index, so that
// the message can name the row.
#include "artemis/layout/conform_array.h"

#include <algorithm>
#include <limits>
#include <optional>

#include <arrow/array.h>
#include <arrow/array/util.h>
#include <arrow/compute/cast.h>
#include <arrow/type.h>
#include <arrow/type_traits.h>
#include <arrow/util/bitmap_ops.h>

#include "artemis/base/near_match.h"
#include "artemis/layout/storage_array.h"
#include "artemis/schema/arrow_schema.h"
#include "artemis/schema/literal.h"
#include "artemis/schema/literal_array.h"

namespace artemis {
namespace {

using ArrayPtr = std::shared_ptr<arrow::Array>;

// Where and why a value was refused; the index is that of the array last handed out.
struct RefusedValue {
  int64_t index = 0;
  std::string column;
  std::string reason;
};

class Conversion {
 public:
  explicit Conversion(const ConformContext& context) : context_(context) {}

  // Converts all of `array`; `valid` says which of its positions exist (null: all), for the check of required fields.
  arrow::Result<ArrayPtr> Convert(const Field& field, const std::string& name, ArrayPtr array,
                                  const arrow::Array* parent);

  const std::optional<RefusedValue>& refused() const { return refused_; }

 private:
  arrow::Result<ArrayPtr> ConvertType(const Type& to, const std::string& name,
                                      const ArrayPtr& array);
  arrow::Result<ArrayPtr> ConvertLong(const std::string& name, const ArrayPtr& array);
  arrow::Result<ArrayPtr> ConvertTimestamp(const Type& to, const std::string& name,
                                           const ArrayPtr& array);
  arrow::Result<ArrayPtr> ConvertTime(const std::string& name, const ArrayPtr& array);
  arrow::Result<ArrayPtr> ConvertStruct(const Type& to, const std::string& name,
                                        const ArrayPtr& array);
  arrow::Result<ArrayPtr> ConvertList(const Type& to, const std::string& name,
                                      const ArrayPtr& array);
  arrow::Result<ArrayPtr> ConvertMap(const Type& to, const std::string& name,
                                     const ArrayPtr& array);
  arrow::Result<ArrayPtr> NanosToMicros(const Type& nanos, const std::string& name,
                                        const ArrayPtr& array,
                                        const std::shared_ptr<arrow::DataType>& to);
  arrow::Result<ArrayPtr> Cast(const std::string& name, const ArrayPtr& array,
                               const std::shared_ptr<arrow::DataType>& to);
  arrow::Status Refuse(int64_t index, const std::string& name, std::string reason);
  arrow::Status CheckStructFields(const Type& to, const std::string& name,
                                  const arrow::StructType& from) const;

  const ConformContext& context_;
  std::optional<RefusedValue> refused_;
};

arrow::Status Misfit(const std::string& name, const Type& to, const arrow::DataType& from) {
  return arrow::Status::Invalid("column '", name, "': the table has ", to.ToString(),
                                ", the rows have ", from.ToString(), ", which does not fit");
}

arrow::Status Conversion::Refuse(int64_t index, const std::string& name, std::string reason) {
  refused_ = RefusedValue{index, name, std::move(reason)};
  return arrow::Status::Invalid("column '", name, "': ", refused_->reason);
}

arrow::Result<ArrayPtr> Conversion::Cast(const std::string& name, const ArrayPtr& array,
                                         const std::shared_ptr<arrow::DataType>& to) {
  if (array->type()->Equals(*to)) return array;
  arrow::compute::ExecContext context(context_.pool);
  auto cast = arrow::compute::Cast(*array, to, arrow::compute::CastOptions::Safe(), &context);
  if (cast.ok()) return cast;
  return cast.status().WithMessage("column '", name, "': ", cast.status().message());
}

constexpr int64_t kMicrosOfADay = int64_t{86'400} * 1'000'000;

// The first index that is valid and satisfies `bad`.
template <typename T, typename Bad>
std::optional<int64_t> FindValid(const arrow::Array& array, Bad&& bad) {
  const T* values = array.data()->GetValues<T>(1);
  for (int64_t i = 0; i < array.length(); ++i) {
    if (bad(values[i]) && array.IsValid(i)) return i;
  }
  return std::nullopt;
}

// The validity bitmap from bit 0 on; null when there are no nulls.
arrow::Result<std::shared_ptr<arrow::Buffer>> CopyValidity(const arrow::Array& array,
                                                           arrow::MemoryPool* pool) {
  if (array.null_count() == 0) return nullptr;
  return arrow::internal::CopyBitmap(pool, array.null_bitmap_data(), array.offset(),
                                     array.length());
}

arrow::Result<ArrayPtr> Conversion::ConvertLong(const std::string& name, const ArrayPtr& array) {
  if (array->type_id() != arrow::Type::UINT64) return Cast(name, array, arrow::int64());
  constexpr auto kLongMax = static_cast<uint64_t>(std::numeric_limits<int64_t>::max());
  const auto over = FindValid<uint64_t>(*array, [](uint64_t v) { return v > kLongMax; });
  if (!over) return array->View(arrow::int64());
  const uint64_t value = static_cast<const arrow::UInt64Array&>(*array).Value(*over);
  return Refuse(*over, name,
                std::to_string(value) + " is over 9223372036854775807, the largest long");
}

arrow::Result<ArrayPtr> Conversion::NanosToMicros(const Type& nanos, const std::string& name,
                                                  const ArrayPtr& array,
                                                  const std::shared_ptr<arrow::DataType>& to) {
  const int64_t length = array->length();
  ARROW_ASSIGN_OR_RAISE(std::shared_ptr<arrow::Buffer> buffer,
                        arrow::AllocateBuffer(length * int64_t{8}, context_.pool));
  const int64_t* in = array->data()->GetValues<int64_t>(1);
  auto* out = reinterpret_cast<int64_t*>(buffer->mutable_data());
  int64_t remainders = 0;
  for (int64_t i = 0; i < length; ++i) {
    const int64_t remainder = in[i] % 1000;
    out[i] = in[i] / 1000 - (remainder < 0);
    remainders |= remainder;
  }
  if (remainders != 0 && !context_.truncate_timestamps) {
    const auto bad = FindValid<int64_t>(*array, [](int64_t v) { return v % 1000 != 0; });
    if (bad) {
      return Refuse(*bad, name,
                    FormatLiteral(nanos, LiteralValue(in[*bad])) +
                        " is not whole microseconds; make the table with --timestamps nanos, or "
                        "pass --truncate-timestamps to cut the rest off");
    }
  }
  ARROW_ASSIGN_OR_RAISE(auto validity, CopyValidity(*array, context_.pool));
  std::vector<std::shared_ptr<arrow::Buffer>> buffers{std::move(validity), std::move(buffer)};
  return arrow::MakeArray(
      arrow::ArrayData::Make(to, length, std::move(buffers), array->null_count()));
}

arrow::Result<ArrayPtr> Conversion::ConvertTime(const std::string& name, const ArrayPtr& array) {
  const auto& time = static_cast<const arrow::TimeType&>(*array->type());
  const auto micros = arrow::time64(arrow::TimeUnit::MICRO);
  auto converted = time.unit() == arrow::TimeUnit::NANO
                       ? NanosToMicros(Type::Of(TypeKind::kLong), name, array, micros)
                       : Cast(name, array, micros);
  ARROW_RETURN_NOT_OK(converted.status());
  const auto over =
      FindValid<int64_t>(**converted, [](int64_t v) { return v < 0 || v >= kMicrosOfADay; });
  if (over) return Refuse(*over, name, "a time of day is from 00:00:00 to 23:59:59.999999");
  return converted;
}

arrow::Result<ArrayPtr> Conversion::ConvertTimestamp(const Type& to, const std::string& name,
                                                     const ArrayPtr& array) {
  const auto& from = static_cast<const arrow::TimestampType&>(*array->type());
  const bool zoned = to.kind == TypeKind::kTimestamptz || to.kind == TypeKind::kTimestamptzNs;
  if (zoned == from.timezone().empty()) return Misfit(name, to, from);
  const auto target = ToArrowType(to);
  const auto unit = static_cast<const arrow::TimestampType&>(*target).unit();
  if (from.unit() == arrow::TimeUnit::NANO && unit == arrow::TimeUnit::MICRO) {
    const auto kind = zoned ? TypeKind::kTimestamptzNs : TypeKind::kTimestampNs;
    return NanosToMicros(Type::Of(kind), name, array, target);
  }
  if (from.unit() == unit) return array->View(target);
  const int64_t factor = (unit == arrow::TimeUnit::NANO ? 1'000'000'000 : 1'000'000) /
                         (from.unit() == arrow::TimeUnit::SECOND  ? 1
                          : from.unit() == arrow::TimeUnit::MILLI ? 1'000
                                                                  : 1'000'000);
  const int64_t largest = std::numeric_limits<int64_t>::max() / factor;
  const auto over =
      FindValid<int64_t>(*array, [&](int64_t v) { return v > largest || v < -largest; });
  if (over) return Refuse(*over, name, "the time is out of the range of " + to.ToString());
  return Cast(name, array, target);
}

bool IntegerFits(arrow::Type::type from, TypeKind to) {
  switch (from) {
    case arrow::Type::INT8:
    case arrow::Type::INT16:
    case arrow::Type::INT32:
    case arrow::Type::UINT8:
    case arrow::Type::UINT16:
      return true;
    default:
      return to == TypeKind::kLong && arrow::is_integer(from);
  }
}

bool DecimalFits(const arrow::DataType& from, const Type& to) {
  if (!arrow::is_decimal(from.id())) return false;
  const auto& decimal = static_cast<const arrow::DecimalType&>(from);
  return decimal.scale() == to.scale && decimal.precision() <= to.precision;
}

// Whether an array of `from` (no dictionary, no extension) can become `to`; nested types are judged level by level.
bool Fits(const arrow::DataType& from, const Type& to) {
  const arrow::Type::type id = from.id();
  switch (to.kind) {
    case TypeKind::kBoolean:
      return id == arrow::Type::BOOL;
    case TypeKind::kInt:
    case TypeKind::kLong:
      return IntegerFits(id, to.kind);
    case TypeKind::kFloat:
      return id == arrow::Type::FLOAT;
    case TypeKind::kDouble:
      return id == arrow::Type::FLOAT || id == arrow::Type::DOUBLE;
    case TypeKind::kDecimal:
      return DecimalFits(from, to);
    case TypeKind::kDate:
      return arrow::is_date(id);
    case TypeKind::kTime:
      return arrow::is_time(id);
    case TypeKind::kTimestamp:
    case TypeKind::kTimestamptz:
    case TypeKind::kTimestampNs:
    case TypeKind::kTimestamptzNs:
      return id == arrow::Type::TIMESTAMP;
    case TypeKind::kString:
      return arrow::is_string(id) || id == arrow::Type::STRING_VIEW;
    case TypeKind::kBinary:
      return id == arrow::Type::BINARY || id == arrow::Type::LARGE_BINARY ||
             id == arrow::Type::BINARY_VIEW;
    case TypeKind::kUuid:
    case TypeKind::kFixed:
      return id == arrow::Type::FIXED_SIZE_BINARY &&
             static_cast<const arrow::FixedSizeBinaryType&>(from).byte_width() ==
                 (to.kind == TypeKind::kUuid ? 16 : to.length);
    case TypeKind::kUnknown:
    case TypeKind::kUnsupported:
      return false;
    case TypeKind::kStruct:
      return id == arrow::Type::STRUCT;
    case TypeKind::kList:
      return arrow::is_list_like(id) || arrow::is_list_view(id);
    case TypeKind::kMap:
      return id == arrow::Type::MAP;
  }
  return false;
}

arrow::Status Conversion::CheckStructFields(const Type& to, const std::string& name,
                                            const arrow::StructType& from) const {
  std::vector<std::string> names;
  for (const Field& field : to.fields) names.push_back(field.name);
  for (const auto& field : from.fields()) {
    if (std::find(names.begin(), names.end(), field->name()) == names.end()) {
      return arrow::Status::Invalid("column '", name, ".", field->name(),
                                    "' of the rows is not in the table",
                                    DidYouMean(field->name(), names));
    }
    if (from.GetAllFieldIndices(field->name()).size() > 1) {
      return arrow::Status::Invalid("the rows have more than one column '", name, ".",
                                    field->name(), "'");
    }
  }
  return arrow::Status::OK();
}

arrow::Result<ArrayPtr> Conversion::ConvertStruct(const Type& to, const std::string& name,
                                                  const ArrayPtr& array) {
  const auto& structs = static_cast<const arrow::StructArray&>(*array);
  ARROW_RETURN_NOT_OK(CheckStructFields(to, name, *structs.struct_type()));
  std::vector<ArrayPtr> children;
  std::vector<std::shared_ptr<arrow::Field>> fields;
  for (const Field& field : to.fields) {
    const std::string child_name = name + "." + field.name;
    const int source = structs.struct_type()->GetFieldIndex(field.name);
    ArrayPtr child;
    if (source >= 0) {
      // Null where the struct is, so that what lies under a null struct is not looked at further down.
      ARROW_ASSIGN_OR_RAISE(child, structs.GetFlattenedField(source, context_.pool));
      ARROW_ASSIGN_OR_RAISE(child, Convert(field, child_name, child, &structs));
    } else if (field.required && !field.write_default) {
      return arrow::Status::Invalid("the rows do not have column '", child_name,
                                    "', which the table requires");
    } else {
      ARROW_ASSIGN_OR_RAISE(child, FilledColumn(context_, field, array->length()));
    }
    children.push_back(std::move(child));
    fields.push_back(ToArrowField(field));
  }
  ARROW_ASSIGN_OR_RAISE(const auto validity, CopyValidity(*array, context_.pool));
  return std::make_shared<arrow::StructArray>(ToArrowType(to), array->length(), children, validity);
}

// A list or map laid out afresh: offsets from 0, no values under nulls.
struct FlatLists {
  std::shared_ptr<arrow::Buffer> offsets;
  std::shared_ptr<arrow::Buffer> validity;
  ArrayPtr values;
};

arrow::Result<FlatLists> Flatten(const arrow::ListArray& lists, arrow::MemoryPool* pool) {
  FlatLists flat;
  ARROW_ASSIGN_OR_RAISE(flat.offsets,
                        arrow::AllocateBuffer((lists.length() + 1) * int64_t{4}, pool));
  auto* offsets = reinterpret_cast<int32_t*>(flat.offsets->mutable_data());
  offsets[0] = 0;
  for (int64_t i = 0; i < lists.length(); ++i) {
    offsets[i + 1] = offsets[i] + (lists.IsValid(i) ? lists.value_length(i) : 0);
  }
  ARROW_ASSIGN_OR_RAISE(flat.validity, CopyValidity(lists, pool));
  ARROW_ASSIGN_OR_RAISE(flat.values, lists.Flatten(pool));
  return flat;
}

// Turns the index of a refused element into that of its list.
void RefuseList(const FlatLists& flat, int64_t lists, std::optional<RefusedValue>* refused) {
  if (!*refused) return;
  const auto* offsets = reinterpret_cast<const int32_t*>(flat.offsets->data());
  const auto* after = std::upper_bound(offsets, offsets + lists + 1, (*refused)->index);
  (*refused)->index = after - offsets - 1;
}

arrow::Result<ArrayPtr> Conversion::ConvertList(const Type& to, const std::string& name,
                                                const ArrayPtr& array) {
  const auto& element_type = array->type()->field(0)->type();
  ARROW_ASSIGN_OR_RAISE(const ArrayPtr plain, Cast(name, array, arrow::list(element_type)));
  const auto& lists = static_cast<const arrow::ListArray&>(*plain);
  ARROW_ASSIGN_OR_RAISE(FlatLists flat, Flatten(lists, context_.pool));
  auto element = Convert(to.fields[0], name + ".element", flat.values, nullptr);
  if (!element.ok()) {
    RefuseList(flat, lists.length(), &refused_);
    return element.status();
  }
  return std::make_shared<arrow::ListArray>(ToArrowType(to), lists.length(), flat.offsets, *element,
                                            flat.validity);
}

arrow::Result<ArrayPtr> Conversion::ConvertMap(const Type& to, const std::string& name,
                                               const ArrayPtr& array) {
  const auto& maps = static_cast<const arrow::MapArray&>(*array);
  ARROW_ASSIGN_OR_RAISE(FlatLists flat, Flatten(maps, context_.pool));
  const auto& entries = static_cast<const arrow::StructArray&>(*flat.values);
  auto key = Convert(to.fields[0], name + ".key", entries.field(0), nullptr);
  if (!key.ok()) {
    RefuseList(flat, maps.length(), &refused_);
    return key.status();
  }
  auto value = Convert(to.fields[1], name + ".value", entries.field(1), nullptr);
  if (!value.ok()) {
    RefuseList(flat, maps.length(), &refused_);
    return value.status();
  }
  const auto type = ToArrowType(to);
  return std::make_shared<arrow::MapArray>(type, maps.length(), flat.offsets, *key, *value,
                                           flat.validity);
}

arrow::Result<ArrayPtr> Conversion::ConvertType(const Type& to, const std::string& name,
                                                const ArrayPtr& array) {
  if (!Fits(*array->type(), to)) return Misfit(name, to, *array->type());
  switch (to.kind) {
    case TypeKind::kLong:
      return ConvertLong(name, array);
    case TypeKind::kTime:
      return ConvertTime(name, array);
    case TypeKind::kTimestamp:
    case TypeKind::kTimestamptz:
    case TypeKind::kTimestampNs:
    case TypeKind::kTimestamptzNs:
      return ConvertTimestamp(to, name, array);
    case TypeKind::kStruct:
      return ConvertStruct(to, name, array);
    case TypeKind::kList:
      return ConvertList(to, name, array);
    case TypeKind::kMap:
      return ConvertMap(to, name, array);
    default:
      return Cast(name, array, ToArrowType(to));
  }
}

// The first null of `array` where `parent` (when there is one) is not null itself.
std::optional<int64_t> FirstMissing(const arrow::Array& array, const arrow::Array* parent) {
  if (array.null_count() == 0) return std::nullopt;
  for (int64_t i = 0; i < array.length(); ++i) {
    if (array.IsNull(i) && (parent == nullptr || parent->IsValid(i))) return i;
  }
  return std::nullopt;
}

arrow::Result<ArrayPtr> Conversion::Convert(const Field& field, const std::string& name,
                                            ArrayPtr array, const arrow::Array* parent) {
  if (array->type_id() == arrow::Type::DICTIONARY) {
    const auto& dictionary = static_cast<const arrow::DictionaryType&>(*array->type());
    ARROW_ASSIGN_OR_RAISE(array, Cast(name, array, dictionary.value_type()));
  }
  if (field.required) {
    if (const auto missing = FirstMissing(*array, parent)) {
      return Refuse(*missing, name, "a null, which the table does not allow in this column");
    }
  }
  if (array->type_id() == arrow::Type::NA) {
    return arrow::MakeArrayOfNull(ToArrowType(field.type), array->length(), context_.pool);
  }
  return ConvertType(field.type, name, array);
}

std::shared_ptr<arrow::ArrayData> WithoutHiddenNulls(const Type& type,
                                                     const std::shared_ptr<arrow::ArrayData>& data);

std::shared_ptr<arrow::ArrayData> ChildWithoutHiddenNulls(
    const Field& field, const std::shared_ptr<arrow::ArrayData>& data) {
  auto child = WithoutHiddenNulls(field.type, data);
  if (!field.required || child->buffers[0] == nullptr) return child;
  if (child == data) child = data->Copy();
  child->buffers[0] = nullptr;
  child->null_count = 0;
  return child;
}

// Arrow's Parquet writer takes no null in a required field, not even where the struct around it is null: there any value will do.
// Requires that the other nulls of required fields have been refused.
std::shared_ptr<arrow::ArrayData> WithoutHiddenNulls(
    const Type& type, const std::shared_ptr<arrow::ArrayData>& data) {
  if (type.is_primitive()) return data;
  auto copy = data->Copy();
  auto* parent = copy.get();
  if (type.kind == TypeKind::kMap) {
    copy->child_data[0] = copy->child_data[0]->Copy();
    parent = copy->child_data[0].get();
  }
  for (size_t i = 0; i < parent->child_data.size(); ++i) {
    parent->child_data[i] = ChildWithoutHiddenNulls(type.fields[i], parent->child_data[i]);
  }
  return copy;
}

ArrayPtr FitForParquet(const Type& type, const ArrayPtr& array) {
  if (type.is_primitive()) return array;
  return arrow::MakeArray(WithoutHiddenNulls(type, array->data()));
}

}  // namespace

arrow::Result<ArrayPtr> ConformColumn(const ConformContext& context, const Field& field,
                                      ArrayPtr column) {
  Conversion conversion(context);
  ARROW_ASSIGN_OR_RAISE(column, ToStorage(column, context.pool));
  auto converted = conversion.Convert(field, field.name, std::move(column), nullptr);
  const auto& refused = conversion.refused();
  if (converted.ok()) return FitForParquet(field.type, *converted);
  if (!refused) return converted;
  return arrow::Status::Invalid("column '", refused->column, "', row ",
                                context.first_row + refused->index, ": ", refused->reason);
}

arrow::Result<ArrayPtr> FilledColumn(const ConformContext& context, const Field& field,
                                     int64_t rows) {
  if (!field.write_default) {
    ARROW_ASSIGN_OR_RAISE(const auto nulls,
                          arrow::MakeArrayOfNull(ToArrowType(field.type), rows, context.pool));
    return FitForParquet(field.type, nulls);
  }
  return RepeatLiteral(field.type, field.write_default, rows, context.pool);
}

}  // namespace artemis

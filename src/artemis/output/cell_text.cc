// Values as text.
#include "artemis/output/cell_text.h"

#include <charconv>
#include <cmath>
#include <memory>
#include <string_view>

#include <arrow/array.h>
#include <arrow/extension_type.h>
#include <arrow/scalar.h>
#include <arrow/type_traits.h>
#include <arrow/util/checked_cast.h>
#include <arrow/util/float16.h>

#include "artemis/base/iso_time.h"
#include "artemis/base/json_text.h"
#include "artemis/schema/decimal_text.h"

namespace artemis {

namespace {

using arrow::internal::checked_cast;

constexpr int64_t kSecondsPerDay = 86'400;

int64_t UnitsPerSecond(arrow::TimeUnit::type unit) {
  switch (unit) {
    case arrow::TimeUnit::SECOND:
      return 1;
    case arrow::TimeUnit::MILLI:
      return 1'000;
    case arrow::TimeUnit::MICRO:
      return 1'000'000;
    case arrow::TimeUnit::NANO:
      break;
  }
  return 1'000'000'000;
}

int32_t FractionDigits(arrow::TimeUnit::type unit) { return 3 * static_cast<int32_t>(unit); }

int64_t FloorDivide(int64_t a, int64_t b) {
  const int64_t quotient = a / b;
  return a % b < 0 ? quotient - 1 : quotient;
}

void AppendTimeOfDay(int64_t value, arrow::TimeUnit::type unit, std::string* out) {
  const int64_t nanos = value * (1'000'000'000 / UnitsPerSecond(unit));
  *out += FormatIsoTimeOfDay(nanos, FractionDigits(unit));
}

void AppendTimestamp(int64_t value, const arrow::TimestampType& type, std::string* out) {
  const int64_t per_day = kSecondsPerDay * UnitsPerSecond(type.unit());
  const int64_t days = FloorDivide(value, per_day);
  *out += FormatIsoDate(days) + "T";
  AppendTimeOfDay(value - days * per_day, type.unit(), out);
  if (!type.timezone().empty()) *out += 'Z';
}

template <typename Float>
void AppendFloat(Float value, std::string* out) {
  if (std::isnan(value)) {
    *out += "NaN";
  } else if (std::isinf(value)) {
    *out += value < 0 ? "-Infinity" : "Infinity";
  } else {
    char text[32];
    const auto end = std::to_chars(text, text + sizeof(text), value);
    out->append(text, end.ptr);
  }
}

void AppendHex(std::string_view bytes, std::string* out) {
  static constexpr char kDigits[] = "0123456789abcdef";
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    *out += kDigits[byte >> 4];
    *out += kDigits[byte & 15];
  }
}

void AppendUuid(std::string_view bytes, std::string* out) {
  for (size_t i = 0; i < bytes.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) *out += '-';
    AppendHex(bytes.substr(i, 1), out);
  }
}

// Appends what is not nested.
class PlainText {
 public:
  PlainText(int64_t row, std::string* out) : row_(row), out_(*out) {}

  arrow::Status Visit(const arrow::BooleanArray& array) {
    out_ += array.Value(row_) ? "true" : "false";
    return arrow::Status::OK();
  }
  template <typename Type>
    requires(arrow::is_integer_type<Type>::value)
  arrow::Status Visit(const arrow::NumericArray<Type>& array) {
    out_ += std::to_string(array.Value(row_));
    return arrow::Status::OK();
  }
  arrow::Status Visit(const arrow::HalfFloatArray& array) {
    AppendFloat(arrow::util::Float16::FromBits(array.Value(row_)).ToFloat(), &out_);
    return arrow::Status::OK();
  }
  arrow::Status Visit(const arrow::FloatArray& array) {
    AppendFloat(array.Value(row_), &out_);
    return arrow::Status::OK();
  }
  arrow::Status Visit(const arrow::DoubleArray& array) {
    AppendFloat(array.Value(row_), &out_);
    return arrow::Status::OK();
  }
  arrow::Status Visit(const arrow::Date32Array& array) {
    out_ += FormatIsoDate(array.Value(row_));
    return arrow::Status::OK();
  }
  arrow::Status Visit(const arrow::Date64Array& array) {
    out_ += FormatIsoDate(FloorDivide(array.Value(row_), kSecondsPerDay * 1000));
    return arrow::Status::OK();
  }
  arrow::Status Visit(const arrow::Time32Array& array) {
    AppendTimeOfDay(array.Value(row_), checked_cast<const arrow::TimeType&>(*array.type()).unit(),
                    &out_);
    return arrow::Status::OK();
  }
  arrow::Status Visit(const arrow::Time64Array& array) {
    AppendTimeOfDay(array.Value(row_), checked_cast<const arrow::TimeType&>(*array.type()).unit(),
                    &out_);
    return arrow::Status::OK();
  }
  arrow::Status Visit(const arrow::TimestampArray& array) {
    AppendTimestamp(array.Value(row_), checked_cast<const arrow::TimestampType&>(*array.type()),
                    &out_);
    return arrow::Status::OK();
  }
  template <typename Array>
    requires(requires(const Array& a) { a.GetView(0); } &&
             (arrow::is_base_binary_type<typename Array::TypeClass>::value ||
              arrow::is_binary_view_like_type<typename Array::TypeClass>::value))
  arrow::Status Visit(const Array& array) {
    if constexpr (arrow::is_string_type<typename Array::TypeClass>::value ||
                  std::is_same_v<typename Array::TypeClass, arrow::LargeStringType> ||
                  std::is_same_v<typename Array::TypeClass, arrow::StringViewType>) {
      out_ += array.GetView(row_);
    } else {
      AppendHex(array.GetView(row_), &out_);
    }
    return arrow::Status::OK();
  }
  arrow::Status Visit(const arrow::FixedSizeBinaryArray& array) {
    AppendHex(array.GetView(row_), &out_);
    return arrow::Status::OK();
  }
  arrow::Status Visit(const arrow::Decimal32Array& array) {
    return Decimal<arrow::Decimal32>(array);
  }
  arrow::Status Visit(const arrow::Decimal64Array& array) {
    return Decimal<arrow::Decimal64>(array);
  }
  arrow::Status Visit(const arrow::Decimal128Array& array) {
    return Decimal<arrow::Decimal128>(array);
  }
  arrow::Status Visit(const arrow::Decimal256Array& array) {
    return Decimal<arrow::Decimal256>(array);
  }
  arrow::Status Visit(const arrow::Array& array) {
    const auto scalar = array.GetScalar(row_);
    out_ += scalar.ok() ? (*scalar)->ToString() : "?";
    return arrow::Status::OK();
  }

 private:
  // Arrow's own text has an exponent where the number is small.
  template <typename Value, typename Array>
  arrow::Status Decimal(const Array& array) {
    const auto& type = checked_cast<const arrow::DecimalType&>(*array.type());
    out_ += PlaceDecimalPoint(Value(array.GetValue(row_)).ToIntegerString(), type.scale());
    return arrow::Status::OK();
  }

  const int64_t row_;
  std::string& out_;
};

void AppendPlain(const arrow::Array& array, int64_t row, std::string* out) {
  PlainText text(row, out);
  switch (array.type_id()) {
#define ARTEMIS_CELL(TYPE)                                                                         \
  case arrow::TYPE##Type::type_id:                                                                 \
    (void)text.Visit(checked_cast<const arrow::TypeTraits<arrow::TYPE##Type>::ArrayType&>(array)); \
    return;
    ARTEMIS_CELL(Boolean)
    ARTEMIS_CELL(Int8)
    ARTEMIS_CELL(Int16)
    ARTEMIS_CELL(Int32)
    ARTEMIS_CELL(Int64)
    ARTEMIS_CELL(UInt8)
    ARTEMIS_CELL(UInt16)
    ARTEMIS_CELL(UInt32)
    ARTEMIS_CELL(UInt64)
    ARTEMIS_CELL(HalfFloat)
    ARTEMIS_CELL(Float)
    ARTEMIS_CELL(Double)
    ARTEMIS_CELL(Date32)
    ARTEMIS_CELL(Date64)
    ARTEMIS_CELL(Time32)
    ARTEMIS_CELL(Time64)
    ARTEMIS_CELL(Timestamp)
    ARTEMIS_CELL(String)
    ARTEMIS_CELL(LargeString)
    ARTEMIS_CELL(StringView)
    ARTEMIS_CELL(Binary)
    ARTEMIS_CELL(LargeBinary)
    ARTEMIS_CELL(BinaryView)
    ARTEMIS_CELL(FixedSizeBinary)
    ARTEMIS_CELL(Decimal32)
    ARTEMIS_CELL(Decimal64)
    ARTEMIS_CELL(Decimal128)
    ARTEMIS_CELL(Decimal256)
#undef ARTEMIS_CELL
    default:
      (void)text.Visit(array);
  }
}

template <typename ListArray>
void AppendList(const ListArray& array, int64_t row, std::string* out) {
  *out += '[';
  const int64_t begin = array.value_offset(row);
  const int64_t end = begin + array.value_length(row);
  for (int64_t i = begin; i < end; ++i) {
    if (i > begin) *out += ',';
    AppendCellJson(*array.values(), i, out);
  }
  *out += ']';
}

void AppendStruct(const arrow::StructArray& array, int64_t row, std::string* out) {
  const auto& type = checked_cast<const arrow::StructType&>(*array.type());
  *out += '{';
  for (int i = 0; i < type.num_fields(); ++i) {
    if (i > 0) *out += ',';
    AppendJsonString(type.field(i)->name(), out);
    *out += ':';
    AppendCellJson(*array.field(i), row, out);
  }
  *out += '}';
}

void AppendMap(const arrow::MapArray& array, int64_t row, std::string* out) {
  *out += '[';
  const int64_t begin = array.value_offset(row);
  const int64_t end = begin + array.value_length(row);
  for (int64_t i = begin; i < end; ++i) {
    if (i > begin) *out += ',';
    *out += "{\"key\":";
    AppendCellJson(*array.keys(), i, out);
    *out += ",\"value\":";
    AppendCellJson(*array.items(), i, out);
    *out += '}';
  }
  *out += ']';
}

// Appends nested values; false when the type is not nested.
bool AppendNested(const arrow::Array& array, int64_t row, std::string* out) {
  switch (array.type_id()) {
    case arrow::Type::STRUCT:
      AppendStruct(checked_cast<const arrow::StructArray&>(array), row, out);
      return true;
    case arrow::Type::MAP:
      AppendMap(checked_cast<const arrow::MapArray&>(array), row, out);
      return true;
    case arrow::Type::LIST:
      AppendList(checked_cast<const arrow::ListArray&>(array), row, out);
      return true;
    case arrow::Type::LARGE_LIST:
      AppendList(checked_cast<const arrow::LargeListArray&>(array), row, out);
      return true;
    case arrow::Type::FIXED_SIZE_LIST:
      AppendList(checked_cast<const arrow::FixedSizeListArray&>(array), row, out);
      return true;
    default:
      return false;
  }
}

// The array and row that hold the value itself, behind dictionaries and extensions.
struct Place {
  const arrow::Array* array;
  int64_t row;
  bool is_uuid = false;
};

Place Behind(const arrow::Array& array, int64_t row) {
  Place place{&array, row};
  while (true) {
    if (place.array->type_id() == arrow::Type::EXTENSION) {
      const auto& extension = checked_cast<const arrow::ExtensionArray&>(*place.array);
      const auto& type = checked_cast<const arrow::ExtensionType&>(*place.array->type());
      place.is_uuid = type.extension_name() == "arrow.uuid";
      place.array = extension.storage().get();
    } else if (place.array->type_id() == arrow::Type::DICTIONARY) {
      const auto& dictionary = checked_cast<const arrow::DictionaryArray&>(*place.array);
      if (dictionary.IsNull(place.row)) return place;
      place.row = dictionary.GetValueIndex(place.row);
      place.array = dictionary.dictionary().get();
    } else {
      return place;
    }
  }
}

bool IsBareInJson(arrow::Type::type id) {
  return arrow::is_integer(id) || arrow::is_decimal(id) || id == arrow::Type::BOOL;
}

}  // namespace

void AppendCellText(const arrow::Array& array, int64_t row, std::string* out) {
  const Place place = Behind(array, row);
  if (AppendNested(*place.array, place.row, out)) return;
  if (place.is_uuid) {
    const auto& bytes = checked_cast<const arrow::FixedSizeBinaryArray&>(*place.array);
    AppendUuid(bytes.GetView(place.row), out);
    return;
  }
  AppendPlain(*place.array, place.row, out);
}

void AppendCellJson(const arrow::Array& array, int64_t row, std::string* out) {
  const Place place = Behind(array, row);
  const auto id = place.array->type_id();
  if (id == arrow::Type::NA || place.array->IsNull(place.row)) {
    *out += "null";
    return;
  }
  if (AppendNested(*place.array, place.row, out)) return;
  if (IsBareInJson(id)) {
    AppendPlain(*place.array, place.row, out);
    return;
  }
  std::string text;
  AppendCellText(array, row, &text);
  const bool is_finite_number = arrow::is_floating(id) && text.back() != 'N' && text.back() != 'y';
  if (is_finite_number) {
    *out += text;
  } else {
    AppendJsonString(text, out);
  }
}

bool IsRightAligned(const arrow::DataType& type) {
  if (type.id() == arrow::Type::DICTIONARY) {
    return IsRightAligned(*checked_cast<const arrow::DictionaryType&>(type).value_type());
  }
  return arrow::is_integer(type.id()) || arrow::is_floating(type.id()) ||
         arrow::is_decimal(type.id());
}

}  // namespace artemis

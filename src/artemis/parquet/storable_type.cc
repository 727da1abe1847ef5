// Walks types and values down to their leaves.
#include "artemis/parquet/storable_type.h"

#include <algorithm>

#include <arrow/array.h>
#include <arrow/extension_type.h>
#include <arrow/type.h>
#include <arrow/type_traits.h>

namespace artemis {
namespace {

constexpr int64_t kDayMs = int64_t{24} * 60 * 60 * 1000;

bool IsStorableInDictionary(const arrow::DataType& type) {
  return arrow::is_primitive(type.id()) || arrow::is_base_binary_like(type.id()) ||
         arrow::is_fixed_size_binary(type.id()) || type.id() == arrow::Type::NA;
}

arrow::Status CheckDays(const arrow::Array& values) {
  const auto& days = static_cast<const arrow::Date64Array&>(values);
  for (int64_t i = 0; i < days.length(); ++i) {
    if (days.IsNull(i) || days.Value(i) % kDayMs == 0) continue;
    return arrow::Status::Invalid("row ", i, ": date64 value ", days.Value(i),
                                  " ms is no whole day, which is what Parquet stores");
  }
  return arrow::Status::OK();
}

}  // namespace

arrow::Status CheckStorable(const arrow::DataType& type) {
  if (type.id() == arrow::Type::EXTENSION) {
    return CheckStorable(*static_cast<const arrow::ExtensionType&>(type).storage_type());
  }
  if (type.id() == arrow::Type::DICTIONARY) {
    const auto& values = *static_cast<const arrow::DictionaryType&>(type).value_type();
    if (IsStorableInDictionary(values)) return arrow::Status::OK();
    return arrow::Status::TypeError("a dictionary of ", values.ToString());
  }
  if (type.id() == arrow::Type::FIXED_SIZE_LIST &&
      static_cast<const arrow::FixedSizeListType&>(type).list_size() == 0) {
    return arrow::Status::TypeError("a list of fixed size 0");
  }
  for (const auto& field : type.fields()) ARROW_RETURN_NOT_OK(CheckStorable(*field->type()));
  return arrow::Status::OK();
}

bool NeedsValueCheck(const arrow::DataType& type) {
  if (type.id() == arrow::Type::DATE64) return true;
  if (type.id() == arrow::Type::DICTIONARY) {
    return NeedsValueCheck(*static_cast<const arrow::DictionaryType&>(type).value_type());
  }
  return std::any_of(type.fields().begin(), type.fields().end(),
                     [](const auto& field) { return NeedsValueCheck(*field->type()); });
}

arrow::Status CheckStorableValues(const arrow::Array& values) {
  switch (values.type_id()) {
    case arrow::Type::DATE64:
      return CheckDays(values);
    case arrow::Type::DICTIONARY:
      return CheckStorableValues(*static_cast<const arrow::DictionaryArray&>(values).dictionary());
    case arrow::Type::EXTENSION:
      return CheckStorableValues(*static_cast<const arrow::ExtensionArray&>(values).storage());
    default:
      break;
  }
  for (const auto& child : values.data()->child_data) {
    if (NeedsValueCheck(*child->type)) {
      ARROW_RETURN_NOT_OK(CheckStorableValues(*arrow::MakeArray(child)));
    }
  }
  return arrow::Status::OK();
}

}  // namespace artemis

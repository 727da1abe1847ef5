// Types are rebuilt from the leaves; buffers are shared but for booleans.
#include "artemis/layout/storage_array.h"

#include <algorithm>
#include <string_view>

#include <arrow/array.h>
#include <arrow/compute/cast.h>
#include <arrow/compute/exec.h>
#include <arrow/extension_type.h>

namespace artemis {
namespace {

using ArrayData = std::shared_ptr<arrow::ArrayData>;

constexpr std::string_view kBool8 = "arrow.bool8";

bool HasExtension(const arrow::DataType& type) {
  return type.id() == arrow::Type::EXTENSION ||
         std::any_of(type.fields().begin(), type.fields().end(),
                     [](const auto& field) { return HasExtension(*field->type()); });
}

// `type` with children of the types of `children`.
std::shared_ptr<arrow::DataType> WithChildren(const arrow::DataType& type,
                                              const std::vector<ArrayData>& children) {
  arrow::FieldVector fields;
  for (size_t i = 0; i < children.size(); ++i) {
    fields.push_back(type.field(static_cast<int>(i))->WithType(children[i]->type));
  }
  switch (type.id()) {
    case arrow::Type::STRUCT:
      return arrow::struct_(std::move(fields));
    case arrow::Type::LIST:
      return arrow::list(fields[0]);
    case arrow::Type::LARGE_LIST:
      return arrow::large_list(fields[0]);
    case arrow::Type::LIST_VIEW:
      return arrow::list_view(fields[0]);
    case arrow::Type::LARGE_LIST_VIEW:
      return arrow::large_list_view(fields[0]);
    case arrow::Type::FIXED_SIZE_LIST:
      return arrow::fixed_size_list(fields[0],
                                    static_cast<const arrow::FixedSizeListType&>(type).list_size());
    case arrow::Type::MAP:
      return std::make_shared<arrow::MapType>(
          fields[0]->type()->field(0), fields[0]->type()->field(1),
          static_cast<const arrow::MapType&>(type).keys_sorted());
    default:
      return nullptr;
  }
}

arrow::Result<ArrayData> Stored(const ArrayData& data, arrow::MemoryPool* pool) {
  if (!HasExtension(*data->type)) return data;
  ArrayData copy = data->Copy();
  if (data->type->id() == arrow::Type::EXTENSION) {
    const auto& extension = static_cast<const arrow::ExtensionType&>(*data->type);
    copy->type = extension.storage_type();
    if (extension.extension_name() != kBool8) return Stored(copy, pool);
    arrow::compute::ExecContext context(pool);
    ARROW_ASSIGN_OR_RAISE(const auto booleans,
                          arrow::compute::Cast(*arrow::MakeArray(copy), arrow::boolean(),
                                               arrow::compute::CastOptions::Safe(), &context));
    return booleans->data();
  }
  for (ArrayData& child : copy->child_data) {
    ARROW_ASSIGN_OR_RAISE(child, Stored(child, pool));
  }
  auto type = WithChildren(*data->type, copy->child_data);
  if (type == nullptr) return data;
  copy->type = std::move(type);
  return copy;
}

}  // namespace

arrow::Result<std::shared_ptr<arrow::Array>> ToStorage(const std::shared_ptr<arrow::Array>& array,
                                                       arrow::MemoryPool* pool) {
  ARROW_ASSIGN_OR_RAISE(const ArrayData stored, Stored(array->data(), pool));
  return stored == array->data() ? array : arrow::MakeArray(stored);
}

}  // namespace artemis

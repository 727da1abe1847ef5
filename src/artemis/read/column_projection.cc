// Column projection.
#include "artemis/read/column_projection.h"

#include <arrow/compute/cast.h>
#include <arrow/scalar.h>
#include <arrow/util/bitmap_ops.h>

#include "artemis/base/error.h"
#include "artemis/parquet/byte_array_column.h"
#include "artemis/schema/arrow_schema.h"
#include "artemis/schema/literal_array.h"
#include "artemis/schema/metadata_columns.h"

namespace artemis {

namespace {

arrow::compute::ExecContext ContextOf(arrow::MemoryPool* pool) {
  return arrow::compute::ExecContext(pool);
}

bool IsWidening(const arrow::DataType& from, const arrow::DataType& to) {
  // Iceberg has no integers of 8 and 16 bits, other writers' files do.
  const bool small = from.id() == arrow::Type::INT8 || from.id() == arrow::Type::INT16;
  if (to.id() == arrow::Type::INT32) return small;
  if (to.id() == arrow::Type::INT64) return small || from.id() == arrow::Type::INT32;
  if (to.id() == arrow::Type::DOUBLE) return from.id() == arrow::Type::FLOAT;
  if (to.id() == arrow::Type::TIMESTAMP) {
    if (from.id() == arrow::Type::TIMESTAMP) return true;
    return from.id() == arrow::Type::DATE32 &&
           static_cast<const arrow::TimestampType&>(to).timezone().empty();
  }
  if (to.id() == arrow::Type::TIME64)
    return from.id() == arrow::Type::TIME32 || from.id() == arrow::Type::TIME64;
  if (arrow::is_decimal(to.id())) return arrow::is_decimal(from.id());
  if (arrow::is_binary_like(to.id()) || arrow::is_fixed_size_binary(to.id())) {
    return arrow::is_base_binary_like(from.id()) || arrow::is_fixed_size_binary(from.id());
  }
  return false;
}

// What our reader makes of text in dictionary encoding.
bool IsExpandable(const arrow::Array& array) {
  if (array.type_id() != arrow::Type::DICTIONARY) return false;
  const auto& type = static_cast<const arrow::DictionaryType&>(*array.type());
  const auto values = type.value_type()->id();
  return type.index_type()->id() == arrow::Type::INT32 &&
         (values == arrow::Type::STRING || values == arrow::Type::BINARY) &&
         static_cast<const arrow::DictionaryArray&>(array).dictionary()->null_count() == 0;
}

arrow::Result<std::shared_ptr<arrow::Array>> CastPrimitive(
    const std::shared_ptr<arrow::Array>& source, const Field& target, arrow::MemoryPool* pool) {
  const auto type = ToArrowType(target.type);
  if (source->type()->Equals(*type)) return source;
  if (IsExpandable(*source)) {
    ARROW_ASSIGN_OR_RAISE(
        const auto values,
        ExpandDictionary(static_cast<const arrow::DictionaryArray&>(*source), pool));
    return CastPrimitive(values, target, pool);
  }
  if (source->type_id() == arrow::Type::TIMESTAMP && type->id() == arrow::Type::TIMESTAMP) {
    const auto& from = static_cast<const arrow::TimestampType&>(*source->type());
    if (from.unit() == static_cast<const arrow::TimestampType&>(*type).unit())
      return source->View(type);
  }
  if (source->type_id() == arrow::Type::EXTENSION) {
    return CastPrimitive(static_cast<const arrow::ExtensionArray&>(*source).storage(), target,
                         pool);
  }
  if (!IsWidening(*source->type(), *type) && source->type_id() != arrow::Type::DICTIONARY &&
      source->type_id() != arrow::Type::NA) {
    return arrow::Status::Invalid("column ", target.name, " is ", source->type()->ToString(),
                                  " in the file: expected ", target.type.ToString());
  }
  auto context = ContextOf(pool);
  ARROW_ASSIGN_OR_RAISE(
      auto cast, arrow::compute::Cast(arrow::Datum(source), arrow::compute::CastOptions::Safe(type),
                                      &context));
  return cast.make_array();
}

arrow::Result<std::shared_ptr<arrow::Buffer>> ValidityOf(const arrow::Array& array,
                                                         arrow::MemoryPool* pool) {
  if (array.null_count() == 0) return std::shared_ptr<arrow::Buffer>(nullptr);
  return arrow::internal::CopyBitmap(pool, array.null_bitmap_data(), array.offset(),
                                     array.length());
}

arrow::Result<std::shared_ptr<arrow::Array>> ProjectValues(
    const Field& target, const std::shared_ptr<arrow::Array>& source,
    const arrow::Field& source_field, arrow::MemoryPool* pool);

// What a field holds in every row of a file that lacks it (specification, "Default values").
arrow::Result<std::shared_ptr<arrow::Array>> MissingValues(
    const Field& field, const std::optional<LiteralValue>& constant, int64_t rows,
    arrow::MemoryPool* pool) {
  if (field.type.is_primitive()) return RepeatLiteral(field.type, constant, rows, pool);
  if (!field.initial_default_struct) {
    return arrow::MakeArrayOfNull(ToArrowType(field.type), rows, pool);
  }
  arrow::ArrayVector children;
  for (const Field& child : field.type.fields) {
    ARROW_ASSIGN_OR_RAISE(auto values, MissingValues(child, child.initial_default, rows, pool));
    children.push_back(std::move(values));
  }
  return std::make_shared<arrow::StructArray>(ToArrowType(field.type), rows, std::move(children));
}

bool HasInitialDefault(const Field& field) {
  return field.initial_default || field.initial_default_struct;
}

// Nested fields are found by the ids of `source_field`: the array's own type lacks those that a name mapping gives.
arrow::Result<std::shared_ptr<arrow::Array>> ProjectStruct(
    const Field& target, const std::shared_ptr<arrow::Array>& source,
    const arrow::Field& source_field, arrow::MemoryPool* pool) {
  if (source->type_id() != arrow::Type::STRUCT) {
    return arrow::Status::Invalid("column ", target.name, " is ", source->type()->ToString(),
                                  " in the file: expected a struct");
  }
  const auto& from = static_cast<const arrow::StructArray&>(*source);
  const arrow::DataType& named = *source_field.type();
  arrow::ArrayVector children;
  for (const auto& child : target.type.fields) {
    int found = -1;
    for (int i = 0; i < from.num_fields(); ++i) {
      if (FieldIdOf(*named.field(i)) == child.id) found = i;
    }
    if (found < 0 && child.required && !HasInitialDefault(child)) {
      return arrow::Status::Invalid("the file lacks the required field ", target.name, ".",
                                    child.name);
    }
    ProjectedColumn column{child, found, child.initial_default};
    ARROW_ASSIGN_OR_RAISE(
        auto array, ProjectArray(column, source->length(), found < 0 ? nullptr : from.field(found),
                                 found < 0 ? nullptr : named.field(found).get(), pool));
    children.push_back(std::move(array));
  }
  ARROW_ASSIGN_OR_RAISE(auto validity, ValidityOf(*source, pool));
  return std::make_shared<arrow::StructArray>(ToArrowType(target.type), source->length(),
                                              std::move(children), std::move(validity));
}

// Lists and maps: the children projected over the whole child arrays, under the offsets as they are.
arrow::Result<std::shared_ptr<arrow::Array>> ProjectList(
    const Field& target, const std::shared_ptr<arrow::Array>& source,
    const arrow::Field& source_field, arrow::MemoryPool* pool) {
  auto list = source;
  if (list->type_id() == arrow::Type::LARGE_LIST) {
    ARROW_ASSIGN_OR_RAISE(auto cast, arrow::compute::Cast(arrow::Datum(source),
                                                          arrow::list(source->type()->field(0))));
    list = cast.make_array();
  }
  if (list->type_id() != arrow::Type::LIST && list->type_id() != arrow::Type::MAP) {
    return arrow::Status::Invalid("column ", target.name, " is ", source->type()->ToString(),
                                  " in the file: expected a ",
                                  target.type.kind == TypeKind::kMap ? "map" : "list");
  }
  const auto type = ToArrowType(target.type);
  auto data = list->data()->Copy();
  data->type = type;
  if (target.type.kind == TypeKind::kList) {
    const auto& values = static_cast<const arrow::ListArray&>(*list).values();
    ARROW_ASSIGN_OR_RAISE(
        const auto projected,
        ProjectValues(target.type.fields[0], values, *source_field.type()->field(0), pool));
    data->child_data[0] = projected->data();
    return arrow::MakeArray(data);
  }
  const auto& entries =
      static_cast<const arrow::StructArray&>(*static_cast<const arrow::ListArray&>(*list).values());
  const arrow::DataType& named = *source_field.type()->field(0)->type();
  arrow::ArrayVector children;
  for (int i = 0; i < 2; ++i) {
    ARROW_ASSIGN_OR_RAISE(auto child, ProjectValues(target.type.fields[static_cast<size_t>(i)],
                                                    entries.field(i), *named.field(i), pool));
    children.push_back(std::move(child));
  }
  data->child_data[0] = std::make_shared<arrow::StructArray>(type->field(0)->type(),
                                                             entries.length(), std::move(children))
                            ->data();
  return arrow::MakeArray(data);
}

arrow::Result<std::shared_ptr<arrow::Array>> ProjectValues(
    const Field& target, const std::shared_ptr<arrow::Array>& source,
    const arrow::Field& source_field, arrow::MemoryPool* pool) {
  switch (target.type.kind) {
    case TypeKind::kStruct:
      return ProjectStruct(target, source, source_field, pool);
    case TypeKind::kList:
    case TypeKind::kMap:
      return ProjectList(target, source, source_field, pool);
    case TypeKind::kUnknown:
      return arrow::MakeArrayOfNull(arrow::null(), source->length(), pool);
    default:
      return CastPrimitive(source, target, pool);
  }
}

}  // namespace

LiteralValue WidenedConstant(const Type& type, const LiteralValue& value) {
  const auto* int_value = std::get_if<int32_t>(&value);
  if (int_value != nullptr && type.kind == TypeKind::kLong) return int64_t{*int_value};
  const auto* float_value = std::get_if<float>(&value);
  if (float_value != nullptr && type.kind == TypeKind::kDouble) return double{*float_value};
  return value;
}

std::vector<PartitionConstant> PartitionConstantsOf(const TableMetadata& metadata,
                                                    const DataFile& file) {
  std::vector<PartitionConstant> constants;
  const PartitionSpec* spec = metadata.FindSpec(file.spec_id);
  if (spec == nullptr) return constants;
  for (size_t i = 0; i < spec->fields.size() && i < file.partition.size(); ++i) {
    if (spec->fields[i].transform.kind == TransformKind::kIdentity) {
      constants.emplace_back(spec->fields[i].source_id, file.partition[i]);
    }
  }
  return constants;
}

arrow::Result<std::vector<ProjectedColumn>> ProjectColumns(
    const std::vector<Field>& targets, const arrow::Schema& file_schema,
    const std::vector<PartitionConstant>& partition_constants, const std::string& path) {
  std::vector<ProjectedColumn> columns;
  for (const auto& target : targets) {
    ARROW_RETURN_NOT_OK(RefuseUnsupported(target, "read"));
    ProjectedColumn column{target, -1, target.initial_default};
    for (int i = 0; target.type.kind != TypeKind::kUnknown && i < file_schema.num_fields(); ++i) {
      if (FieldIdOf(*file_schema.field(i)) != target.id) continue;
      column.file_column = i;
      column.file_field = file_schema.field(i);
    }
    for (const auto& [id, value] : partition_constants) {
      if (id == target.id) column.constant = value;
    }
    const bool has_value = column.constant || target.initial_default_struct ||
                           FindMetadataColumn(target.id) != nullptr;
    if (column.file_column < 0 && target.required && !has_value) {
      return CorruptFileError(path, "it lacks the required column " + target.name);
    }
    columns.push_back(std::move(column));
  }
  return columns;
}

arrow::Result<std::shared_ptr<arrow::Array>> ProjectArray(
    const ProjectedColumn& column, int64_t rows, const std::shared_ptr<arrow::Array>& source,
    const arrow::Field* source_field, arrow::MemoryPool* pool) {
  if (source != nullptr && source_field != nullptr)
    return ProjectValues(column.target, source, *source_field, pool);
  auto constant = column.constant;
  if (constant) constant = WidenedConstant(column.target.type, *constant);
  return MissingValues(column.target, constant, rows, pool);
}

}  // namespace artemis

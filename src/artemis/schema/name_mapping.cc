// The mapping and the Arrow types are walked together.
#include "artemis/schema/name_mapping.h"

#include <algorithm>

#include <arrow/type.h>
#include <arrow/util/key_value_metadata.h>

#include "artemis/schema/arrow_schema.h"

namespace artemis {
namespace {

std::vector<MappedField> MappingOf(const std::vector<Field>& fields) {
  std::vector<MappedField> mapped;
  for (const Field& field : fields) {
    mapped.push_back({field.id, {field.name}, MappingOf(field.type.fields)});
  }
  return mapped;
}

std::shared_ptr<arrow::Field> MapArrowField(const arrow::Field& field, const MappedField* mapped);

std::shared_ptr<arrow::Field> MapArrowChild(const std::shared_ptr<arrow::Field>& child,
                                            const MappedField* parent, std::string_view name) {
  return MapArrowField(*child, parent != nullptr ? FindMapped(parent->fields, name) : nullptr);
}

std::shared_ptr<arrow::DataType> MapArrowType(const std::shared_ptr<arrow::DataType>& type,
                                              const MappedField* mapped) {
  switch (type->id()) {
    case arrow::Type::STRUCT: {
      arrow::FieldVector fields;
      for (const auto& child : type->fields()) {
        fields.push_back(MapArrowChild(child, mapped, child->name()));
      }
      return arrow::struct_(std::move(fields));
    }
    case arrow::Type::LIST:
      return arrow::list(MapArrowChild(type->field(0), mapped, "element"));
    case arrow::Type::LARGE_LIST:
      return arrow::large_list(MapArrowChild(type->field(0), mapped, "element"));
    case arrow::Type::MAP: {
      const auto& map = static_cast<const arrow::MapType&>(*type);
      return std::make_shared<arrow::MapType>(MapArrowChild(map.key_field(), mapped, "key"),
                                              MapArrowChild(map.item_field(), mapped, "value"),
                                              map.keys_sorted());
    }
    default:
      return type;
  }
}

std::shared_ptr<arrow::Field> MapArrowField(const arrow::Field& field, const MappedField* mapped) {
  auto metadata = field.metadata() != nullptr ? field.metadata()->Copy()
                                              : std::make_shared<arrow::KeyValueMetadata>();
  if (const int old = metadata->FindKey(kParquetFieldIdKey); old >= 0) {
    (void)metadata->Delete(old);
  }
  if (mapped != nullptr && mapped->field_id) {
    metadata->Append(kParquetFieldIdKey, ToString(*mapped->field_id));
  }
  return field.WithType(MapArrowType(field.type(), mapped))
      ->WithMetadata(metadata->size() > 0 ? std::move(metadata) : nullptr);
}

bool FieldHasIds(const arrow::Field& field) {
  if (field.metadata() != nullptr && field.metadata()->FindKey(kParquetFieldIdKey) >= 0) {
    return true;
  }
  const auto& children = field.type()->fields();
  return std::any_of(children.begin(), children.end(),
                     [](const auto& child) { return FieldHasIds(*child); });
}

}  // namespace

NameMapping DefaultNameMapping(const Schema& schema) { return {MappingOf(schema.fields)}; }

const MappedField* FindMapped(const std::vector<MappedField>& fields, std::string_view name) {
  for (const MappedField& field : fields) {
    if (std::find(field.names.begin(), field.names.end(), name) != field.names.end()) return &field;
  }
  return nullptr;
}

std::shared_ptr<arrow::Schema> ApplyNameMapping(const arrow::Schema& arrow_schema,
                                                const NameMapping& mapping) {
  arrow::FieldVector fields;
  for (const auto& field : arrow_schema.fields()) {
    fields.push_back(MapArrowField(*field, FindMapped(mapping.fields, field->name())));
  }
  return arrow::schema(std::move(fields), arrow_schema.metadata());
}

bool HasFieldIds(const arrow::Schema& arrow_schema) {
  return std::any_of(arrow_schema.fields().begin(), arrow_schema.fields().end(),
                     [](const auto& field) { return FieldHasIds(*field); });
}

}  // namespace artemis

// Types by recursive descent; read_json.h has bounded the depth.
#include "artemis/schema/type_json.h"

#include "artemis/schema/literal.h"
#include "artemis/schema/read_json.h"
#include "artemis/schema/type_text.h"

namespace artemis {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

arrow::Result<std::optional<LiteralValue>> DefaultFromJson(const json& object, const char* name,
                                                           const Type& type,
                                                           const std::string& what) {
  const json* member = FindMember(object, name);
  if (member == nullptr) return std::nullopt;
  if (!type.is_primitive() || type.kind == TypeKind::kUnknown) {
    return arrow::Status::NotImplemented(what, ": ", name, " of type ", type.ToString());
  }
  const auto value = LiteralFromJson(type, member->dump());
  if (!value.ok()) {
    return arrow::Status::Invalid(what, ": ", name, ": ", value.status().message());
  }
  return std::optional(*value);
}

// A struct's default is null or {}: those of its fields are in the fields (specification, "Default values").
arrow::Result<bool> StructDefaultFromJson(const json& object, const char* name,
                                          const std::string& what) {
  const json* member = FindMember(object, name);
  if (member == nullptr) return false;
  if (member->is_object() && member->empty()) return true;
  return arrow::Status::Invalid(what, ": ", name,
                                ": expected null or {} as the default of a struct");
}

arrow::Status DefaultsFromJson(const json& object, const std::string& what, Field* field) {
  if (field->type.kind == TypeKind::kStruct) {
    ARROW_ASSIGN_OR_RAISE(field->initial_default_struct,
                          StructDefaultFromJson(object, "initial-default", what));
    ARROW_ASSIGN_OR_RAISE(field->write_default_struct,
                          StructDefaultFromJson(object, "write-default", what));
    return arrow::Status::OK();
  }
  ARROW_ASSIGN_OR_RAISE(field->initial_default,
                        DefaultFromJson(object, "initial-default", field->type, what));
  ARROW_ASSIGN_OR_RAISE(field->write_default,
                        DefaultFromJson(object, "write-default", field->type, what));
  return arrow::Status::OK();
}

arrow::Result<Field> FieldFromJson(const json& object, const std::string& what) {
  Field field;
  ARROW_ASSIGN_OR_RAISE(field.name, StringMember(object, "name", what));
  const std::string here = what + ": field '" + field.name + "'";
  ARROW_ASSIGN_OR_RAISE(const int32_t id, Int32Member(object, "id", here));
  field.id = FieldId(id);
  ARROW_ASSIGN_OR_RAISE(field.required, BoolMember(object, "required", here));
  ARROW_ASSIGN_OR_RAISE(const json* type, RequireMember(object, "type", here));
  ARROW_ASSIGN_OR_RAISE(field.type, TypeFromJsonValue(*type, here));
  if (FindMember(object, "doc") != nullptr) {
    ARROW_ASSIGN_OR_RAISE(field.doc, StringMember(object, "doc", here));
  }
  ARROW_RETURN_NOT_OK(DefaultsFromJson(object, here, &field));
  return field;
}

arrow::Result<Type> ListFromJson(const json& object, const std::string& what) {
  ARROW_ASSIGN_OR_RAISE(const int32_t id, Int32Member(object, "element-id", what));
  ARROW_ASSIGN_OR_RAISE(const json* element, RequireMember(object, "element", what));
  ARROW_ASSIGN_OR_RAISE(const bool required, BoolMember(object, "element-required", what));
  ARROW_ASSIGN_OR_RAISE(Type type, TypeFromJsonValue(*element, what));
  return Type::List(FieldId(id), std::move(type), required);
}

arrow::Result<Type> MapFromJson(const json& object, const std::string& what) {
  ARROW_ASSIGN_OR_RAISE(const int32_t key_id, Int32Member(object, "key-id", what));
  ARROW_ASSIGN_OR_RAISE(const json* key, RequireMember(object, "key", what));
  ARROW_ASSIGN_OR_RAISE(const int32_t value_id, Int32Member(object, "value-id", what));
  ARROW_ASSIGN_OR_RAISE(const json* value, RequireMember(object, "value", what));
  ARROW_ASSIGN_OR_RAISE(const bool required, BoolMember(object, "value-required", what));
  ARROW_ASSIGN_OR_RAISE(Type key_type, TypeFromJsonValue(*key, what));
  ARROW_ASSIGN_OR_RAISE(Type value_type, TypeFromJsonValue(*value, what));
  return Type::Map(FieldId(key_id), std::move(key_type), FieldId(value_id), std::move(value_type),
                   required);
}

ordered_json FieldToJson(const Field& field) {
  ordered_json object = {{"id", field.id.value},
                         {"name", field.name},
                         {"required", field.required},
                         {"type", TypeToJsonValue(field.type)}};
  if (field.doc) object["doc"] = *field.doc;
  if (field.initial_default_struct) object["initial-default"] = ordered_json::object();
  if (field.write_default_struct) object["write-default"] = ordered_json::object();
  if (field.initial_default) {
    object["initial-default"] =
        ordered_json::parse(LiteralToJson(field.type, *field.initial_default));
  }
  if (field.write_default) {
    object["write-default"] = ordered_json::parse(LiteralToJson(field.type, *field.write_default));
  }
  return object;
}

}  // namespace

arrow::Result<Type> TypeFromJsonValue(const json& json, const std::string& what) {
  if (json.is_string()) {
    const auto type = ParseTypeName(json.get_ref<const std::string&>());
    if (!type.ok()) return arrow::Status::Invalid(what, ": ", type.status().message());
    return *type;
  }
  ARROW_ASSIGN_OR_RAISE(const std::string kind, StringMember(json, "type", what));
  if (kind == "list") return ListFromJson(json, what);
  if (kind == "map") return MapFromJson(json, what);
  if (kind != "struct") return arrow::Status::Invalid(what, ": unknown type '", kind, "'");
  ARROW_ASSIGN_OR_RAISE(const auto* fields, RequireMember(json, "fields", what));
  ARROW_ASSIGN_OR_RAISE(std::vector<Field> children, FieldsFromJsonValue(*fields, what));
  return Type::Struct(std::move(children));
}

arrow::Result<std::vector<Field>> FieldsFromJsonValue(const json& array, const std::string& what) {
  if (!array.is_array()) {
    return arrow::Status::Invalid(what, ": member 'fields': expected an array, found ",
                                  array.type_name());
  }
  std::vector<Field> fields;
  for (const json& element : array) {
    ARROW_ASSIGN_OR_RAISE(fields.emplace_back(), FieldFromJson(element, what));
  }
  return fields;
}

ordered_json TypeToJsonValue(const Type& type) {
  switch (type.kind) {
    case TypeKind::kStruct:
      return {{"type", "struct"}, {"fields", FieldsToJsonValue(type.fields)}};
    case TypeKind::kList:
      return {{"type", "list"},
              {"element-id", type.fields[0].id.value},
              {"element", TypeToJsonValue(type.fields[0].type)},
              {"element-required", type.fields[0].required}};
    case TypeKind::kMap:
      return {{"type", "map"},
              {"key-id", type.fields[0].id.value},
              {"key", TypeToJsonValue(type.fields[0].type)},
              {"value-id", type.fields[1].id.value},
              {"value", TypeToJsonValue(type.fields[1].type)},
              {"value-required", type.fields[1].required}};
    default:
      return type.ToString();
  }
}

ordered_json FieldsToJsonValue(const std::vector<Field>& fields) {
  ordered_json array = ordered_json::array();
  for (const Field& field : fields) array.push_back(FieldToJson(field));
  return array;
}

}  // namespace artemis

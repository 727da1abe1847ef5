// Arrays of mapped fields, nested.
#include "artemis/schema/name_mapping_json.h"

#include <set>

#include <nlohmann/json.hpp>

#include "artemis/schema/read_json.h"

namespace artemis {
namespace {

constexpr char kMappingWhat[] = "name mapping";

arrow::Result<std::vector<MappedField>> MappedFieldsFrom(const nlohmann::json& array);

arrow::Result<MappedField> MappedFieldFrom(const nlohmann::json& object) {
  MappedField field;
  ARROW_ASSIGN_OR_RAISE(const auto* names, RequireMember(object, "names", kMappingWhat));
  for (const nlohmann::json& name : *names) {
    if (!name.is_string()) {
      return arrow::Status::Invalid(kMappingWhat, ": names: expected strings, found ",
                                    name.type_name());
    }
    field.names.push_back(name.get<std::string>());
  }
  if (FindMember(object, "field-id") != nullptr) {
    ARROW_ASSIGN_OR_RAISE(const int32_t id, Int32Member(object, "field-id", kMappingWhat));
    field.field_id = FieldId(id);
  }
  if (const nlohmann::json* children = FindMember(object, "fields")) {
    ARROW_ASSIGN_OR_RAISE(field.fields, MappedFieldsFrom(*children));
  }
  return field;
}

arrow::Result<std::vector<MappedField>> MappedFieldsFrom(const nlohmann::json& array) {
  if (!array.is_array()) {
    return arrow::Status::Invalid(kMappingWhat, ": expected an array, found ", array.type_name());
  }
  std::vector<MappedField> fields;
  std::set<std::string> seen;
  for (const nlohmann::json& element : array) {
    ARROW_ASSIGN_OR_RAISE(MappedField field, MappedFieldFrom(element));
    for (const std::string& name : field.names) {
      if (!seen.insert(name).second) {
        return arrow::Status::Invalid(kMappingWhat, ": the name '", name, "' is mapped twice");
      }
    }
    fields.push_back(std::move(field));
  }
  return fields;
}

nlohmann::ordered_json MappedFieldsJson(const std::vector<MappedField>& fields) {
  auto array = nlohmann::ordered_json::array();
  for (const MappedField& field : fields) {
    auto object = nlohmann::ordered_json::object();
    if (field.field_id) object["field-id"] = field.field_id->value;
    object["names"] = field.names;
    if (!field.fields.empty()) object["fields"] = MappedFieldsJson(field.fields);
    array.push_back(std::move(object));
  }
  return array;
}

}  // namespace

arrow::Result<NameMapping> NameMappingFromJson(std::string_view json) {
  ARROW_ASSIGN_OR_RAISE(const nlohmann::json array, ParseJson(json, kMappingWhat));
  NameMapping mapping;
  ARROW_ASSIGN_OR_RAISE(mapping.fields, MappedFieldsFrom(array));
  return mapping;
}

std::string NameMappingToJson(const NameMapping& mapping) {
  return JsonDump(MappedFieldsJson(mapping.fields));
}

}  // namespace artemis

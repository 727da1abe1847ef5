// Schemas, partition specs and sort orders as JSON.
#include "artemis/schema/schema_json.h"

#include <set>

#include <nlohmann/json.hpp>

#include "artemis/schema/read_json.h"
#include "artemis/schema/type_json.h"

namespace artemis {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

constexpr int32_t kFirstV1PartitionFieldId = 1000;

arrow::Status CheckUniqueIds(const std::vector<Field>& fields, std::set<FieldId>* seen) {
  for (const Field& field : fields) {
    if (!seen->insert(field.id).second) {
      return arrow::Status::Invalid("schema: field id ", ToString(field.id), " is used twice ('",
                                    field.name, "')");
    }
    ARROW_RETURN_NOT_OK(CheckUniqueIds(field.type.fields, seen));
  }
  return arrow::Status::OK();
}

arrow::Result<int32_t> Int32MemberOr(const json& object, const char* name, int32_t otherwise,
                                     const std::string& what) {
  if (FindMember(object, name) == nullptr) return otherwise;
  return Int32Member(object, name, what);
}

arrow::Result<Transform> TransformMember(const json& object, const std::string& what) {
  ARROW_ASSIGN_OR_RAISE(const std::string text, StringMember(object, "transform", what));
  return ParseTransform(text);
}

// "source-id", or in v3 "source-ids". A transform of several arguments is none that we know.
template <typename SpecField>
arrow::Status ReadTransformOf(const json& object, const std::string& what, SpecField* field) {
  ARROW_ASSIGN_OR_RAISE(field->transform, TransformMember(object, what));
  const json* ids = FindMember(object, "source-ids");
  if (ids == nullptr || FindMember(object, "source-id") != nullptr) {
    ARROW_ASSIGN_OR_RAISE(const int32_t id, Int32Member(object, "source-id", what));
    field->source_id = FieldId(id);
    return arrow::Status::OK();
  }
  if (!ids->is_array() || ids->empty()) {
    return arrow::Status::Invalid(what, ": source-ids: expected an array of field ids");
  }
  for (const json& element : *ids) {
    ARROW_ASSIGN_OR_RAISE(const int32_t id, Int32Value(element, what + ": source-ids"));
    field->further_source_ids.emplace_back(id);
  }
  field->source_id = field->further_source_ids.front();
  field->further_source_ids.erase(field->further_source_ids.begin());
  if (field->further_source_ids.empty()) return arrow::Status::OK();
  field->transform = {TransformKind::kUnknown, 0, field->transform.ToString()};
  return arrow::Status::OK();
}

// Adds the member "source-id", or "source-ids" where there are several.
template <typename SpecField>
void AddSourceIds(const SpecField& field, ordered_json* object) {
  if (field.further_source_ids.empty()) {
    (*object)["source-id"] = field.source_id.value;
    return;
  }
  ordered_json ids = ordered_json::array();
  ids.push_back(field.source_id.value);
  for (const FieldId id : field.further_source_ids) ids.push_back(id.value);
  (*object)["source-ids"] = std::move(ids);
}

arrow::Result<PartitionField> PartitionFieldFromJson(const json& object, int32_t default_id) {
  const std::string what = "partition field";
  PartitionField field;
  ARROW_ASSIGN_OR_RAISE(field.name, StringMember(object, "name", what));
  const std::string here = what + " '" + field.name + "'";
  ARROW_RETURN_NOT_OK(ReadTransformOf(object, here, &field));
  ARROW_ASSIGN_OR_RAISE(const int32_t id, Int32MemberOr(object, "field-id", default_id, here));
  field.field_id = FieldId(id);
  return field;
}

arrow::Result<std::vector<PartitionField>> PartitionFieldsFrom(const json& array) {
  if (!array.is_array()) {
    return arrow::Status::Invalid("partition spec: expected an array of fields, found ",
                                  array.type_name());
  }
  std::vector<PartitionField> fields;
  int32_t next_id = kFirstV1PartitionFieldId;
  for (const json& element : array) {
    ARROW_ASSIGN_OR_RAISE(fields.emplace_back(), PartitionFieldFromJson(element, next_id++));
  }
  return fields;
}

ordered_json PartitionFieldsJson(const std::vector<PartitionField>& fields) {
  ordered_json array = ordered_json::array();
  for (const PartitionField& field : fields) {
    ordered_json object = {{"name", field.name}, {"transform", field.transform.ToString()}};
    AddSourceIds(field, &object);
    object["field-id"] = field.field_id.value;
    array.push_back(std::move(object));
  }
  return array;
}

arrow::Result<SortField> SortFieldFromJson(const json& object) {
  const std::string what = "sort field";
  SortField field;
  ARROW_RETURN_NOT_OK(ReadTransformOf(object, what, &field));
  ARROW_ASSIGN_OR_RAISE(const std::string direction, StringMember(object, "direction", what));
  ARROW_ASSIGN_OR_RAISE(const std::string nulls, StringMember(object, "null-order", what));
  if (direction != "asc" && direction != "desc") {
    return arrow::Status::Invalid(what, ": direction: expected asc or desc, found ", direction);
  }
  if (nulls != "nulls-first" && nulls != "nulls-last") {
    return arrow::Status::Invalid(what, ": null-order: expected nulls-first or nulls-last, found ",
                                  nulls);
  }
  field.direction = direction == "asc" ? SortDirection::kAscending : SortDirection::kDescending;
  field.null_order = nulls == "nulls-first" ? NullOrder::kNullsFirst : NullOrder::kNullsLast;
  return field;
}

}  // namespace

arrow::Result<Schema> SchemaFromJson(std::string_view text) {
  ARROW_ASSIGN_OR_RAISE(const json object, ParseJson(text, "schema"));
  Schema schema;
  ARROW_ASSIGN_OR_RAISE(const json* fields, RequireMember(object, "fields", "schema"));
  ARROW_ASSIGN_OR_RAISE(schema.fields, FieldsFromJsonValue(*fields, "schema"));
  ARROW_ASSIGN_OR_RAISE(const int32_t id, Int32MemberOr(object, "schema-id", 0, "schema"));
  schema.id = SchemaId(id);
  if (const json* ids = FindMember(object, "identifier-field-ids")) {
    for (const json& element : *ids) {
      ARROW_ASSIGN_OR_RAISE(const int32_t field_id,
                            Int32Value(element, "schema: identifier-field-ids"));
      schema.identifier_field_ids.emplace_back(field_id);
    }
  }
  std::set<FieldId> seen;
  ARROW_RETURN_NOT_OK(CheckUniqueIds(schema.fields, &seen));
  return schema;
}

std::string SchemaToJson(const Schema& schema) {
  ordered_json object = {{"type", "struct"}, {"schema-id", schema.id.value}};
  if (!schema.identifier_field_ids.empty()) {
    ordered_json ids = ordered_json::array();
    for (const FieldId id : schema.identifier_field_ids) ids.push_back(id.value);
    object["identifier-field-ids"] = std::move(ids);
  }
  object["fields"] = FieldsToJsonValue(schema.fields);
  return JsonDump(object);
}

arrow::Result<PartitionSpec> PartitionSpecFromJson(std::string_view text) {
  ARROW_ASSIGN_OR_RAISE(const json object, ParseJson(text, "partition spec"));
  PartitionSpec spec;
  ARROW_ASSIGN_OR_RAISE(const int32_t id, Int32Member(object, "spec-id", "partition spec"));
  spec.id = SpecId(id);
  ARROW_ASSIGN_OR_RAISE(const json* fields, RequireMember(object, "fields", "partition spec"));
  ARROW_ASSIGN_OR_RAISE(spec.fields, PartitionFieldsFrom(*fields));
  return spec;
}

arrow::Result<std::vector<PartitionField>> PartitionFieldsFromJson(std::string_view text) {
  ARROW_ASSIGN_OR_RAISE(const json array, ParseJson(text, "partition spec"));
  return PartitionFieldsFrom(array);
}

std::string PartitionSpecToJson(const PartitionSpec& spec) {
  return JsonDump({{"spec-id", spec.id.value}, {"fields", PartitionFieldsJson(spec.fields)}});
}

std::string PartitionFieldsToJson(const std::vector<PartitionField>& fields) {
  return JsonDump(PartitionFieldsJson(fields));
}

arrow::Result<SortOrder> SortOrderFromJson(std::string_view text) {
  ARROW_ASSIGN_OR_RAISE(const json object, ParseJson(text, "sort order"));
  SortOrder order;
  ARROW_ASSIGN_OR_RAISE(const int32_t id, Int32Member(object, "order-id", "sort order"));
  order.id = SortOrderId(id);
  ARROW_ASSIGN_OR_RAISE(const json* fields, RequireMember(object, "fields", "sort order"));
  for (const json& element : *fields) {
    ARROW_ASSIGN_OR_RAISE(order.fields.emplace_back(), SortFieldFromJson(element));
  }
  return order;
}

std::string SortOrderToJson(const SortOrder& order) {
  ordered_json fields = ordered_json::array();
  for (const SortField& field : order.fields) {
    ordered_json object = {{"transform", field.transform.ToString()}};
    AddSourceIds(field, &object);
    object["direction"] = field.direction == SortDirection::kAscending ? "asc" : "desc";
    object["null-order"] =
        field.null_order == NullOrder::kNullsFirst ? "nulls-first" : "nulls-last";
    fields.push_back(std::move(object));
  }
  return JsonDump({{"order-id", order.id.value}, {"fields", std::move(fields)}});
}

}  // namespace artemis

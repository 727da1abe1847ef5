// Adds fields and names level by level.
#include "artemis/rewrite/adopt_name_mapping.h"

#include <algorithm>

namespace artemis {

namespace {

MappedField* FindMappedId(std::vector<MappedField>& fields, FieldId id) {
  const auto found = std::find_if(fields.begin(), fields.end(),
                                  [id](const MappedField& field) { return field.field_id == id; });
  return found != fields.end() ? &*found : nullptr;
}

void AddFieldsToMapping(const std::vector<Field>& fields, std::vector<MappedField>* mapped) {
  for (const Field& field : fields) {
    const bool taken = FindMapped(*mapped, field.name) != nullptr;
    MappedField* entry = FindMappedId(*mapped, field.id);
    if (entry == nullptr) {
      if (taken) continue;
      mapped->push_back({field.id, {field.name}, {}});
      entry = &mapped->back();
    } else if (!taken) {
      entry->names.push_back(field.name);
    }
    AddFieldsToMapping(field.type.fields, &entry->fields);
  }
}

}  // namespace

NameMapping MappingWithSchema(const std::optional<NameMapping>& existing, const Schema& schema) {
  NameMapping mapping = existing.value_or(NameMapping());
  AddFieldsToMapping(schema.fields, &mapping.fields);
  return mapping;
}

}  // namespace artemis

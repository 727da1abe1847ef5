// Finding fields by id and full name, and numbering them.
#include "artemis/schema/schema.h"

#include <algorithm>
#include <map>

#include "artemis/base/near_match.h"

namespace artemis {
namespace {

const Field* FindById(const std::vector<Field>& fields, FieldId field_id) {
  for (const Field& field : fields) {
    if (field.id == field_id) return &field;
    if (const Field* nested = FindById(field.type.fields, field_id)) return nested;
  }
  return nullptr;
}

const Field* FindByName(const std::vector<Field>& fields, std::string_view name) {
  for (const Field& field : fields) {
    if (!name.starts_with(field.name)) continue;
    const std::string_view rest = name.substr(field.name.size());
    if (rest.empty()) return &field;
    if (rest.front() != '.') continue;
    if (const Field* nested = FindByName(field.type.fields, rest.substr(1))) return nested;
  }
  return nullptr;
}

bool AppendFullName(const std::vector<Field>& fields, FieldId field_id, std::string* name) {
  for (const Field& field : fields) {
    const size_t size = name->size();
    if (size > 0) *name += '.';
    *name += field.name;
    if (field.id == field_id || AppendFullName(field.type.fields, field_id, name)) return true;
    name->resize(size);
  }
  return false;
}

FieldId HighestId(const std::vector<Field>& fields) {
  FieldId highest(0);
  for (const Field& field : fields) {
    highest = std::max({highest, field.id, HighestId(field.type.fields)});
  }
  return highest;
}

void AppendColumnNames(const std::vector<Field>& fields, const std::string& prefix,
                       std::vector<std::string>* names) {
  for (const Field& field : fields) {
    names->push_back(prefix + field.name);
    AppendColumnNames(field.type.fields, names->back() + ".", names);
  }
}

std::string TopLevelNames(const Schema& schema) {
  constexpr size_t kShown = 40;
  std::string text;
  for (size_t i = 0; i < schema.fields.size() && i < kShown; ++i) {
    text += (i > 0 ? ", " : "") + schema.fields[i].name;
  }
  if (schema.fields.size() > kShown) {
    text += " and " + std::to_string(schema.fields.size() - kShown) + " more";
  }
  return text;
}

class IdAssigner {
 public:
  explicit IdAssigner(FieldId first) : next_(first.value) {}

  void Assign(std::vector<Field>* fields) {
    for (Field& field : *fields) {
      renumbered_[field.id] = FieldId(next_);
      field.id = FieldId(next_++);
    }
    for (Field& field : *fields) Assign(&field.type.fields);
  }

  FieldId Renumbered(FieldId old) const {
    const auto found = renumbered_.find(old);
    return found == renumbered_.end() ? old : found->second;
  }

 private:
  int32_t next_;
  std::map<FieldId, FieldId> renumbered_;
};

}  // namespace

const Field* Schema::FindField(FieldId field_id) const { return FindById(fields, field_id); }

const Field* Schema::FindField(std::string_view full_name) const {
  return FindByName(fields, full_name);
}

std::string Schema::FullName(FieldId field_id) const {
  std::string name;
  AppendFullName(fields, field_id, &name);
  return name;
}

FieldId Schema::HighestFieldId() const { return HighestId(fields); }

arrow::Result<const Field*> RequireField(const Schema& schema, std::string_view full_name) {
  if (const Field* field = schema.FindField(full_name)) return field;
  std::vector<std::string> names;
  AppendColumnNames(schema.fields, "", &names);
  return arrow::Status::Invalid("no such column: ", full_name, DidYouMean(full_name, names),
                                "; the columns are: ", TopLevelNames(schema));
}

Schema AssignFreshIds(Schema schema, FieldId first_id) {
  IdAssigner assigner(first_id);
  assigner.Assign(&schema.fields);
  for (FieldId& id : schema.identifier_field_ids) id = assigner.Renumbered(id);
  return schema;
}

}  // namespace artemis

// Compares schemas field by field, by id.
#include "artemis/replay/schema_difference.h"

#include <map>

namespace artemis {

namespace {

struct PlacedColumn {
  const Field* field = nullptr;
  std::string full_name;
  FieldId parent;  // 0: the top
};

// In the order of the schema.
using PlacedColumns = std::vector<PlacedColumn>;

void PlaceColumns(const std::vector<Field>& fields, const std::string& prefix, FieldId parent,
                  PlacedColumns* placed) {
  for (const Field& field : fields) {
    placed->push_back({&field, prefix + field.name, parent});
    PlaceColumns(field.type.fields, prefix + field.name + ".", field.id, placed);
  }
}

std::map<FieldId, const PlacedColumn*> ById(const PlacedColumns& columns) {
  std::map<FieldId, const PlacedColumn*> by_id;
  for (const auto& column : columns) by_id[column.field->id] = &column;
  return by_id;
}

bool IsPlacedBelow(const PlacedColumn& column, const std::map<FieldId, const PlacedColumn*>& in) {
  return column.parent.value == 0 || in.contains(column.parent);
}

std::string TextOf(const std::optional<Type>& type) { return type ? type->ToString() : ""; }

}  // namespace

std::string ColumnDifference::Describe() const {
  if (!old_name) return "added";
  if (!new_name) return "dropped";
  std::string text;
  const auto add = [&](const std::string& what) { text += (text.empty() ? "" : " and ") + what; };
  if (old_name != new_name) add("renamed");
  if (old_type != new_type) add("widened");
  if (old_required != new_required) add(*new_required ? "made required" : "made optional");
  return text;
}

std::string ColumnDifference::Sentence() const {
  if (!old_name) return "column " + *new_name + " " + TextOf(new_type) + " was added";
  if (!new_name) return "column " + *old_name + " " + TextOf(old_type) + " was dropped";
  std::string text = "column " + *old_name + " " + TextOf(old_type) + " was " + Describe();
  if (old_name != new_name || old_type != new_type) {
    text += ": " + *new_name + " " + TextOf(new_type);
  }
  return text;
}

std::vector<ColumnDifference> CompareSchemas(const Schema& older, const Schema& newer) {
  PlacedColumns old_columns, new_columns;
  PlaceColumns(older.fields, "", FieldId(0), &old_columns);
  PlaceColumns(newer.fields, "", FieldId(0), &new_columns);
  const auto in_old = ById(old_columns), in_new = ById(new_columns);
  std::vector<ColumnDifference> differences;
  for (const auto& before : old_columns) {
    const Field& old_field = *before.field;
    ColumnDifference each{old_field.id, before.full_name, {}, old_field.type, {}, {}, {}};
    each.old_required = old_field.required;
    const auto found = in_new.find(old_field.id);
    if (found == in_new.end()) {
      if (IsPlacedBelow(before, in_new)) differences.push_back(std::move(each));
      continue;
    }
    const Field& new_field = *found->second->field;
    each.new_name = found->second->full_name;
    each.new_type = new_field.type;
    each.new_required = new_field.required;
    const bool widened = old_field.type.is_primitive() && old_field.type != new_field.type;
    // What lies below a renamed struct has another full name, and is the same.
    const bool renamed = old_field.name != new_field.name;
    if (!widened) each.new_type = each.old_type;
    if (!renamed) each.new_name = each.old_name;
    if (widened || renamed || each.old_required != each.new_required) {
      differences.push_back(std::move(each));
    }
  }
  for (const auto& after : new_columns) {
    if (in_old.contains(after.field->id) || !IsPlacedBelow(after, in_old)) continue;
    ColumnDifference each{after.field->id, {}, after.full_name, {}, after.field->type, {}, {}};
    each.new_required = after.field->required;
    differences.push_back(std::move(each));
  }
  return differences;
}

}  // namespace artemis

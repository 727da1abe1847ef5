// A table schema: a struct of fields with ids, and how to find a field in it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <arrow/result.h>

#include "artemis/schema/type.h"

namespace artemis {

struct Schema {
  SchemaId id;
  std::vector<Field> fields;
  std::vector<FieldId> identifier_field_ids;

  bool operator==(const Schema&) const = default;

  // The field with this id at any depth, or null. Linear; index once where it matters.
  const Field* FindField(FieldId field_id) const;
  // The field with this full name ("a", "position.lat", "tags.element", "m.key"), case-sensitive, or null.
  const Field* FindField(std::string_view full_name) const;
  // The full name of a field id ("position.lat"); empty when absent.
  std::string FullName(FieldId field_id) const;
  // The greatest id of any field at any depth; 0 for an empty schema.
  FieldId HighestFieldId() const;
};

// The field called `full_name`; else Status::Invalid that names the column, the table's columns and, where one
// differs only by case or by a letter or two, that one ("did you mean").
arrow::Result<const Field*> RequireField(const Schema& schema, std::string_view full_name);

// Gives every field, at every depth, a fresh id from `first_id` on, in the order of the specification's
// examples (all fields of a struct first, then their children).
Schema AssignFreshIds(Schema schema, FieldId first_id = FieldId(1));

}  // namespace artemis

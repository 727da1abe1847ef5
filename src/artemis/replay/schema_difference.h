// What differs between two schemas of a table, column by column.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "artemis/schema/schema.h"

namespace artemis {

// One column at any depth, by field id. A name or type is missing where the schema does not have the column.
struct ColumnDifference {
  FieldId id;
  // Full names ("position.lat").
  std::optional<std::string> old_name, new_name;
  std::optional<Type> old_type, new_type;
  std::optional<bool> old_required, new_required;

  // "added", "dropped", "renamed", "widened", "renamed and widened", "made optional", …
  std::string Describe() const;
  // "column flux double was added", "column voltage float is called panel_voltage double"
  std::string Sentence() const;

  bool operator==(const ColumnDifference&) const = default;
};

// Columns that only one schema has, or that differ in name, type (of primitive ones) or nullability: first those of the older schema in its
// order, then those that were added. What lies within an added or dropped column is not told again. Order of columns is not compared.
std::vector<ColumnDifference> CompareSchemas(const Schema& older, const Schema& newer);

}  // namespace artemis

// Name mapping: how columns of data files without field ids are found (specification, "Column Projection", "Name Mapping
// Serialization"; table property schema.name-mapping.default).
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <arrow/type_fwd.h>

#include "artemis/schema/schema.h"

namespace artemis {

inline constexpr char kNameMappingProperty[] = "schema.name-mapping.default";

struct MappedField {
  // Absent: a name that is known but maps to no field (its children may).
  std::optional<FieldId> field_id;
  std::vector<std::string> names;
  // Of a struct its fields, of a list "element", of a map "key" and "value".
  std::vector<MappedField> fields;

  bool operator==(const MappedField&) const = default;
};

struct NameMapping {
  std::vector<MappedField> fields;

  bool operator==(const NameMapping&) const = default;
};

// The mapping from today's names of a schema: what a table gets when files without ids are added to it.
NameMapping DefaultNameMapping(const Schema& schema);

// The mapped field called `name` among `fields`, or null.
const MappedField* FindMapped(const std::vector<MappedField>& fields, std::string_view name);

// `arrow_schema` with field ids (PARQUET:field_id) where the mapping knows the name, at every depth; the other fields lose
// the id they have. List elements, map keys and values are looked up as "element", "key", "value" whatever the file calls them.
std::shared_ptr<arrow::Schema> ApplyNameMapping(const arrow::Schema& arrow_schema,
                                                const NameMapping& mapping);

// Whether any field at any depth carries an id: then the file's own ids are used and the mapping is not.
bool HasFieldIds(const arrow::Schema& arrow_schema);

}  // namespace artemis

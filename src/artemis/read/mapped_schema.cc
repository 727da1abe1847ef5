// Applies the name mapping.
#include "artemis/read/mapped_schema.h"

#include "artemis/schema/name_mapping.h"
#include "artemis/schema/name_mapping_json.h"

namespace artemis {

arrow::Result<std::shared_ptr<arrow::Schema>> WithFieldIds(
    std::shared_ptr<arrow::Schema> file_schema, const TableMetadata& metadata,
    const std::string& path) {
  if (HasFieldIds(*file_schema)) return file_schema;
  const auto property = metadata.properties.find(kNameMappingProperty);
  if (property == metadata.properties.end()) {
    return arrow::Status::Invalid(path, " has no field ids, and the table has no ",
                                  kNameMappingProperty, ": its columns cannot be told");
  }
  ARROW_ASSIGN_OR_RAISE(const auto mapping, NameMappingFromJson(property->second));
  return ApplyNameMapping(*file_schema, mapping);
}

}  // namespace artemis

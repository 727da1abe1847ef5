// Evolution on metadata.
#include "artemis/timetravel/schema_change.h"

#include "artemis/schema/evolution.h"
#include "artemis/table/update.h"

namespace artemis {

MetadataChange AddingColumn(std::string_view full_name, std::string_view type) {
  return [name = std::string(full_name),
          text = std::string(type)](const TableMetadata& metadata) -> arrow::Result<TableMetadata> {
    ARROW_ASSIGN_OR_RAISE(const Type parsed, ParseType(text));
    ARROW_ASSIGN_OR_RAISE(
        auto added, AddColumn(metadata.CurrentSchema(), metadata.last_column_id, name, parsed));
    return SetCurrentSchema(metadata, std::move(added.schema), added.last_column_id);
  };
}

MetadataChange RenamingColumn(std::string_view full_name, std::string_view new_name) {
  return [name = std::string(full_name), next = std::string(new_name)](
             const TableMetadata& metadata) -> arrow::Result<TableMetadata> {
    ARROW_ASSIGN_OR_RAISE(auto schema, RenameColumn(metadata.CurrentSchema(), name, next));
    return SetCurrentSchema(metadata, std::move(schema), metadata.last_column_id);
  };
}

MetadataChange DroppingColumn(std::string_view full_name) {
  return [name = std::string(full_name)](
             const TableMetadata& metadata) -> arrow::Result<TableMetadata> {
    ARROW_ASSIGN_OR_RAISE(auto schema, DropColumn(metadata.CurrentSchema(), name));
    return SetCurrentSchema(metadata, std::move(schema), metadata.last_column_id);
  };
}

MetadataChange WideningColumn(std::string_view full_name, std::string_view type) {
  return [name = std::string(full_name),
          text = std::string(type)](const TableMetadata& metadata) -> arrow::Result<TableMetadata> {
    ARROW_ASSIGN_OR_RAISE(const Type parsed, ParseType(text));
    ARROW_ASSIGN_OR_RAISE(
        auto schema, WidenColumn(metadata.CurrentSchema(), name, parsed, metadata.format_version));
    return SetCurrentSchema(metadata, std::move(schema), metadata.last_column_id);
  };
}

}  // namespace artemis

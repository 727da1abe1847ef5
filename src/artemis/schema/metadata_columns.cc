// The table of reserved columns.
#include "artemis/schema/metadata_columns.h"

namespace artemis {

namespace {

Field ReservedColumn(FieldId id, const char* name, TypeKind kind, bool required) {
  Field field;
  field.id = id;
  field.name = name;
  field.required = required;
  field.type = Type::Of(kind);
  return field;
}

const std::vector<Field>& ReservedColumns() {
  static const std::vector<Field> columns = {
      ReservedColumn(kFilePathColumn, "_file", TypeKind::kString, true),
      ReservedColumn(kPositionColumn, "_pos", TypeKind::kLong, true),
      ReservedColumn(kSpecIdColumn, "_spec_id", TypeKind::kInt, true),
      ReservedColumn(kPartitionColumn, "_partition", TypeKind::kStruct, true),
      ReservedColumn(kSnapshotIdColumn, "_snapshot_id", TypeKind::kLong, true),
      ReservedColumn(kRowIdColumn, "_row_id", TypeKind::kLong, false),
      ReservedColumn(kLastUpdatedColumn, "_last_updated_sequence_number", TypeKind::kLong, false),
      ReservedColumn(kDeletedPathColumn, "file_path", TypeKind::kString, true),
      ReservedColumn(kDeletedPositionColumn, "pos", TypeKind::kLong, true)};
  return columns;
}

}  // namespace

const Field* FindMetadataColumn(FieldId id) {
  for (const Field& column : ReservedColumns()) {
    if (column.id == id) return &column;
  }
  return nullptr;
}

const Field* FindMetadataColumn(std::string_view name) {
  for (const Field& column : ReservedColumns()) {
    if (column.name == name && name.starts_with('_')) return &column;
  }
  return nullptr;
}

std::vector<Field> RowLineageColumns() {
  return {*FindMetadataColumn(kRowIdColumn), *FindMetadataColumn(kLastUpdatedColumn)};
}

}  // namespace artemis

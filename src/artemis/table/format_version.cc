// Looks for v3 features in a schema.
#include "artemis/table/format_version.h"

namespace artemis {

namespace {

bool HasDefault(const Field& field) {
  return field.initial_default || field.initial_default_struct;
}

int32_t LeastVersion(const Field& field) {
  if (HasDefault(field)) return 3;
  switch (field.type.kind) {
    case TypeKind::kTimestampNs:
    case TypeKind::kTimestamptzNs:
    case TypeKind::kUnknown:
    case TypeKind::kUnsupported:
      return 3;
    default:
      return 1;
  }
}

arrow::Status CheckFields(const std::vector<Field>& fields, int32_t format_version) {
  for (const Field& field : fields) {
    if (LeastVersion(field) > format_version) {
      const char* what = HasDefault(field) ? " with a default" : "";
      return arrow::Status::Invalid("column '", field.name, "' of type ", field.type.ToString(),
                                    what, " needs format version ", LeastVersion(field),
                                    ", the table has ", format_version);
    }
    ARROW_RETURN_NOT_OK(CheckFields(field.type.fields, format_version));
  }
  return arrow::Status::OK();
}

}  // namespace

arrow::Status CheckSchemaFitsFormat(const Schema& schema, int32_t format_version) {
  return CheckFields(schema.fields, format_version);
}

}  // namespace artemis

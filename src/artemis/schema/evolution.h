// Schema evolution by field id (specification, "Schema Evolution"): each function takes a schema and gives the next one.
// The id of the new schema is the caller's business (table/ gives it the next free one, or re-uses an equal schema's), and so are
// partition and sort fields that need a column (table/update.h, SetCurrentSchema).
//
// Columns are named by their full name: "position.lat", "points.element.x", "readings.value". Invalid names the column and what
// stands against the change; an unknown column: RequireField's message.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <arrow/result.h>

#include "artemis/schema/schema.h"
#include "artemis/schema/transform.h"

namespace artemis {

struct ColumnChange {
  Schema schema;
  // The greatest field id ever used after the change; last-column-id of the table.
  FieldId last_column_id;
};

// Adds an optional column at the end of its struct ("position.alt"; a list or map of structs stands for its element or value). A name
// in use, an unknown parent: Invalid. NotImplemented for an unsupported type.
arrow::Result<ColumnChange> AddColumn(const Schema& schema, FieldId last_column_id,
                                      std::string_view full_name, const Type& type,
                                      std::string_view doc = "");
// What a new column may have besides a type.
struct NewColumnOptions {
  std::string doc;
  // Rows that are there must read as something: Invalid without a default.
  bool required = false;
  // Becomes the initial and the write default (v3); Invalid when it is no value of the type, which must be primitive.
  std::optional<LiteralValue> default_value;
};
arrow::Result<ColumnChange> AddColumn(const Schema& schema, FieldId last_column_id,
                                      std::string_view full_name, const Type& type,
                                      const NewColumnOptions& options);
// Renames by name; `new_name` is the last part only. A name in use: Invalid.
arrow::Result<Schema> RenameColumn(const Schema& schema, std::string_view full_name,
                                   std::string_view new_name);
// Drops a column; identifier fields cannot be dropped: Invalid. Partition sources are the caller's check.
arrow::Result<Schema> DropColumn(const Schema& schema, std::string_view full_name);
// int -> long, float -> double, decimal(P, S) -> decimal(P' > P, S); in v3 also unknown -> any primitive, date -> timestamp or
// timestamp_ns (which Iceberg's Java library of 2026 does not read). Anything else: Invalid, naming both types. Defaults go along; one
// that does not fit the new type: Invalid.
arrow::Result<Schema> WidenColumn(const Schema& schema, std::string_view full_name, const Type& to,
                                  int32_t format_version = 2);
// Whether `transform` gives the same for a value before and after its column is widened from `from` to `to`: if not, the column of a
// partition field must not be widened.
bool PromotionKeepsTransform(const Transform& transform, const Type& from, const Type& to);
// An empty doc takes it away.
arrow::Result<Schema> SetColumnDoc(const Schema& schema, std::string_view full_name,
                                   std::string_view doc);
// v3: the default of rows written without a value; nullopt is null. Invalid: no value of the type, null for a required column.
arrow::Result<Schema> SetWriteDefault(const Schema& schema, std::string_view full_name,
                                      const std::optional<LiteralValue>& value);
// A required column may be null from now on; one that is optional stays so. Identifier fields: Invalid.
arrow::Result<Schema> MakeColumnOptional(const Schema& schema, std::string_view full_name);
// The columns that tell one row from another; none of them empties the list. Invalid for one that is not required, or
// lies in an optional struct, a list or a map, or is of type float or double (specification, "Identifier Field IDs").
arrow::Result<Schema> SetIdentifierColumns(const Schema& schema,
                                           const std::vector<std::string>& full_names);
// Moves a column within its struct: first, or after or before a sibling (the sibling's last name part).
arrow::Result<Schema> MoveColumnFirst(const Schema& schema, std::string_view full_name);
arrow::Result<Schema> MoveColumnAfter(const Schema& schema, std::string_view full_name,
                                      std::string_view after);
arrow::Result<Schema> MoveColumnBefore(const Schema& schema, std::string_view full_name,
                                       std::string_view before);

// Parses a type's text: "double", "decimal(9,2)", "fixed[16]", "timestamptz", and the SQL names people try (bigint, varchar, text,
// integer, real, bytes). Primitive types only; NotImplemented for variant, geometry and geography.
arrow::Result<Type> ParseType(std::string_view text);

}  // namespace artemis

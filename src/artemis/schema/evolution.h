// Schema evolution by field id (specification, "Schema Evolution"): each function takes a schema and gives the next one.
// The id of the new schema is the caller's business (table/ gives it the next free one, or re-uses an equal schema's).
#pragma once

#include <string>
#include <string_view>

#include <arrow/result.h>

#include "artemis/schema/schema.h"

namespace artemis {

struct ColumnChange {
  Schema schema;
  // The greatest field id ever used after the change; last-column-id of the table.
  FieldId last_column_id;
};

// Adds an optional column (in a struct: "position.alt"). A name in use, an unknown parent: Invalid.
arrow::Result<ColumnChange> AddColumn(const Schema& schema, FieldId last_column_id,
                                      std::string_view full_name, const Type& type,
                                      std::string_view doc = "");
// Renames by name; `new_name` is the last part only. A name in use: Invalid.
arrow::Result<Schema> RenameColumn(const Schema& schema, std::string_view full_name,
                                   std::string_view new_name);
// Drops a column; identifier fields cannot be dropped: Invalid. Partition sources are the caller's check.
arrow::Result<Schema> DropColumn(const Schema& schema, std::string_view full_name);
// int -> long, float -> double, decimal(P, S) -> decimal(P' > P, S). Anything else: Invalid, naming both types.
arrow::Result<Schema> WidenColumn(const Schema& schema, std::string_view full_name, const Type& to);
// Moves a column within its struct: first, or after a sibling (`after` is the sibling's last name part).
arrow::Result<Schema> MoveColumnFirst(const Schema& schema, std::string_view full_name);
arrow::Result<Schema> MoveColumnAfter(const Schema& schema, std::string_view full_name,
                                      std::string_view after);

// Parses a type's text: "double", "decimal(9,2)", "fixed[16]", "timestamptz", and the SQL names people try (bigint, varchar, text,
// integer, real, bytes). Primitive types only.
arrow::Result<Type> ParseType(std::string_view text);

}  // namespace artemis

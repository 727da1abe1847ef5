// The columns that incoming rows are meant for, and what is said about those that do not fit by name.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include <arrow/status.h>
#include <arrow/type.h>

namespace artemis {

struct RowTarget {
  std::shared_ptr<arrow::Schema> schema;
  // What top-level columns hold that a line leaves out, as text; others are null then.
  std::map<std::string, std::string> defaults;
  // Columns that have another name today: the former name, and the present one.
  std::map<std::string, std::string> former_names;
  // Whose columns they are, for messages: "the table", "the schema".
  std::string owner = "the table";
};

// "column 'misson_id' is not in the table (did you mean 'mission_id'?)", or "(it was renamed to 'remarks')";
// Invalid with the detail ColumnRefusal.
arrow::Status UnknownColumn(const RowTarget& target, std::string_view name);

// UnknownColumn for the first of `rows` that the target does not have; Invalid for one that is there twice; OK otherwise.
arrow::Status CheckColumnNames(const RowTarget& target, const arrow::Schema& rows);

}  // namespace artemis

// Names against names.
#include "artemis/ingest/row_target.h"

#include "artemis/base/near_match.h"
#include "artemis/ingest/value_column.h"

namespace artemis {

arrow::Status UnknownColumn(const RowTarget& target, std::string_view name) {
  const std::string column(name);
  std::string hint;
  if (const auto former = target.former_names.find(column); former != target.former_names.end()) {
    hint = " (it was renamed to '" + former->second + "')";
  } else {
    hint = DidYouMean(name, target.schema->field_names());
  }
  const std::string reason = "is not in " + target.owner + hint;
  return arrow::Status::Invalid("column '", column, "' ", reason)
      .WithDetail(std::make_shared<ColumnRefusal>(column, reason));
}

arrow::Status CheckColumnNames(const RowTarget& target, const arrow::Schema& rows) {
  for (const auto& field : rows.fields()) {
    if (target.schema->GetAllFieldIndices(field->name()).empty()) {
      return UnknownColumn(target, field->name());
    }
    if (rows.GetAllFieldIndices(field->name()).size() > 1) {
      return arrow::Status::Invalid("the rows have more than one column '", field->name(), "'");
    }
  }
  return arrow::Status::OK();
}

}  // namespace artemis

// Sets columns of a batch to constants.
#include <arrow/array/util.h>
#include <arrow/compute/cast.h>

#include "artemis/rewrite/overwrite.h"

namespace artemis {

namespace {

arrow::Result<std::shared_ptr<arrow::Array>> Constant(const arrow::Field& field,
                                                      const std::shared_ptr<arrow::Scalar>& value,
                                                      int64_t rows) {
  if (value == nullptr || !value->is_valid) {
    if (!field.nullable()) {
      return arrow::Status::Invalid("column '", field.name(), "' is required: it cannot be null");
    }
    return arrow::MakeArrayOfNull(field.type(), rows);
  }
  ARROW_ASSIGN_OR_RAISE(auto one, arrow::MakeArrayFromScalar(*value, 1));
  auto cast = arrow::compute::Cast(*one, field.type());
  if (!cast.ok()) {
    return arrow::Status::Invalid("column '", field.name(), "' of type ", field.type()->ToString(),
                                  " cannot be set to ", value->ToString(), ": ",
                                  cast.status().message());
  }
  ARROW_ASSIGN_OR_RAISE(const auto scalar, (*cast)->GetScalar(0));
  return arrow::MakeArrayFromScalar(*scalar, rows);
}

}  // namespace

RowChange SetColumns(std::vector<ColumnValue> values) {
  return [values = std::move(values)](const std::shared_ptr<arrow::RecordBatch>& batch)
             -> arrow::Result<std::shared_ptr<arrow::RecordBatch>> {
    auto changed = batch;
    for (const auto& [column, value] : values) {
      const int at = batch->schema()->GetFieldIndex(column);
      if (at < 0) return arrow::Status::Invalid("there is no column '", column, "' to set");
      const auto& field = batch->schema()->field(at);
      ARROW_ASSIGN_OR_RAISE(const auto array, Constant(*field, value, batch->num_rows()));
      ARROW_ASSIGN_OR_RAISE(changed, changed->SetColumn(at, field, array));
    }
    return changed;
  };
}

}  // namespace artemis

// Repeats the change columns for each row.
#include "artemis/replay/change_columns.h"

#include <arrow/array.h>
#include <arrow/builder.h>
#include <arrow/scalar.h>

namespace artemis {

const char* ChangeTypeName(ChangeType type) {
  switch (type) {
    case ChangeType::kDelete:
      return "delete";
    case ChangeType::kInsert:
      return "insert";
    case ChangeType::kUpdateBefore:
      return "update_preimage";
    case ChangeType::kUpdateAfter:
      break;
  }
  return "update_postimage";
}

std::shared_ptr<arrow::Schema> ChangeSchema(const arrow::Schema& rows) {
  arrow::FieldVector fields = {arrow::field("_change_type", arrow::utf8(), false),
                               arrow::field("_change_ordinal", arrow::int32(), false),
                               arrow::field("_commit_snapshot_id", arrow::int64(), true)};
  fields.insert(fields.end(), rows.fields().begin(), rows.fields().end());
  return arrow::schema(std::move(fields));
}

arrow::Result<std::shared_ptr<arrow::RecordBatch>> WithChangeColumns(
    const ChangeBatch& changes, const ChangeCommit& commit,
    const std::shared_ptr<arrow::Schema>& schema) {
  const int64_t rows = changes.rows->num_rows();
  arrow::ArrayVector columns;
  arrow::StringBuilder types;
  for (int64_t row = 0; row < rows; ++row) {
    const auto type = changes.types[static_cast<size_t>(row) % changes.types.size()];
    ARROW_RETURN_NOT_OK(types.Append(ChangeTypeName(type)));
  }
  ARROW_ASSIGN_OR_RAISE(columns.emplace_back(), types.Finish());
  ARROW_ASSIGN_OR_RAISE(columns.emplace_back(),
                        arrow::MakeArrayFromScalar(arrow::Int32Scalar(commit.ordinal), rows));
  const auto id = commit.snapshot_id ? arrow::MakeScalar(commit.snapshot_id->value)
                                     : arrow::MakeNullScalar(arrow::int64());
  ARROW_ASSIGN_OR_RAISE(columns.emplace_back(), arrow::MakeArrayFromScalar(*id, rows));
  const auto& given = changes.rows->columns();
  columns.insert(columns.end(), given.begin(), given.end());
  return arrow::RecordBatch::Make(schema, rows, std::move(columns));
}

}  // namespace artemis

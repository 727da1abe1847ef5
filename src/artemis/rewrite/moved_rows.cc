// Row lineage of rows that move.
#include "artemis/rewrite/moved_rows.h"

#include <arrow/array/util.h>

#include "artemis/schema/metadata_columns.h"

namespace artemis {

namespace {

arrow::Result<std::shared_ptr<arrow::RecordBatch>> FirstColumns(const arrow::RecordBatch& batch,
                                                                int count) {
  std::vector<int> columns;
  for (int i = 0; i < count; ++i) columns.push_back(i);
  return batch.SelectColumns(columns);
}

// _row_id stays; everything behind it is null.
arrow::Result<std::shared_ptr<arrow::RecordBatch>> WithLineage(
    std::shared_ptr<arrow::RecordBatch> changed, const arrow::RecordBatch& old, int first) {
  for (int i = first; i < old.num_columns(); ++i) {
    std::shared_ptr<arrow::Array> column = old.column(i);
    if (i > first) {
      ARROW_ASSIGN_OR_RAISE(column, arrow::MakeArrayOfNull(column->type(), old.num_rows()));
    }
    ARROW_ASSIGN_OR_RAISE(
        changed, changed->AddColumn(changed->num_columns(), old.schema()->field(i), column));
  }
  return changed;
}

}  // namespace

std::shared_ptr<const TableMetadata> WithRowLineage(std::shared_ptr<const TableMetadata> metadata) {
  if (metadata->format_version < 3) return metadata;
  auto widened = std::make_shared<TableMetadata>();
  widened->format_version = metadata->format_version;
  widened->table_uuid = metadata->table_uuid;
  widened->location = metadata->location;
  widened->last_column_id = metadata->last_column_id;
  widened->current_schema_id = metadata->current_schema_id;
  widened->schemas = {metadata->CurrentSchema()};
  widened->partition_specs = metadata->partition_specs;
  widened->default_spec_id = metadata->default_spec_id;
  widened->sort_orders = metadata->sort_orders;
  widened->default_sort_order_id = metadata->default_sort_order_id;
  widened->properties = metadata->properties;
  auto& fields = widened->schemas.front().fields;
  for (auto& column : RowLineageColumns()) fields.push_back(std::move(column));
  return widened;
}

void ForgetLineageMetrics(std::vector<DataFile>* files) {
  for (auto& file : *files) {
    std::erase_if(file.metrics,
                  [](const ColumnMetrics& column) { return column.field_id > kFieldIdMax; });
  }
}

arrow::Status ChangedRows::ReadNext(std::shared_ptr<arrow::RecordBatch>* batch) {
  std::shared_ptr<arrow::RecordBatch> old;
  ARROW_RETURN_NOT_OK(rows_->ReadNext(&old));
  *batch = nullptr;
  if (old == nullptr) return arrow::Status::OK();
  ARROW_ASSIGN_OR_RAISE(const auto own, FirstColumns(*old, column_count_));
  ARROW_ASSIGN_OR_RAISE(auto changed, change_(own));
  if (changed == nullptr || changed->num_rows() != old->num_rows()) {
    return arrow::Status::Invalid("an update of ", old->num_rows(), " rows gave ",
                                  changed == nullptr ? 0 : changed->num_rows());
  }
  return WithLineage(std::move(changed), *old, column_count_).Value(batch);
}

}  // namespace artemis

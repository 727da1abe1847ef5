// Matches columns by name and hands each to the conversion of its type.
#include "artemis/layout/conform.h"

#include <arrow/array.h>
#include <arrow/array/util.h>

#include "artemis/base/near_match.h"
#include "artemis/layout/conform_array.h"
#include "artemis/schema/arrow_schema.h"

namespace artemis {
namespace {

std::vector<std::string> TableColumnNames(const Schema& table) {
  std::vector<std::string> names;
  for (const Field& field : table.fields) names.push_back(field.name);
  return names;
}

arrow::Status CheckKnownColumns(const Schema& table, const arrow::Schema& rows) {
  const std::vector<std::string> names = TableColumnNames(table);
  for (const auto& field : rows.fields()) {
    if (std::find(names.begin(), names.end(), field->name()) == names.end()) {
      return arrow::Status::Invalid("column '", field->name(), "' of the rows is not in the table",
                                    DidYouMean(field->name(), names));
    }
    if (rows.GetAllFieldIndices(field->name()).size() > 1) {
      return arrow::Status::Invalid("the rows have more than one column '", field->name(), "'");
    }
  }
  return arrow::Status::OK();
}

arrow::Result<std::shared_ptr<arrow::RecordBatch>> EmptyBatch(const arrow::Schema& rows) {
  std::vector<std::shared_ptr<arrow::Array>> columns;
  for (const auto& field : rows.fields()) {
    ARROW_ASSIGN_OR_RAISE(auto column, arrow::MakeArrayOfNull(field->type(), 0));
    columns.push_back(std::move(column));
  }
  return arrow::RecordBatch::Make(arrow::schema(rows.fields()), 0, std::move(columns));
}

}  // namespace

arrow::Result<RowConformer> RowConformer::Make(const Schema& table, const arrow::Schema& rows,
                                               const ConformOptions& options) {
  ARROW_RETURN_NOT_OK(CheckKnownColumns(table, rows));
  RowConformer conformer;
  conformer.table_ = table;
  conformer.arrow_schema_ = ToArrowSchema(table);
  conformer.options_ = options;
  conformer.rows_seen_ = options.first_row;
  if (options.pool == nullptr) conformer.options_.pool = arrow::system_memory_pool();
  for (const Field& field : table.fields) {
    const int source = rows.GetFieldIndex(field.name);
    if (source < 0 && field.required && !field.write_default) {
      return arrow::Status::Invalid("the rows do not have column '", field.name,
                                    "', which the table requires");
    }
    conformer.sources_.push_back(source);
  }
  ARROW_ASSIGN_OR_RAISE(const auto empty, EmptyBatch(rows));
  ARROW_RETURN_NOT_OK(conformer.Conform(*empty).status());
  return conformer;
}

arrow::Result<std::shared_ptr<arrow::RecordBatch>> RowConformer::Conform(
    const arrow::RecordBatch& batch) {
  std::vector<std::shared_ptr<arrow::Array>> columns;
  const ConformContext context{options_.truncate_timestamps, options_.pool, rows_seen_};
  for (size_t i = 0; i < table_.fields.size(); ++i) {
    const Field& field = table_.fields[i];
    std::shared_ptr<arrow::Array> column;
    if (sources_[i] < 0) {
      ARROW_ASSIGN_OR_RAISE(column, FilledColumn(context, field, batch.num_rows()));
    } else {
      ARROW_ASSIGN_OR_RAISE(column, ConformColumn(context, field, batch.column(sources_[i])));
    }
    columns.push_back(std::move(column));
  }
  rows_seen_ += batch.num_rows();
  return arrow::RecordBatch::Make(arrow_schema_, batch.num_rows(), std::move(columns));
}

}  // namespace artemis

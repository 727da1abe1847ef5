// Reads and projects.
#include "artemis/rewrite/adopt_rows.h"

#include "artemis/io/file_system.h"
#include "artemis/read/column_projection.h"

namespace artemis {

namespace {

arrow::Result<std::shared_ptr<arrow::RecordBatch>> ProjectBatch(
    const std::vector<ProjectedColumn>& projected, const arrow::RecordBatch& rows,
    const std::shared_ptr<arrow::Schema>& schema) {
  arrow::ArrayVector arrays;
  for (size_t i = 0; i < projected.size(); ++i) {
    ARROW_ASSIGN_OR_RAISE(
        auto array, ProjectArray(projected[i], rows.num_rows(), rows.column(static_cast<int>(i)),
                                 projected[i].file_field.get(), arrow::default_memory_pool()));
    arrays.push_back(std::move(array));
  }
  return arrow::RecordBatch::Make(schema, rows.num_rows(), std::move(arrays));
}

}  // namespace

arrow::Status ForEachBatch(
    FileSystem& files, const std::shared_ptr<const ParquetFooter>& footer,
    const arrow::Schema& columns, const std::vector<Field>& wanted,
    const std::function<arrow::Status(const std::shared_ptr<arrow::RecordBatch>&)>& visit) {
  ARROW_ASSIGN_OR_RAISE(const auto projected, ProjectColumns(wanted, columns, {}, footer->path));
  ParquetReadOptions options;
  options.columns.emplace();
  for (const ProjectedColumn& column : projected) options.columns->push_back(column.file_column);
  const auto schema = ToArrowSchema(Schema{SchemaId(0), wanted, {}});
  ARROW_ASSIGN_OR_RAISE(auto input, files.OpenInput(footer->path));
  ARROW_ASSIGN_OR_RAISE(const auto batches, OpenParquet(std::move(input), footer, options));
  while (true) {
    ARROW_ASSIGN_OR_RAISE(const auto rows, batches->Next());
    if (rows == nullptr) return arrow::Status::OK();
    ARROW_ASSIGN_OR_RAISE(const auto batch, ProjectBatch(projected, *rows, schema));
    ARROW_RETURN_NOT_OK(visit(batch));
  }
}

}  // namespace artemis

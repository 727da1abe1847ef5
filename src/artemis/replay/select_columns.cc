// Selects columns batch by batch.
#include "artemis/replay/select_columns.h"

#include <arrow/type.h>

namespace artemis {

namespace {

class SelectedColumns : public arrow::RecordBatchReader {
 public:
  SelectedColumns(std::shared_ptr<arrow::RecordBatchReader> rows, std::vector<int> columns)
      : rows_(std::move(rows)), columns_(std::move(columns)) {
    arrow::FieldVector fields;
    for (int column : columns_) fields.push_back(rows_->schema()->field(column));
    schema_ = arrow::schema(std::move(fields));
  }

  std::shared_ptr<arrow::Schema> schema() const override { return schema_; }
  arrow::Status ReadNext(std::shared_ptr<arrow::RecordBatch>* batch) override {
    ARROW_RETURN_NOT_OK(rows_->ReadNext(batch));
    if (*batch == nullptr) return arrow::Status::OK();
    return (*batch)->SelectColumns(columns_).Value(batch);
  }
  arrow::Status Close() override { return rows_->Close(); }

 private:
  const std::shared_ptr<arrow::RecordBatchReader> rows_;
  const std::vector<int> columns_;
  std::shared_ptr<arrow::Schema> schema_;
};

}  // namespace

arrow::Result<std::shared_ptr<arrow::RecordBatchReader>> SelectColumns(
    std::shared_ptr<arrow::RecordBatchReader> rows, const Schema& schema,
    const std::vector<FieldId>& ids) {
  std::vector<int> columns;
  for (const FieldId id : ids) {
    int found = -1;
    for (size_t i = 0; i < schema.fields.size(); ++i) {
      if (schema.fields[i].id == id) found = static_cast<int>(i);
    }
    if (found < 0) return arrow::Status::Invalid("field id ", id.value, " is no top-level column");
    columns.push_back(found);
  }
  return std::make_shared<SelectedColumns>(std::move(rows), std::move(columns));
}

}  // namespace artemis

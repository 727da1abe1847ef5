// Projection, deletes and residual of one file.
#include "artemis/read/task_reader.h"

#include <algorithm>

#include <arrow/builder.h>
#include <arrow/compute/api_vector.h>
#include <arrow/compute/exec.h>
#include <arrow/datum.h>

#include "artemis/base/error.h"
#include "artemis/expr/row_evaluator.h"
#include "artemis/io/file_system.h"
#include "artemis/read/mapped_schema.h"

namespace artemis {

namespace {

// The fields of the filters that are not among the output columns.
std::vector<Field> FilterFields(
    const ReadContext& context, const ScanTask& task,
    const std::vector<std::shared_ptr<const EqualityDeletes>>& equalities) {
  std::vector<Field> fields;
  const auto add = [&](const Field& field) {
    const auto same = [&](const Field& each) { return each.id == field.id; };
    if (std::any_of(context.output.begin(), context.output.end(), same)) return;
    if (std::any_of(fields.begin(), fields.end(), same)) return;
    fields.push_back(field);
  };
  for (const FieldId id : ReferencedFields(task.residual)) {
    if (const Field* field = context.view.schema->FindField(id)) add(*field);
  }
  for (const auto& deletes : equalities) {
    for (const auto& field : deletes->fields) add(field);
  }
  return fields;
}

// Values of identity partition fields: what a file that lacks the column holds (specification, "Column Projection" rule 1).
std::vector<std::pair<FieldId, LiteralValue>> PartitionConstants(const ReadContext& context,
                                                                 const DataFile& file) {
  std::vector<std::pair<FieldId, LiteralValue>> constants;
  const auto* spec = context.view.metadata->FindSpec(file.spec_id);
  if (spec == nullptr) return constants;
  for (size_t i = 0; i < spec->fields.size() && i < file.partition.size(); ++i) {
    if (spec->fields[i].transform.kind == TransformKind::kIdentity && file.partition[i]) {
      constants.emplace_back(spec->fields[i].source_id, *file.partition[i]);
    }
  }
  return constants;
}

}  // namespace

arrow::Result<std::unique_ptr<TaskReader>> TaskReader::Open(
    std::shared_ptr<const ReadContext> context, const ScanTask& task) {
  if (task.file.format != "PARQUET") {
    return arrow::Status::NotImplemented("data file ", task.file.path, " has format ",
                                         task.file.format, ": expected PARQUET");
  }
  std::unique_ptr<TaskReader> reader(new TaskReader(std::move(context), task));
  FileSystem& files = *reader->context_->files;
  ARROW_ASSIGN_OR_RAISE(reader->positions_, reader->context_->deletes->PositionsFor(task));
  ARROW_ASSIGN_OR_RAISE(reader->equalities_, reader->context_->deletes->EqualitiesFor(task));
  ARROW_ASSIGN_OR_RAISE(auto input, files.OpenInput(task.file.path));
  ARROW_ASSIGN_OR_RAISE(auto footer, ReadFooter(input, task.file.path));
  ParquetReadOptions options;
  options.row_groups = task.row_groups;
  options.batch_rows = reader->context_->options.batch_rows;
  options.pool = reader->context_->options.pool;
  ARROW_RETURN_NOT_OK(reader->Bind(*footer, options));
  ARROW_ASSIGN_OR_RAISE(reader->batches_,
                        OpenParquet(std::move(input), std::move(footer), options));
  return reader;
}

arrow::Status TaskReader::Bind(const ParquetFooter& footer, ParquetReadOptions& options) {
  std::vector<Field> targets = context_->output;
  for (auto& field : FilterFields(*context_, task_, equalities_))
    targets.push_back(std::move(field));
  ARROW_ASSIGN_OR_RAISE(const auto file_schema,
                        WithFieldIds(footer.arrow_schema, *context_->view.metadata, footer.path));
  ARROW_ASSIGN_OR_RAISE(
      columns_, ProjectColumns(targets, *file_schema, PartitionConstants(*context_, task_.file),
                               footer.path));
  options.columns.emplace();
  for (auto& column : columns_) {
    if (column.file_column < 0) continue;
    options.columns->push_back(column.file_column);
    column.file_column = static_cast<int>(options.columns->size()) - 1;
  }
  if (options.columns->empty() && file_schema->num_fields() > 0) {
    // Only the number of rows matters: the first column tells it.
    options.columns->push_back(0);
  }
  return arrow::Status::OK();
}

const ProjectedColumn* TaskReader::FindColumn(FieldId id) const {
  for (const auto& column : columns_) {
    if (column.target.id == id) return &column;
  }
  return nullptr;
}

arrow::Result<std::shared_ptr<arrow::Array>> TaskReader::Column(const arrow::RecordBatch& batch,
                                                                const ProjectedColumn& column) {
  const bool in_file = column.file_column >= 0;
  auto projected = ProjectArray(
      column, batch.num_rows(), in_file ? batch.column(column.file_column) : nullptr,
      in_file ? batch.schema()->field(column.file_column).get() : nullptr, context_->options.pool);
  return projected.ok() ? projected : WithContext(projected.status(), task_.file.path);
}

arrow::Result<std::shared_ptr<arrow::BooleanArray>> TaskReader::KeptRows(
    const arrow::RecordBatch& batch, int64_t first_row) {
  const int64_t rows = batch.num_rows();
  std::vector<bool> keep;
  const auto deleted = std::lower_bound(positions_.begin(), positions_.end(), first_row);
  if (deleted != positions_.end() && *deleted < first_row + rows) {
    keep.assign(static_cast<size_t>(rows), true);
    for (auto at = deleted; at != positions_.end() && *at < first_row + rows; ++at)
      keep[static_cast<size_t>(*at - first_row)] = false;
  }
  for (const auto& deletes : equalities_) {
    arrow::ArrayVector arrays;
    for (const auto& field : deletes->fields) {
      ARROW_ASSIGN_OR_RAISE(auto array, Column(batch, *FindColumn(field.id)));
      arrays.push_back(std::move(array));
    }
    if (keep.empty()) keep.assign(static_cast<size_t>(rows), true);
    for (int64_t row = 0; row < rows; ++row) {
      ARROW_ASSIGN_OR_RAISE(const auto key, EqualityKey(deletes->fields, arrays, row));
      if (deletes->keys.contains(key)) keep[static_cast<size_t>(row)] = false;
    }
  }
  std::shared_ptr<arrow::BooleanArray> mask;
  if (!task_.residual.is_true()) {
    arrow::Status failed;
    const auto lookup = [&](FieldId id) -> std::shared_ptr<arrow::Array> {
      const auto* column = FindColumn(id);
      if (column == nullptr) return nullptr;
      auto array = Column(batch, *column);
      if (!array.ok()) failed = array.status();
      return array.ok() ? *array : nullptr;
    };
    auto evaluated = EvaluateRows(task_.residual, rows, lookup, context_->options.pool);
    ARROW_RETURN_NOT_OK(failed);
    ARROW_ASSIGN_OR_RAISE(mask, std::move(evaluated));
  }
  if (keep.empty()) return mask;
  arrow::BooleanBuilder both(context_->options.pool);
  for (int64_t row = 0; row < rows; ++row) {
    ARROW_RETURN_NOT_OK(
        both.Append(keep[static_cast<size_t>(row)] && (mask == nullptr || mask->Value(row))));
  }
  ARROW_ASSIGN_OR_RAISE(auto finished, both.Finish());
  return std::static_pointer_cast<arrow::BooleanArray>(finished);
}

arrow::Result<std::shared_ptr<arrow::RecordBatch>> TaskReader::Output(
    const arrow::RecordBatch& batch, const std::shared_ptr<arrow::BooleanArray>& mask) {
  arrow::ArrayVector arrays;
  for (size_t i = 0; i < context_->output.size(); ++i) {
    ARROW_ASSIGN_OR_RAISE(auto array, Column(batch, columns_[i]));
    arrays.push_back(std::move(array));
  }
  auto projected =
      arrow::RecordBatch::Make(context_->output_schema, batch.num_rows(), std::move(arrays));
  if (mask == nullptr || mask->true_count() == batch.num_rows()) return projected;
  arrow::compute::ExecContext exec(context_->options.pool);
  ARROW_ASSIGN_OR_RAISE(const auto filtered,
                        arrow::compute::Filter(arrow::Datum(projected),
                                               arrow::Datum(std::shared_ptr<arrow::Array>(mask)),
                                               arrow::compute::FilterOptions::Defaults(), &exec));
  return filtered.record_batch();
}

arrow::Result<std::shared_ptr<arrow::RecordBatch>> TaskReader::Next() {
  while (true) {
    int64_t first_row = 0;
    ARROW_ASSIGN_OR_RAISE(const auto batch, batches_->Next(&first_row));
    if (batch == nullptr) return std::shared_ptr<arrow::RecordBatch>();
    ARROW_ASSIGN_OR_RAISE(const auto mask, KeptRows(*batch, first_row));
    if (mask != nullptr && mask->true_count() == 0) continue;
    ARROW_ASSIGN_OR_RAISE(auto output, Output(*batch, mask));
    if (output->num_rows() > 0) return output;
  }
}

}  // namespace artemis

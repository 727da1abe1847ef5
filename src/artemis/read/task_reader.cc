// Projection, deletes and residual of one file.
#include "artemis/read/task_reader.h"

#include <algorithm>

#include <arrow/builder.h>
#include <arrow/compute/api_vector.h>
#include <arrow/compute/exec.h>
#include <arrow/datum.h>
#include <arrow/util/bitmap_ops.h>
#include <parquet/metadata.h>

#include "artemis/base/error.h"
#include "artemis/expr/row_evaluator.h"
#include "artemis/io/file_system.h"
#include "artemis/read/mapped_schema.h"
#include "artemis/read/metadata_column_values.h"
#include "artemis/schema/metadata_columns.h"

namespace artemis {

namespace {

// The fields from a top-level column down to `id`, through structs only; empty when there is no such way.
std::vector<const Field*> PathTo(const std::vector<Field>& fields, FieldId id) {
  for (const auto& field : fields) {
    if (field.id == id) return {&field};
    if (field.type.kind != TypeKind::kStruct) continue;
    auto below = PathTo(field.type.fields, id);
    if (below.empty()) continue;
    below.insert(below.begin(), &field);
    return below;
  }
  return {};
}

// The child arrays along `path` (whose first member is `column` itself); a null struct makes its fields null.
arrow::Result<std::shared_ptr<arrow::Array>> Descend(std::shared_ptr<arrow::Array> column,
                                                     const std::vector<const Field*>& path,
                                                     arrow::MemoryPool* pool) {
  for (size_t depth = 1; depth < path.size(); ++depth) {
    const auto& siblings = path[depth - 1]->type.fields;
    const auto child = static_cast<int>(path[depth] - siblings.data());
    const auto parent = std::static_pointer_cast<arrow::StructArray>(column);
    ARROW_ASSIGN_OR_RAISE(column, parent->GetFlattenedField(child, pool));
  }
  return column;
}

// The top-level fields of the filters that are not among the output columns.
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
    const auto path = PathTo(context.view.schema->fields, id);
    if (!path.empty()) add(*path.front());
  }
  for (const auto& deletes : equalities) {
    for (const auto& column : deletes->columns) add(column);
  }
  return fields;
}

arrow::Result<std::shared_ptr<arrow::BooleanArray>> Inverted(const arrow::BooleanArray& mask,
                                                             arrow::MemoryPool* pool) {
  ARROW_ASSIGN_OR_RAISE(auto bits, arrow::internal::InvertBitmap(pool, mask.values()->data(),
                                                                 mask.offset(), mask.length()));
  return std::make_shared<arrow::BooleanArray>(mask.length(), std::move(bits));
}

std::optional<std::vector<int>> RowGroupsOf(const ScanTask& task, RowGroupEnd end, int count) {
  if (!task.row_groups || end == RowGroupEnd::kAsChosen) return task.row_groups;
  std::vector<int> groups = *task.row_groups;
  std::erase_if(groups, [&](int group) { return group >= count; });
  if (end == RowGroupEnd::kIfThere) return groups;
  for (int group = task.row_groups->back() + 1; group < count; ++group) groups.push_back(group);
  return groups;
}

}  // namespace

arrow::Result<std::unique_ptr<TaskReader>> TaskReader::Open(
    std::shared_ptr<const ReadContext> context, const ScanTask& task, RowGroupEnd end) {
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
  options.row_groups = RowGroupsOf(task, end, footer->metadata->num_row_groups());
  if (end == RowGroupEnd::kAsChosen) options.row_ranges = task.row_ranges;
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
      columns_,
      ProjectColumns(targets, *file_schema,
                     PartitionConstantsOf(*context_->view.metadata, task_.file), footer.path));
  options.columns.emplace();
  for (auto& column : columns_) {
    if (column.file_column < 0) continue;
    auto& read = *options.columns;
    const auto found = std::find(read.begin(), read.end(), column.file_column);
    const auto at = found - read.begin();
    if (found == read.end()) read.push_back(column.file_column);
    column.file_column = static_cast<int>(at);
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
  auto projected =
      ProjectArray(column, batch.num_rows(), in_file ? batch.column(column.file_column) : nullptr,
                   column.file_field.get(), context_->options.pool);
  return projected.ok() ? projected : WithContext(projected.status(), task_.file.path);
}

arrow::Result<std::shared_ptr<arrow::Array>> TaskReader::ReservedColumn(
    const arrow::RecordBatch& batch, const ProjectedColumn& column, int64_t first_row) {
  arrow::MemoryPool* pool = context_->options.pool;
  std::shared_ptr<arrow::Array> stored;
  if (column.file_column >= 0) {
    ARROW_ASSIGN_OR_RAISE(stored, Column(batch, column));
  }
  return MetadataColumnValues(column.target, task_, {first_row, batch.num_rows()}, stored, pool);
}

arrow::Result<std::shared_ptr<arrow::Array>> TaskReader::FilterColumn(
    const arrow::RecordBatch& batch, FieldId id) {
  const auto path = PathTo(context_->view.schema->fields, id);
  if (path.empty()) {
    return arrow::Status::Invalid("column ", context_->view.schema->FullName(id),
                                  " lies in a list or map: it cannot be compared");
  }
  ARROW_ASSIGN_OR_RAISE(auto column, Column(batch, *FindColumn(path.front()->id)));
  return Descend(std::move(column), path, context_->options.pool);
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
    for (const auto& target : deletes->columns) {
      // Keys have the type of the newest schema, which may be wider than the one that is read.
      ProjectedColumn column = *FindColumn(target.id);
      column.target = target;
      ARROW_ASSIGN_OR_RAISE(auto array, Column(batch, column));
      arrays.push_back(std::move(array));
    }
    ARROW_ASSIGN_OR_RAISE(arrays, EqualityLeaves(*deletes, arrays, context_->options.pool));
    if (keep.empty()) keep.assign(static_cast<size_t>(rows), true);
    for (int64_t row = 0; row < rows; ++row) {
      ARROW_ASSIGN_OR_RAISE(const auto key, EqualityKey(deletes->fields, arrays, row));
      if (deletes->keys.contains(key)) keep[static_cast<size_t>(row)] = false;
    }
  }
  std::shared_ptr<arrow::BooleanArray> mask;
  if (!task_.residual.is_true() || context_->options.complement) {
    arrow::Status failed;
    const auto lookup = [&](FieldId id) -> std::shared_ptr<arrow::Array> {
      auto array = FilterColumn(batch, id);
      if (!array.ok()) failed = array.status();
      return array.ok() ? *array : nullptr;
    };
    auto evaluated = EvaluateRows(task_.residual, rows, lookup, context_->options.pool);
    ARROW_RETURN_NOT_OK(failed);
    ARROW_ASSIGN_OR_RAISE(mask, std::move(evaluated));
    if (context_->options.complement) {
      ARROW_ASSIGN_OR_RAISE(mask, Inverted(*mask, context_->options.pool));
    }
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
    const arrow::RecordBatch& batch, int64_t first_row,
    const std::shared_ptr<arrow::BooleanArray>& mask) {
  arrow::ArrayVector arrays;
  for (size_t i = 0; i < context_->output.size(); ++i) {
    const bool is_reserved = FindMetadataColumn(context_->output[i].id) != nullptr;
    ARROW_ASSIGN_OR_RAISE(auto array, is_reserved ? ReservedColumn(batch, columns_[i], first_row)
                                                  : Column(batch, columns_[i]));
    arrays.push_back(std::move(array));
  }
  const bool has_columns = !arrays.empty();
  auto projected =
      arrow::RecordBatch::Make(context_->output_schema, batch.num_rows(), std::move(arrays));
  if (mask == nullptr || mask->true_count() == batch.num_rows()) return projected;
  if (!has_columns) {
    return arrow::RecordBatch::Make(context_->output_schema, mask->true_count(),
                                    arrow::ArrayVector());
  }
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
    ARROW_ASSIGN_OR_RAISE(auto output, Output(*batch, first_row, mask));
    if (output->num_rows() > 0) return output;
  }
}

}  // namespace artemis

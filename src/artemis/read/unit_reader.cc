// Batches of one unit.
#include "artemis/read/unit_reader.h"

#include <algorithm>

#include <arrow/compute/api_vector.h>
#include <arrow/compute/exec.h>
#include <arrow/datum.h>
#include <arrow/util/bit_util.h>
#include <arrow/util/bitmap_ops.h>
#include <parquet/metadata.h>

#include "artemis/base/error.h"
#include "artemis/expr/row_evaluator.h"
#include "artemis/read/metadata_column_values.h"
#include "artemis/schema/arrow_schema.h"
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

arrow::Result<std::shared_ptr<arrow::Array>> Filtered(
    const std::shared_ptr<arrow::Array>& array, const std::shared_ptr<arrow::BooleanArray>& mask,
    arrow::MemoryPool* pool) {
  if (mask == nullptr) return array;
  arrow::compute::ExecContext exec(pool);
  ARROW_ASSIGN_OR_RAISE(
      const auto filtered,
      arrow::compute::Filter(arrow::Datum(array), arrow::Datum(std::shared_ptr<arrow::Array>(mask)),
                             arrow::compute::FilterOptions::Defaults(), &exec));
  return filtered.make_array();
}

// The column of the file whose bytes are the fewest: what only its number of rows is asked of.
int SmallestColumn(const ParquetFooter& footer, int row_group) {
  int smallest = 0;
  int64_t fewest = INT64_MAX;
  for (int column = 0; column < footer.arrow_schema->num_fields(); ++column) {
    const int64_t bytes = BytesOfColumns(footer, row_group, {column}).compressed;
    if (bytes < fewest) smallest = column;
    fewest = std::min(fewest, bytes);
  }
  return smallest;
}

// Whether any of `rows` bits from `first` on is set.
bool HasBit(const uint8_t* bits, int64_t first, int64_t rows) {
  return arrow::internal::CountSetBits(bits, first, rows) > 0;
}

}  // namespace

arrow::Result<UnitReader::Columns> UnitReader::Open(const std::vector<int>& file_columns,
                                                    const std::vector<RowRange>& ranges) const {
  ParquetReadOptions options;
  options.row_groups = std::vector<int>{unit_.row_group};
  options.row_ranges = {ranges};
  options.columns = file_columns;
  options.batch_rows = context_->options.batch_rows;
  options.batch_bytes = context_->options.batch_bytes;
  options.dictionaries = true;
  options.pool = pool();
  Columns columns;
  const int fields = file_.footer->arrow_schema->num_fields();
  if (file_columns.empty() && fields > 0) {
    options.columns->push_back(SmallestColumn(*file_.footer, unit_.row_group));
  }
  columns.places.resize(static_cast<size_t>(fields), -1);
  for (size_t place = 0; place < options.columns->size(); ++place)
    columns.places[static_cast<size_t>((*options.columns)[place])] = static_cast<int>(place);
  ARROW_ASSIGN_OR_RAISE(columns.batches, OpenParquet(file_.input, file_.footer, options));
  return columns;
}

// Where the other columns have few bytes, they are as fast decoded as left out.
bool UnitReader::ShouldFilterFirst() const {
  if (!context_->options.filter_first || !file_.has_filter(context_->options.complement)) {
    return false;
  }
  const auto filter = FileColumns(file_.filter);
  auto others = FileColumns(file_.output);
  std::erase_if(others, [&](int column) {
    return std::find(filter.begin(), filter.end(), column) != filter.end();
  });
  const int64_t first = BytesOfColumns(*file_.footer, unit_.row_group, filter).row;
  const int64_t then = BytesOfColumns(*file_.footer, unit_.row_group, others).row;
  return !others.empty() && 2 * then >= first && context_->filter_first.Try();
}

arrow::Status UnitReader::Start() {
  started_ = true;
  if (ShouldFilterFirst()) return FilterRows();
  std::vector<ProjectedColumn> all = file_.output;
  all.insert(all.end(), file_.filter.begin(), file_.filter.end());
  return Open(FileColumns(all), unit_.ranges).Value(&columns_);
}

arrow::Status UnitReader::FilterRows() {
  const int64_t rows = file_.footer->metadata->RowGroup(unit_.row_group)->num_rows();
  ARROW_ASSIGN_OR_RAISE(kept_, arrow::AllocateEmptyBitmap(rows, pool()));
  ARROW_ASSIGN_OR_RAISE(const Columns filter, Open(FileColumns(file_.filter), unit_.ranges));
  int64_t decoded = 0;
  while (true) {
    ARROW_RETURN_NOT_OK(context_->options.stop.Poll());
    int64_t first_row = 0;
    ARROW_ASSIGN_OR_RAISE(const auto batch, filter.batches->Next(&first_row));
    if (batch == nullptr) break;
    decoded += batch->num_rows();
    ARROW_ASSIGN_OR_RAISE(const Mask mask, KeptRows(filter, *batch, first_row));
    const int64_t at = first_row - group_start();
    if (mask == nullptr) {
      arrow::bit_util::SetBitsTo(kept_->mutable_data(), at, batch->num_rows(), true);
    } else {
      arrow::internal::CopyBitmap(mask->values()->data(), mask->offset(), batch->num_rows(),
                                  kept_->mutable_data(), at);
    }
  }
  const auto file_columns = FileColumns(file_.output);
  ARROW_ASSIGN_OR_RAISE(const auto ranges, RowsToRead(file_columns));
  int64_t to_read = 0;
  for (const RowRange& range : ranges) to_read += range.count;
  context_->filter_first.Note(to_read, decoded);
  if (ranges.empty()) return arrow::Status::OK();
  return Open(file_columns, ranges).Value(&columns_);
}

arrow::Result<std::vector<RowRange>> UnitReader::RowsToRead(
    const std::vector<int>& file_columns) const {
  ARROW_ASSIGN_OR_RAISE(const auto cuts, PageCuts(*file_.footer, unit_.row_group, file_columns,
                                                  [&] { return file_.input; }));
  std::vector<RowRange> ranges;
  for (size_t i = 0; i + 1 < cuts.size(); ++i) {
    if (!HasBit(kept_->data(), cuts[i], cuts[i + 1] - cuts[i])) continue;
    if (!ranges.empty() && ranges.back().end() == cuts[i]) {
      ranges.back().count = cuts[i + 1] - ranges.back().first;
    } else {
      ranges.push_back({cuts[i], cuts[i + 1] - cuts[i]});
    }
  }
  return ranges;
}

arrow::Result<std::shared_ptr<arrow::Array>> UnitReader::Values(const Columns& columns,
                                                                const arrow::RecordBatch& batch,
                                                                const ProjectedColumn& column,
                                                                const Mask& mask) const {
  std::shared_ptr<arrow::Array> source;
  int64_t rows = batch.num_rows();
  if (column.file_column >= 0) {
    source = batch.column(columns.places[static_cast<size_t>(column.file_column)]);
    ARROW_ASSIGN_OR_RAISE(source, Filtered(source, mask, pool()));
  }
  if (mask != nullptr) rows = mask->true_count();
  auto projected = ProjectArray(column, rows, source, column.file_field.get(), pool());
  return projected.ok() ? projected : WithContext(projected.status(), file_.task.file.path);
}

arrow::Result<std::shared_ptr<arrow::Array>> UnitReader::FilterValues(
    const Columns& columns, const arrow::RecordBatch& batch, FieldId id) const {
  const auto path = PathTo(context_->view.schema->fields, id);
  if (path.empty()) {
    return arrow::Status::Invalid("column ", context_->view.schema->FullName(id),
                                  " lies in a list or map: it cannot be compared");
  }
  const auto found =
      std::find_if(file_.filter.begin(), file_.filter.end(),
                   [&](const ProjectedColumn& each) { return each.target.id == path.front()->id; });
  // An equality delete names a column by the newest schema, the residual by the one that is read.
  ProjectedColumn column = *found;
  column.target = *path.front();
  if (path.size() == 1 && column.file_column >= 0) {
    auto source = batch.column(columns.places[static_cast<size_t>(column.file_column)]);
    if (source->type_id() == arrow::Type::DICTIONARY &&
        static_cast<const arrow::DictionaryArray&>(*source).dictionary()->type()->Equals(
            *ToArrowType(column.target.type))) {
      return source;
    }
  }
  ARROW_ASSIGN_OR_RAISE(auto values, Values(columns, batch, column, nullptr));
  return Descend(std::move(values), path, pool());
}

arrow::Result<UnitReader::Mask> UnitReader::ResidualRows(const Columns& columns,
                                                         const arrow::RecordBatch& batch) const {
  arrow::Status failed;
  const auto lookup = [&](FieldId id) -> std::shared_ptr<arrow::Array> {
    auto array = FilterValues(columns, batch, id);
    if (!array.ok()) failed = array.status();
    return array.ok() ? *array : nullptr;
  };
  const int64_t rows = batch.num_rows();
  auto evaluated = EvaluateRows(file_.task.residual, rows, lookup, pool());
  ARROW_RETURN_NOT_OK(failed);
  ARROW_ASSIGN_OR_RAISE(Mask mask, std::move(evaluated));
  if (!context_->options.complement) return mask;
  ARROW_ASSIGN_OR_RAISE(auto bits, arrow::internal::InvertBitmap(pool(), mask->values()->data(),
                                                                 mask->offset(), rows));
  return std::make_shared<arrow::BooleanArray>(rows, std::move(bits));
}

arrow::Status UnitReader::ClearEqual(const EqualityDeletes& deletes, const Columns& columns,
                                     const arrow::RecordBatch& batch, uint8_t* bits) const {
  ARROW_RETURN_NOT_OK(context_->options.stop.Poll());
  arrow::ArrayVector arrays;
  for (const auto& target : deletes.columns) {
    const auto found =
        std::find_if(file_.filter.begin(), file_.filter.end(),
                     [&](const ProjectedColumn& each) { return each.target.id == target.id; });
    // Keys have the type of the newest schema, which may be wider than the one that is read.
    ProjectedColumn column = *found;
    column.target = target;
    ARROW_ASSIGN_OR_RAISE(auto array, Values(columns, batch, column, nullptr));
    arrays.push_back(std::move(array));
  }
  ARROW_ASSIGN_OR_RAISE(arrays, EqualityLeaves(deletes, arrays, pool()));
  for (int64_t row = 0; row < batch.num_rows(); ++row) {
    if (!arrow::bit_util::GetBit(bits, row)) continue;
    ARROW_ASSIGN_OR_RAISE(const auto key, EqualityKey(deletes.fields, arrays, row));
    if (deletes.keys.contains(key)) arrow::bit_util::ClearBit(bits, row);
  }
  return arrow::Status::OK();
}

arrow::Status UnitReader::ClearDeleted(const Columns& columns, const arrow::RecordBatch& batch,
                                       int64_t first_row, Mask* mask) const {
  const int64_t rows = batch.num_rows();
  const auto first = std::lower_bound(file_.positions.begin(), file_.positions.end(), first_row);
  const bool has_positions = first != file_.positions.end() && *first < first_row + rows;
  if (!has_positions && file_.equalities.empty()) return arrow::Status::OK();
  std::shared_ptr<arrow::Buffer> bits;
  if (*mask == nullptr) {
    ARROW_ASSIGN_OR_RAISE(bits, arrow::AllocateBitmap(rows, pool()));
    arrow::bit_util::SetBitsTo(bits->mutable_data(), 0, rows, true);
  } else {
    ARROW_ASSIGN_OR_RAISE(bits, arrow::internal::CopyBitmap(pool(), (*mask)->values()->data(),
                                                            (*mask)->offset(), rows));
  }
  for (auto at = first; at != file_.positions.end() && *at < first_row + rows; ++at)
    arrow::bit_util::ClearBit(bits->mutable_data(), *at - first_row);
  for (const auto& deletes : file_.equalities)
    ARROW_RETURN_NOT_OK(ClearEqual(*deletes, columns, batch, bits->mutable_data()));
  *mask = std::make_shared<arrow::BooleanArray>(rows, std::move(bits));
  return arrow::Status::OK();
}

arrow::Result<UnitReader::Mask> UnitReader::KeptRows(const Columns& columns,
                                                     const arrow::RecordBatch& batch,
                                                     int64_t first_row) const {
  Mask mask;
  if (!file_.task.residual.is_true() || context_->options.complement) {
    ARROW_ASSIGN_OR_RAISE(mask, ResidualRows(columns, batch));
    if (mask->true_count() == 0) return mask;
  }
  ARROW_RETURN_NOT_OK(ClearDeleted(columns, batch, first_row, &mask));
  return mask;
}

arrow::Result<UnitReader::Mask> UnitReader::RememberedRows(int64_t first_row, int64_t rows) const {
  ARROW_ASSIGN_OR_RAISE(auto bits, arrow::internal::CopyBitmap(pool(), kept_->data(),
                                                               first_row - group_start(), rows));
  return std::make_shared<arrow::BooleanArray>(rows, std::move(bits));
}

arrow::Result<std::shared_ptr<arrow::RecordBatch>> UnitReader::Output(
    const arrow::RecordBatch& batch, int64_t first_row, const Mask& mask) const {
  const int64_t rows = mask == nullptr ? batch.num_rows() : mask->true_count();
  arrow::ArrayVector arrays;
  for (const ProjectedColumn& column : file_.output) {
    std::shared_ptr<arrow::Array> array;
    if (FindMetadataColumn(column.target.id) == nullptr) {
      ARROW_ASSIGN_OR_RAISE(array, Values(columns_, batch, column, mask));
    } else {
      std::shared_ptr<arrow::Array> stored;
      if (column.file_column >= 0) {
        ARROW_ASSIGN_OR_RAISE(stored, Values(columns_, batch, column, nullptr));
      }
      ARROW_ASSIGN_OR_RAISE(
          array, MetadataColumnValues(column.target, *context_->view.metadata, file_.task,
                                      {first_row, batch.num_rows()}, stored, pool()));
      ARROW_ASSIGN_OR_RAISE(array, Filtered(array, mask, pool()));
    }
    arrays.push_back(std::move(array));
  }
  return arrow::RecordBatch::Make(context_->output_schema, rows, std::move(arrays));
}

arrow::Result<std::shared_ptr<arrow::RecordBatch>> UnitReader::Next() {
  if (!started_) ARROW_RETURN_NOT_OK(Start());
  while (columns_.batches != nullptr) {
    ARROW_RETURN_NOT_OK(context_->options.stop.Poll());
    int64_t first_row = 0;
    ARROW_ASSIGN_OR_RAISE(const auto batch, columns_.batches->Next(&first_row));
    if (batch == nullptr) break;
    ARROW_ASSIGN_OR_RAISE(Mask mask, kept_ != nullptr ? RememberedRows(first_row, batch->num_rows())
                                                      : KeptRows(columns_, *batch, first_row));
    if (mask != nullptr && mask->true_count() == 0) continue;
    if (mask != nullptr && mask->true_count() == batch->num_rows()) mask = nullptr;
    return Output(*batch, first_row, mask);
  }
  return std::shared_ptr<arrow::RecordBatch>();
}

}  // namespace artemis

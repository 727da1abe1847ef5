// Loads delete files.
#include "artemis/read/delete_rows.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "artemis/base/error.h"
#include "artemis/io/file_system.h"
#include "artemis/io/location.h"
#include "artemis/parquet/file_reader.h"
#include "artemis/read/column_projection.h"
#include "artemis/schema/literal_array.h"
#include "artemis/schema/metadata_columns.h"
#include "artemis/table/deletion_vector.h"

namespace artemis {

namespace {

struct DeleteFileRows {
  std::unique_ptr<ParquetBatches> batches;
  std::vector<ProjectedColumn> columns;
  std::shared_ptr<arrow::Schema> schema;
};

arrow::Result<DeleteFileRows> OpenDeleteFile(const DataFile& file, const std::vector<Field>& fields,
                                             FileSystem& files) {
  if (file.format != "PARQUET") {
    return arrow::Status::NotImplemented("delete file ", file.path, " has format ", file.format,
                                         ": expected PARQUET");
  }
  ARROW_ASSIGN_OR_RAISE(auto input, files.OpenInput(file.path));
  ARROW_ASSIGN_OR_RAISE(auto footer, ReadFooter(input, file.path));
  DeleteFileRows rows;
  ARROW_ASSIGN_OR_RAISE(rows.columns, ProjectColumns(fields, *footer->arrow_schema, {}, file.path));
  ParquetReadOptions options;
  options.columns.emplace();
  for (auto& column : rows.columns) {
    if (column.file_column < 0)
      return CorruptFileError(file.path, "it lacks the delete column " + column.target.name);
    options.columns->push_back(column.file_column);
    column.file_column = static_cast<int>(options.columns->size()) - 1;
  }
  ARROW_ASSIGN_OR_RAISE(rows.batches, OpenParquet(std::move(input), std::move(footer), options));
  return rows;
}

// The next batch's columns in the order of the fields; empty at the end.
arrow::Result<arrow::ArrayVector> NextColumns(DeleteFileRows& rows) {
  arrow::ArrayVector arrays;
  ARROW_ASSIGN_OR_RAISE(const auto batch, rows.batches->Next());
  if (batch == nullptr) return arrays;
  for (const auto& column : rows.columns) {
    ARROW_ASSIGN_OR_RAISE(auto array,
                          ProjectArray(column, batch->num_rows(), batch->column(column.file_column),
                                       batch->schema()->field(column.file_column).get(),
                                       arrow::system_memory_pool()));
    arrays.push_back(std::move(array));
  }
  return arrays;
}

// The way down to `id` through structs alone: `field` with only what leads there, all of it optional; nullopt when there is none.
std::optional<Field> PrunedTo(const Field& field, FieldId id) {
  Field pruned = field;
  pruned.required = false;
  if (field.id == id) return pruned;
  if (field.type.kind != TypeKind::kStruct) return std::nullopt;
  for (const Field& child : field.type.fields) {
    auto below = PrunedTo(child, id);
    if (!below) continue;
    pruned.type = Type::Struct({std::move(*below)});
    return pruned;
  }
  return std::nullopt;
}

const Field& LeafOf(const Field& pruned) {
  return pruned.type.kind == TypeKind::kStruct ? LeafOf(pruned.type.fields.front()) : pruned;
}

template <typename V>
void AppendNumber(std::string& key, V value) {
  char raw[sizeof(value)];
  std::memcpy(raw, &value, sizeof(value));
  key.append(raw, sizeof(raw));
}

// One spelling for all values that are equal.
template <typename F>
F CanonicalFloat(F value) {
  if (std::isnan(value)) return std::numeric_limits<F>::quiet_NaN();
  return value == 0 ? F{0} : value;
}

void AppendValue(std::string& key, const LiteralValue& value) {
  std::visit(
      [&](const auto& v) {
        using V = std::decay_t<decltype(v)>;
        if constexpr (std::is_same_v<V, std::string>) {
          AppendNumber(key, v.size());
          key += v;
        } else if constexpr (std::is_floating_point_v<V>) {
          AppendNumber(key, CanonicalFloat(v));
        } else if constexpr (std::is_same_v<V, arrow::Decimal128>) {
          AppendNumber(key, v.high_bits());
          AppendNumber(key, v.low_bits());
        } else {
          AppendNumber(key, v);
        }
      },
      value);
}

}  // namespace

namespace {

arrow::Result<DeletedPositions> LoadVector(const DataFile& file, FileSystem& files) {
  const int64_t size = file.content_size_bytes.value_or(-1);
  const int64_t offset = *file.content_offset;
  if (size > kDeletionVectorBytesMax) {
    return LimitExceededError(file.path + ": a deletion vector of " + std::to_string(size) +
                              " bytes");
  }
  ARROW_ASSIGN_OR_RAISE(const auto input, files.OpenInput(file.path));
  ARROW_ASSIGN_OR_RAISE(const int64_t file_bytes, input->GetSize());
  if (size < 0 || offset < 0 || offset > file_bytes || size > file_bytes - offset) {
    return CorruptFileError(file.path, "its manifest entry places a deletion vector of " +
                                           std::to_string(size) + " bytes at " +
                                           std::to_string(offset) + ", the file has " +
                                           std::to_string(file_bytes));
  }
  ARROW_ASSIGN_OR_RAISE(const auto blob, input->ReadAt(offset, size));
  if (blob->size() != size) {
    return CorruptFileError(file.path, "expected a deletion vector of " + std::to_string(size) +
                                           " bytes, found " + std::to_string(blob->size()));
  }
  return DecodeDeletionVector(std::string_view(*blob), file.record_count, file.path);
}

}  // namespace

arrow::Result<std::string> EqualityKey(const std::vector<Field>& fields,
                                       const arrow::ArrayVector& columns, int64_t row) {
  std::string key;
  for (size_t i = 0; i < fields.size(); ++i) {
    ARROW_ASSIGN_OR_RAISE(const auto value, LiteralAt(fields[i].type, *columns[i], row));
    key += value ? 'v' : 'n';
    if (value) AppendValue(key, *value);
  }
  return key;
}

namespace {

arrow::Status CountDeleteRows(const DataFile& file, int64_t rows, int64_t* total) {
  *total += rows;
  if (*total <= kDeleteFileRowsMax) return arrow::Status::OK();
  return LimitExceededError(file.path + ": a delete file of more than " +
                            std::to_string(kDeleteFileRowsMax) + " rows");
}

}  // namespace

arrow::Result<arrow::ArrayVector> EqualityLeaves(const EqualityDeletes& deletes,
                                                 const arrow::ArrayVector& columns,
                                                 arrow::MemoryPool* pool) {
  arrow::ArrayVector leaves;
  for (size_t i = 0; i < columns.size(); ++i) {
    std::shared_ptr<arrow::Array> values = columns[i];
    const Field* field = &deletes.columns[i];
    for (; field->type.kind == TypeKind::kStruct; field = &field->type.fields.front()) {
      const auto parent = std::static_pointer_cast<arrow::StructArray>(values);
      ARROW_ASSIGN_OR_RAISE(values, parent->GetFlattenedField(0, pool));
    }
    leaves.push_back(std::move(values));
  }
  return leaves;
}

arrow::Result<DeletedPositions> DeleteLoader::PositionsFor(const ScanTask& task) {
  DeletedPositions all;
  for (const auto& deletes : task.deletes) {
    if (deletes.file.content != FileContent::kPositionDeletes) continue;
    if (deletes.file.content_offset) {
      ARROW_ASSIGN_OR_RAISE(const auto vector, LoadVector(deletes.file, files_));
      all.insert(all.end(), vector.begin(), vector.end());
      continue;
    }
    ARROW_ASSIGN_OR_RAISE(const auto by_path, LoadPositions(deletes.file));
    const auto found = by_path->find(LocalPath(task.file.path));
    if (found != by_path->end()) all.insert(all.end(), found->second.begin(), found->second.end());
  }
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return all;
}

arrow::Result<std::shared_ptr<const DeleteLoader::PositionsByPath>> DeleteLoader::LoadPositions(
    const DataFile& file) {
  std::lock_guard lock(mutex_);
  if (const auto known = positions_.find(file.path); known != positions_.end())
    return known->second;
  ARROW_ASSIGN_OR_RAISE(auto rows, OpenDeleteFile(file,
                                                  {*FindMetadataColumn(kDeletedPathColumn),
                                                   *FindMetadataColumn(kDeletedPositionColumn)},
                                                  files_));
  auto loaded = std::make_shared<PositionsByPath>();
  int64_t total = 0;
  while (true) {
    ARROW_RETURN_NOT_OK(stop_.Poll());
    ARROW_ASSIGN_OR_RAISE(const auto columns, NextColumns(rows));
    if (columns.empty()) break;
    ARROW_RETURN_NOT_OK(CountDeleteRows(file, columns[0]->length(), &total));
    const auto& paths = static_cast<const arrow::StringArray&>(*columns[0]);
    const auto& positions = static_cast<const arrow::Int64Array&>(*columns[1]);
    for (int64_t row = 0; row < paths.length(); ++row) {
      if (paths.IsNull(row) || positions.IsNull(row))
        return CorruptFileError(file.path, "a position delete row holds a null");
      (*loaded)[LocalPath(paths.GetView(row))].push_back(positions.Value(row));
    }
  }
  positions_[file.path] = loaded;
  return std::shared_ptr<const PositionsByPath>(loaded);
}

arrow::Status DeleteLoader::AddField(FieldId id, const std::string& path,
                                     EqualityDeletes* deletes) const {
  for (auto schema = metadata_->schemas.rbegin(); schema != metadata_->schemas.rend(); ++schema) {
    for (const Field& column : schema->fields) {
      auto pruned = PrunedTo(column, id);
      if (!pruned) continue;
      const Field& leaf = LeafOf(*pruned);
      if (!leaf.type.is_primitive()) {
        return CorruptFileError(path, "its equality field '" + schema->FullName(id) +
                                          "' is of type " + leaf.type.ToString());
      }
      deletes->fields.push_back(leaf);
      deletes->columns.push_back(std::move(*pruned));
      return arrow::Status::OK();
    }
    if (schema->FindField(id) == nullptr) continue;
    return CorruptFileError(
        path, "its equality field '" + schema->FullName(id) + "' lies in a list or map");
  }
  return CorruptFileError(
      path, "its equality field id " + ToString(id) + " is in no schema of the table");
}

arrow::Result<std::shared_ptr<const EqualityDeletes>> DeleteLoader::LoadEqualities(
    const DataFile& file) {
  std::lock_guard lock(mutex_);
  if (const auto known = equalities_.find(file.path); known != equalities_.end())
    return known->second;
  auto loaded = std::make_shared<EqualityDeletes>();
  for (const FieldId id : file.equality_ids) {
    ARROW_RETURN_NOT_OK(AddField(id, file.path, loaded.get()));
  }
  if (loaded->fields.empty())
    return CorruptFileError(file.path, "its manifest entry names no equality field ids");
  ARROW_ASSIGN_OR_RAISE(auto rows, OpenDeleteFile(file, loaded->columns, files_));
  int64_t total = 0;
  while (true) {
    ARROW_RETURN_NOT_OK(stop_.Poll());
    ARROW_ASSIGN_OR_RAISE(const auto columns, NextColumns(rows));
    if (columns.empty()) break;
    ARROW_RETURN_NOT_OK(CountDeleteRows(file, columns[0]->length(), &total));
    ARROW_ASSIGN_OR_RAISE(const auto leaves,
                          EqualityLeaves(*loaded, columns, arrow::system_memory_pool()));
    for (int64_t row = 0; row < leaves[0]->length(); ++row) {
      ARROW_ASSIGN_OR_RAISE(auto key, EqualityKey(loaded->fields, leaves, row));
      loaded->keys.insert(std::move(key));
    }
  }
  equalities_[file.path] = loaded;
  return std::shared_ptr<const EqualityDeletes>(loaded);
}

arrow::Result<std::vector<std::shared_ptr<const EqualityDeletes>>> DeleteLoader::EqualitiesFor(
    const ScanTask& task) {
  std::vector<std::shared_ptr<const EqualityDeletes>> all;
  for (const auto& deletes : task.deletes) {
    if (deletes.file.content != FileContent::kEqualityDeletes) continue;
    ARROW_ASSIGN_OR_RAISE(auto loaded, LoadEqualities(deletes.file));
    all.push_back(std::move(loaded));
  }
  return all;
}

}  // namespace artemis

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
#include "artemis/read/deletion_vector.h"
#include "artemis/schema/literal_array.h"

namespace artemis {

namespace {

// Reserved columns of position delete files (specification, "Position Delete Files").
constexpr FieldId kFilePathField(2147483546);
constexpr FieldId kPositionField(2147483545);

constexpr int64_t kVectorBytesMax = int64_t{1} << 30;

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

Field RequiredField(FieldId id, const char* name, TypeKind kind) {
  Field field;
  field.id = id;
  field.name = name;
  field.required = true;
  field.type = Type::Of(kind);
  return field;
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
  if (size < 0 || size > kVectorBytesMax || *file.content_offset < 0) {
    return CorruptFileError(file.path, "its manifest entry places a deletion vector of " +
                                           std::to_string(size) + " bytes at " +
                                           std::to_string(*file.content_offset));
  }
  ARROW_ASSIGN_OR_RAISE(const auto input, files.OpenInput(file.path));
  ARROW_ASSIGN_OR_RAISE(const auto blob, input->ReadAt(*file.content_offset, size));
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
  ARROW_ASSIGN_OR_RAISE(
      auto rows, OpenDeleteFile(file,
                                {RequiredField(kFilePathField, "file_path", TypeKind::kString),
                                 RequiredField(kPositionField, "pos", TypeKind::kLong)},
                                files_));
  auto loaded = std::make_shared<PositionsByPath>();
  while (true) {
    ARROW_ASSIGN_OR_RAISE(const auto columns, NextColumns(rows));
    if (columns.empty()) break;
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

arrow::Result<Field> DeleteLoader::FieldOf(FieldId id, const std::string& path) const {
  for (auto schema = metadata_->schemas.rbegin(); schema != metadata_->schemas.rend(); ++schema) {
    const Field* field = schema->FindField(id);
    if (field == nullptr) continue;
    Field copy = *field;
    copy.required = false;
    return copy;
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
    ARROW_ASSIGN_OR_RAISE(auto field, FieldOf(id, file.path));
    loaded->fields.push_back(std::move(field));
  }
  if (loaded->fields.empty())
    return CorruptFileError(file.path, "its manifest entry names no equality field ids");
  ARROW_ASSIGN_OR_RAISE(auto rows, OpenDeleteFile(file, loaded->fields, files_));
  while (true) {
    ARROW_ASSIGN_OR_RAISE(const auto columns, NextColumns(rows));
    if (columns.empty()) break;
    for (int64_t row = 0; row < columns[0]->length(); ++row) {
      ARROW_ASSIGN_OR_RAISE(auto key, EqualityKey(loaded->fields, columns, row));
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

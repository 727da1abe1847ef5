// Walks down the structs to the field, then transforms its column.
#include "artemis/layout/source_column.h"

#include <vector>

#include <arrow/array.h>

#include "artemis/schema/transform_array.h"

namespace artemis {
namespace {

// Which child to take at each level to reach a field; empty when it is not among them or inside a list or map.
bool FindPath(const std::vector<Field>& fields, FieldId id, std::vector<int>* path,
              const Field** found) {
  for (size_t i = 0; i < fields.size(); ++i) {
    path->push_back(static_cast<int>(i));
    if (fields[i].id == id) {
      *found = &fields[i];
      return true;
    }
    const Type& type = fields[i].type;
    if (type.kind == TypeKind::kStruct && FindPath(type.fields, id, path, found)) return true;
    path->pop_back();
  }
  return false;
}

}  // namespace

arrow::Result<std::shared_ptr<arrow::Array>> TransformedColumn(const arrow::RecordBatch& batch,
                                                               const Schema& schema,
                                                               FieldId source_id,
                                                               const Transform& transform,
                                                               arrow::MemoryPool* pool) {
  std::vector<int> path;
  const Field* source = nullptr;
  if (!FindPath(schema.fields, source_id, &path, &source)) {
    return arrow::Status::Invalid("field ", source_id.value,
                                  " of a partition or sort field is no column of the schema");
  }
  std::shared_ptr<arrow::Array> array = batch.column(path[0]);
  for (size_t i = 1; i < path.size(); ++i) {
    ARROW_ASSIGN_OR_RAISE(
        array, static_cast<const arrow::StructArray&>(*array).GetFlattenedField(path[i], pool));
  }
  return ApplyTransformToArray(transform, source->type, *array, pool);
}

}  // namespace artemis

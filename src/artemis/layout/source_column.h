// The column that a partition or sort field is computed from.
#pragma once

#include <memory>

#include <arrow/record_batch.h>
#include <arrow/result.h>

#include "artemis/schema/schema.h"
#include "artemis/schema/transform.h"

namespace artemis {

// The field's values applied to the transform, one per row. `batch` has the schema ToArrowSchema(schema); the field may lie in
// structs (null where they are), not in lists or maps. Invalid names a field that is not there.
arrow::Result<std::shared_ptr<arrow::Array>> TransformedColumn(const arrow::RecordBatch& batch,
                                                               const Schema& schema,
                                                               FieldId source_id,
                                                               const Transform& transform,
                                                               arrow::MemoryPool* pool);

}  // namespace artemis

// A stream with fewer columns.
#pragma once

#include <memory>
#include <vector>

#include <arrow/record_batch.h>
#include <arrow/result.h>

#include "artemis/schema/schema.h"

namespace artemis {

// The columns `ids` of `rows`, whose columns are those of `schema` in its order. Invalid when an id is no top-level field of it.
arrow::Result<std::shared_ptr<arrow::RecordBatchReader>> SelectColumns(
    std::shared_ptr<arrow::RecordBatchReader> rows, const Schema& schema,
    const std::vector<FieldId>& ids);

}  // namespace artemis

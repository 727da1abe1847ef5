// Rows of a few columns of a file that is not in a table yet: for what its footer does not tell.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include <arrow/record_batch.h>
#include <arrow/result.h>

#include "artemis/parquet/file_reader.h"
#include "artemis/schema/schema.h"

namespace artemis {

class FileSystem;

// Calls `visit` with every batch of these top-level columns of the table, in their types there, until it fails. `columns` is the
// file's schema with the table's ids (MatchColumns); it must hold all of `wanted`. CorruptFile, IOError, what `visit` says.
arrow::Status ForEachBatch(
    FileSystem& files, const std::shared_ptr<const ParquetFooter>& footer,
    const arrow::Schema& columns, const std::vector<Field>& wanted,
    const std::function<arrow::Status(const std::shared_ptr<arrow::RecordBatch>&)>& visit);

}  // namespace artemis

// How rows enter a table through the plain API: written to files, committed, and taken back where the commit failed for certain.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include <arrow/record_batch.h>
#include <arrow/result.h>

#include "artemis/catalog/catalog.h"
#include "artemis/table/manifest.h"

namespace artemis {

// What a change came to.
struct TableChange {
  // The snapshot made; unset where none was needed: no row matched.
  std::optional<SnapshotId> snapshot_id;
  int64_t rows_added = 0;
  int64_t rows_deleted = 0;
  // A repeated once_key: nothing was changed, snapshot_id is the one of the first time, and the counts are 0.
  bool already_done = false;
};

// Writes data files of `metadata`'s current schema, spec and order. On failure none is left.
arrow::Result<std::vector<DataFile>> WriteRows(std::shared_ptr<const TableMetadata> metadata,
                                               FileSystem& files, arrow::RecordBatchReader& rows);
// Removes files that no snapshot names.
void RemoveFiles(FileSystem& files, const std::vector<DataFile>& data_files);
// Whether a commit with this outcome certainly did not put its files into the table (C5).
bool IsCertainlyNotCommitted(const arrow::Status& status);

// The rows of one batch as a stream.
arrow::Result<std::shared_ptr<arrow::RecordBatchReader>> AsStream(
    const std::shared_ptr<arrow::RecordBatch>& rows);

}  // namespace artemis

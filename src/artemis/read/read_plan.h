// Reads the rows of a scan plan as record batches: projection by field id, residuals, deletes, concurrency, memory.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include <arrow/memory_pool.h>
#include <arrow/record_batch.h>
#include <arrow/result.h>
#include <arrow/util/cancel.h>

#include "artemis/scan/scan_plan.h"

namespace artemis {

struct ReadOptions {
  // Top-level columns of plan.view.schema to return, in this order; nullopt: all. Fields of the predicate are read as needed but
  // not returned.
  std::optional<std::vector<FieldId>> columns;
  // Rows per batch, at most.
  int64_t batch_rows = 65536;
  // Files open at once, and threads that decode them.
  int files_max = 8;
  int threads = 2;
  // Decoded bytes that may wait for the consumer; a stalled consumer stops the readers.
  int64_t buffer_bytes = int64_t{64} << 20;
  // Give the live rows for which a task's residual is NOT true (false or null): what a delete leaves. Tasks whose residual is
  // kTrue give none. Requires tasks without chosen row groups.
  bool complement = false;
  // Stop after this many rows.
  std::optional<int64_t> limit;
  arrow::MemoryPool* pool = nullptr;  // default: Arrow's system pool
  arrow::StopToken stop = arrow::StopToken::Unstoppable();
};

// Counts while the stream is read; complete at its end.
struct ReadCounters {
  int64_t rows = 0;
  int64_t bytes = 0;
  int64_t files = 0;
};

// The stream's schema is ToArrowSchema of the chosen columns. Batch order is unspecified when threads > 1, else plan order.
// A column absent in a file is its initial-default, or null; files without field ids go through the table's name mapping.
// Errors surface on ReadNext: CorruptFile, IOError with the path, Cancelled. Nothing is read before the first ReadNext.
// `files` must outlive the reader.
arrow::Result<std::shared_ptr<arrow::RecordBatchReader>> ReadPlan(
    ScanPlan plan, FileSystem& files, const ReadOptions& options = {},
    std::shared_ptr<ReadCounters> counters = nullptr);

}  // namespace artemis

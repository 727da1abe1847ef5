// Reads the rows of a scan plan as record batches: projection by field id, residuals, deletes, concurrency, memory.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <vector>

#include <arrow/memory_pool.h>
#include <arrow/record_batch.h>
#include <arrow/result.h>
#include <arrow/util/cancel.h>

#include "artemis/scan/scan_plan.h"

namespace artemis {

// How far a read is: counted up by whichever thread read the rows, before they are given out.
struct ReadProgress {
  // Files whose rows have all been decoded.
  std::atomic<int64_t> files = 0;
  // Their sizes, and of those that are being read the share of the row groups that are done.
  std::atomic<int64_t> file_bytes = 0;
};

struct ReadOptions {
  // Columns to return, in this order: top-level ones of plan.view.schema, and those of schema/metadata_columns.h that are not of delete
  // files; nullopt: all of the schema. Fields of the predicate are read as needed but not returned.
  std::optional<std::vector<FieldId>> columns;
  // Rows per batch, at most, and about how many bytes of them; a row is never cut.
  int64_t batch_rows = 65536;
  int64_t batch_bytes = int64_t{8} << 20;
  // Files open at once: those being decoded, and those whose footers are read ahead.
  int files_max = 64;
  // Threads that decode; 1: the caller's own, in plan order, nothing ahead.
  int threads = 2;
  // The stream's one budget: row groups that are decoded at a time, by what they take (docs/streaming-memory.md), and batches that
  // wait for the consumer. Fewer threads decode where it does not last; one row group is always decoded, whatever it takes.
  int64_t memory_bytes = int64_t{192} << 20;
  // The part of it that batches may take while they wait for the consumer; a stalled consumer stops the readers.
  int64_t buffer_bytes = int64_t{32} << 20;
  // Decode the columns of the residual first and the others only where pages hold rows that match. Off only to compare.
  bool filter_first = true;
  // Give the live rows for which a task's residual is NOT true (false or null): what a delete leaves. Tasks whose residual is
  // kTrue give none. Requires tasks without chosen row groups.
  bool complement = false;
  // Give the position of each row in its data file (0 is the first) as one more column, the last: "_pos", int64 (specification,
  // "Reserved Field IDs"). The same as kPositionColumn at the end of `columns`.
  bool positions = false;
  // Stop after this many rows.
  std::optional<int64_t> limit;
  // Where footers that planning has read may be found; nothing is added. Not owned, may be null.
  FooterCache* footers = nullptr;
  // Where to count how far the read is; null: nowhere.
  std::shared_ptr<ReadProgress> progress = nullptr;
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
// A stop is noticed within a batch, also while nobody takes batches. Memory: docs/streaming-memory.md.
// _partition is a struct of all partition fields the table's specs ever had; those not of the file's spec are null (partition_column.h).
// _snapshot_id is the snapshot that added the row's file: the one that added the row, unless an overwrite or a compaction has moved the row
// to another file since.
// A column absent in a file is the identity partition value, else its initial-default, or null; files without field ids go through the
// table's name mapping. Row lineage (_row_id, _last_updated_sequence_number) is what the file stores, where that is null first_row_id plus
// the position and the data sequence number, and null in files without first_row_id (specification, "Row Lineage").
// Invalid: an id that is no column, row lineage of a table below format version 3. NotImplemented names a column of an unsupported type,
// also when no columns are chosen. Errors of files surface on ReadNext: CorruptFile, IOError with the path, Cancelled. Nothing is read before the first ReadNext.
// `files` must outlive the reader.
arrow::Result<std::shared_ptr<arrow::RecordBatchReader>> ReadPlan(
    ScanPlan plan, FileSystem& files, const ReadOptions& options = {},
    std::shared_ptr<ReadCounters> counters = nullptr);

}  // namespace artemis

// Writes rows to one Parquet file that appears whole or not at all: what artemis-write does.
#pragma once

#include <string>

#include <arrow/record_batch.h>
#include <arrow/result.h>
#include <arrow/util/cancel.h>

#include "artemis/parquet/writer.h"
#include "artemis/schema/arrow_schema.h"

namespace artemis {

struct ArchiveOptions {
  ParquetWriterOptions parquet;
  // Replaces a file that is there; else AlreadyExists.
  bool replace = true;
  // Writes the types of a table and field ids, so that the file can be committed to one as it is. Otherwise the file keeps its
  // Arrow types.
  bool iceberg = false;
  // With `iceberg`: how nanoseconds are stored, and whether those that are not whole microseconds may be cut.
  NanosPolicy nanos = NanosPolicy::kMicros;
  bool truncate_timestamps = false;
  // Asked between batches; Cancelled then, and no file.
  arrow::StopToken stop = arrow::StopToken::Unstoppable();
};

// Reads `rows` to their end and writes them to `path`, a local path, durable on return.
//
// Memory: one batch and one open row group. TypeError or Invalid naming the column (and with `iceberg` the row) for what
// cannot be stored; what reading gives; IOError naming the path. After a failure what was at `path` is as it was.
arrow::Result<WriteSummary> WriteArchive(arrow::RecordBatchReader& rows, const std::string& path,
                                         const ArchiveOptions& options = {});

}  // namespace artemis

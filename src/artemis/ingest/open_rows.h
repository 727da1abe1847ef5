// Opens rows to be written: Arrow IPC, Parquet, JSON lines or CSV, the last two also packed as gzip or zstd (input_format.h).
#pragma once

#include <memory>
#include <string>

#include <arrow/memory_pool.h>
#include <arrow/record_batch.h>
#include <arrow/result.h>

#include "artemis/ingest/input_format.h"
#include "artemis/ingest/rejects.h"
#include "artemis/ingest/row_target.h"
#include "artemis/ingest/text_rows.h"

namespace artemis {

struct OpenRowsOptions {
  // Of Parquet files; Arrow IPC gives the batches as they were written.
  int64_t batch_rows = 65536;
  arrow::MemoryPool* pool = nullptr;
  // kAuto: told by the input. Text that has a mark of another format is refused.
  InputFormat format = InputFormat::kAuto;
  // What the columns of text are, which does not say it. Null: text is refused.
  std::shared_ptr<const RowTarget> target;
  TextRowsOptions text;
  // Takes bad lines of text; null: the first one fails. Must outlive the readers.
  Rejects* rejects = nullptr;
};

// Rows of the file at `path`, a local path or file: location; "-" is the standard input. Pipes are read as they come, one batch
// at a time, which Parquet does not allow (its index is at the end). Batches of Arrow and Parquet are validated, so that broken
// input cannot harm what works on it; those of text have the target's schema.
//
// The reader is for one thread at a time. Errors, here and when reading, are one line that begins with the path
// ("standard input" for "-"): Invalid for an empty file, a folder, a format we do not know (with its first bytes), or a line
// that is no row (text_rows.h); CorruptFile for broken or cut-off ones, with the number of rows that were read before.
arrow::Result<std::shared_ptr<arrow::RecordBatchReader>> OpenRows(
    const std::string& path, const OpenRowsOptions& options = {});

}  // namespace artemis

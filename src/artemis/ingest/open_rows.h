// Opens rows to be written: an Arrow IPC stream or file, or a Parquet file, told apart by their first bytes.
//
//   FF FF FF FF   Arrow IPC stream (a message with its continuation marker)
//   "ARROW1"      Arrow IPC file, also called Feather v2
//   "PAR1"        Parquet
#pragma once

#include <memory>
#include <string>

#include <arrow/memory_pool.h>
#include <arrow/record_batch.h>
#include <arrow/result.h>

namespace artemis {

struct OpenRowsOptions {
  // Of Parquet files; Arrow IPC gives the batches as they were written.
  int64_t batch_rows = 65536;
  arrow::MemoryPool* pool = nullptr;
};

// Rows of the file at `path`, a local path or file: location; "-" is the standard input. Pipes are read as they come, one batch
// at a time, which Parquet does not allow (its index is at the end). Every batch is validated, so that broken input cannot harm
// what works on it.
//
// The reader is for one thread at a time. Errors, here and when reading, are one line that begins with the path
// ("standard input" for "-"): Invalid for an empty file, a folder, or a format we do not know (with its first bytes);
// CorruptFile for broken or cut-off ones, with the number of rows that were read before.
arrow::Result<std::shared_ptr<arrow::RecordBatchReader>> OpenRows(
    const std::string& path, const OpenRowsOptions& options = {});

}  // namespace artemis

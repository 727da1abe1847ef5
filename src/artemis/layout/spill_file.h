// Batches of rows put aside on disk, as Arrow IPC messages in a file without a name (io/unnamed_file.h), each read back by the place that
// Write gave.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include <arrow/memory_pool.h>
#include <arrow/record_batch.h>
#include <arrow/result.h>

#include "artemis/io/unnamed_file.h"

namespace artemis {

// Where a batch lies in a spill file.
struct SpilledBatch {
  int64_t offset = 0;
  int64_t bytes = 0;  // in the file
  int64_t rows = 0;
};

// Thread-safe. Errors are those of UnnamedFile.
class SpillFile {
 public:
  // In `folder`, which is there; empty: the system's folder for temporary files (TMPDIR, else /tmp).
  static arrow::Result<std::unique_ptr<SpillFile>> Create(const std::string& folder,
                                                          std::shared_ptr<arrow::Schema> schema,
                                                          arrow::MemoryPool* pool);

  // Requires a batch of the file's schema. Of a slice only its own rows are written. IOError when the disk is full.
  arrow::Result<SpilledBatch> Write(const arrow::RecordBatch& batch);
  // The batch, in memory of its own.
  arrow::Result<std::shared_ptr<arrow::RecordBatch>> Read(const SpilledBatch& batch) const;
  // Gives the batch's disk space back where the file system can; it is not read again.
  void Release(const SpilledBatch& batch) { file_->Release(batch.offset, batch.bytes); }

  // All that was ever written.
  int64_t bytes_written() const { return file_->size(); }

 private:
  SpillFile(std::unique_ptr<UnnamedFile> file, std::shared_ptr<arrow::Schema> schema,
            arrow::MemoryPool* pool)
      : file_(std::move(file)), schema_(std::move(schema)), pool_(pool) {}

  const std::unique_ptr<UnnamedFile> file_;
  const std::shared_ptr<arrow::Schema> schema_;
  arrow::MemoryPool* const pool_;
};

}  // namespace artemis

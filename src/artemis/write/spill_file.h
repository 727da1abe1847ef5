// Rows put aside on disk while a table's files are written: one file for all partitions, gone with its process.
//
// The file has no name: it is made unlinked (O_TMPFILE, else unlinked as soon as it is made), so the kernel removes it when the process
// ends, however it ends, and no start ever finds one to clean up. Its bytes are record batches as Arrow IPC messages, each read back by
// the place that Write gave.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

#include <arrow/memory_pool.h>
#include <arrow/record_batch.h>
#include <arrow/result.h>

#include "artemis/io/posix_file.h"

namespace artemis {

// Where a batch lies in a spill file.
struct SpilledBatch {
  int64_t offset = 0;
  int64_t bytes = 0;  // in the file
  int64_t rows = 0;
};

// Thread-safe. Errors name the folder.
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
  void Release(const SpilledBatch& batch);

  // All that was ever written.
  int64_t bytes_written() const;

 private:
  SpillFile(int fd, std::string folder, std::shared_ptr<arrow::Schema> schema,
            arrow::MemoryPool* pool)
      : fd_(fd), folder_(std::move(folder)), schema_(std::move(schema)), pool_(pool) {}

  const Descriptor fd_;
  const std::string folder_;
  const std::shared_ptr<arrow::Schema> schema_;
  arrow::MemoryPool* const pool_;
  mutable std::mutex mutex_;
  int64_t end_ = 0;  // guarded by mutex_
};

}  // namespace artemis

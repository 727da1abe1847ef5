// Batches of rows put aside on disk, in a file without a name (io/unnamed_file.h), as Arrow IPC messages.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include <arrow/memory_pool.h>
#include <arrow/record_batch.h>
#include <arrow/result.h>

#include "artemis/io/unnamed_file.h"

namespace artemis {

// Where a batch lies.
struct SpillPlace {
  int64_t offset = 0;
  int64_t bytes = 0;
  int64_t rows = 0;
};

// One thread at a time. Errors are those of UnnamedFile.
class RowSpill {
 public:
  // In `folder`; empty: the system's for temporary files.
  static arrow::Result<std::unique_ptr<RowSpill>> Create(const std::string& folder,
                                                         std::shared_ptr<arrow::Schema> schema,
                                                         arrow::MemoryPool* pool);

  // Of a slice only its own rows are written.
  arrow::Result<SpillPlace> Write(const arrow::RecordBatch& batch);
  arrow::Result<std::shared_ptr<arrow::RecordBatch>> Read(const SpillPlace& place) const;
  // It is not read again: its disk space is given back, unless that is too little to be worth it.
  void Release(const SpillPlace& place) {
    if (place.bytes >= kReleasedMin) file_->Release(place.offset, place.bytes);
  }

  int64_t bytes_written() const { return file_->size(); }

 private:
  static constexpr int64_t kReleasedMin = int64_t{64} << 10;

  RowSpill(std::unique_ptr<UnnamedFile> file, std::shared_ptr<arrow::Schema> schema,
           arrow::MemoryPool* pool)
      : file_(std::move(file)), schema_(std::move(schema)), pool_(pool) {}

  const std::unique_ptr<UnnamedFile> file_;
  const std::shared_ptr<arrow::Schema> schema_;
  arrow::MemoryPool* const pool_;
};

}  // namespace artemis

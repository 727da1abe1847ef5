// Memory for arrays of many rows that are written or read out of order.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include <arrow/buffer.h>
#include <arrow/memory_pool.h>
#include <arrow/result.h>

namespace artemis {

// Buffers whose contents are done with, for arrays to come: memory that was used is spared the kernel's clearing of pages, which for large arrays
// takes longer than filling them. May be used by several threads at once.
class LargeBuffers {
 public:
  // `pool` must outlive this and the buffers.
  explicit LargeBuffers(arrow::MemoryPool* pool) : pool_(pool) {}

  // `bytes` that are not set to anything: of a buffer that was given back, where one is there that is at most half as large again, else of the pool.
  arrow::Result<std::shared_ptr<arrow::Buffer>> Allocate(int64_t bytes);
  // Takes a buffer, null or one that Allocate made, that nobody else holds.
  void GiveBack(std::shared_ptr<arrow::Buffer> buffer);

  arrow::MemoryPool* pool() const { return pool_; }

 private:
  arrow::MemoryPool* pool_;
  std::mutex mutex_;
  std::vector<std::shared_ptr<arrow::Buffer>> free_;
};

}  // namespace artemis

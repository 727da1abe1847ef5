// Memory for arrays of many rows that are written or read out of order.
#pragma once

#include <cstdint>
#include <memory>

#include <arrow/buffer.h>
#include <arrow/memory_pool.h>
#include <arrow/result.h>

namespace artemis {

// `bytes` that are not set to anything. From 4 MiB on the kernel is asked for large pages, which are 512 times fewer to be made and looked up;
// it may take up to 2 MiB more.
arrow::Result<std::shared_ptr<arrow::Buffer>> AllocateLarge(int64_t bytes, arrow::MemoryPool* pool);

}  // namespace artemis

// Keeps the pages of one column chunk in memory until their row group is written.
//
// A buffer that doubles when it is full holds up to three times its bytes while it grows. This one is a list of blocks that are
// filled one after the other and freed one after the other as they are written.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include <arrow/io/interfaces.h>
#include <arrow/memory_pool.h>
#include <arrow/result.h>

namespace artemis {

// One thread at a time.
class PageStore final : public arrow::io::OutputStream {
 public:
  // `pool` must outlive the store.
  explicit PageStore(arrow::MemoryPool* pool);

  using arrow::io::OutputStream::Write;
  arrow::Status Write(const void* data, int64_t size) override;
  // Bytes written so far: page offsets are relative to the chunk.
  arrow::Result<int64_t> Tell() const override { return size_; }
  arrow::Status Close() override;
  bool closed() const override { return closed_; }

  // Writes the bytes to `out` and frees them.
  arrow::Status MoveTo(arrow::io::OutputStream& out);

 private:
  arrow::Status AddBlock(int64_t bytes_wanted);

  arrow::MemoryPool* pool_;
  std::vector<std::unique_ptr<arrow::ResizableBuffer>> blocks_;
  // Free bytes at the end of the last block.
  int64_t free_ = 0;
  int64_t size_ = 0;
  bool closed_ = false;
};

}  // namespace artemis

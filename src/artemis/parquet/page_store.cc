// Blocks grow with the chunk from 16 KiB to 256 KiB, so that narrow columns stay small.
#include "artemis/parquet/page_store.h"

#include <algorithm>
#include <cstring>

#include <arrow/buffer.h>

namespace artemis {
namespace {

constexpr int64_t kBlockBytesMin = int64_t{16} << 10;
constexpr int64_t kBlockBytesMax = int64_t{256} << 10;

}  // namespace

PageStore::PageStore(arrow::MemoryPool* pool) : pool_(pool) {
  set_mode(arrow::io::FileMode::WRITE);
}

arrow::Status PageStore::Write(const void* data, int64_t size) {
  const auto* from = static_cast<const uint8_t*>(data);
  size_ += size;
  while (size > 0) {
    if (free_ == 0) ARROW_RETURN_NOT_OK(AddBlock(size));
    arrow::ResizableBuffer& block = *blocks_.back();
    const int64_t copied = std::min(size, free_);
    std::memcpy(block.mutable_data() + (block.size() - free_), from, static_cast<size_t>(copied));
    from += copied;
    size -= copied;
    free_ -= copied;
  }
  return arrow::Status::OK();
}

arrow::Status PageStore::AddBlock(int64_t bytes_wanted) {
  const int64_t bytes = std::clamp(std::max(size_, bytes_wanted), kBlockBytesMin, kBlockBytesMax);
  ARROW_ASSIGN_OR_RAISE(auto block, arrow::AllocateResizableBuffer(bytes, pool_));
  blocks_.push_back(std::move(block));
  free_ = bytes;
  return arrow::Status::OK();
}

arrow::Status PageStore::MoveTo(arrow::io::OutputStream& out) {
  for (size_t i = 0; i < blocks_.size(); ++i) {
    const int64_t unused = i + 1 == blocks_.size() ? free_ : 0;
    ARROW_RETURN_NOT_OK(out.Write(blocks_[i]->data(), blocks_[i]->size() - unused));
    blocks_[i].reset();
  }
  blocks_.clear();
  free_ = 0;
  return arrow::Status::OK();
}

arrow::Status PageStore::Close() {
  closed_ = true;
  return arrow::Status::OK();
}

}  // namespace artemis

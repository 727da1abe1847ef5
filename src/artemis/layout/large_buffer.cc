// Buffers given back are few, so they are looked through.
#include "artemis/layout/large_buffer.h"

#include <algorithm>
#include <utility>

namespace artemis {

arrow::Result<std::shared_ptr<arrow::Buffer>> LargeBuffers::Allocate(int64_t bytes) {
  {
    std::lock_guard lock(mutex_);
    const auto found = std::find_if(free_.begin(), free_.end(), [&](const auto& buffer) {
      return bytes <= buffer->size() && buffer->size() - bytes <= bytes / 2;
    });
    if (found != free_.end()) {
      const auto buffer = std::move(*found);
      free_.erase(found);
      return arrow::SliceMutableBuffer(buffer, 0, bytes);
    }
  }
  ARROW_ASSIGN_OR_RAISE(std::shared_ptr<arrow::Buffer> buffer, arrow::AllocateBuffer(bytes, pool_));
  return buffer;
}

void LargeBuffers::GiveBack(std::shared_ptr<arrow::Buffer> buffer) {
  if (buffer == nullptr) return;
  std::lock_guard lock(mutex_);
  free_.push_back(std::move(buffer));
}

}  // namespace artemis

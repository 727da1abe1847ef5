// Advice is given for whole large pages inside the buffer alone.
#include "artemis/layout/large_buffer.h"

#include <sys/mman.h>

namespace artemis {
namespace {

constexpr uintptr_t kLargePageBytes = uintptr_t{2} << 20;
constexpr int64_t kAdvisedBytesMin = int64_t{4} << 20;

void AdviseLargePages(const uint8_t* data, int64_t bytes) {
#if defined(MADV_HUGEPAGE)
  const auto begin = reinterpret_cast<uintptr_t>(data);
  const uintptr_t first = (begin + kLargePageBytes - 1) & ~(kLargePageBytes - 1);
  const uintptr_t end = (begin + static_cast<uintptr_t>(bytes)) & ~(kLargePageBytes - 1);
  // Without large pages all is as it was.
  if (end > first) {
    static_cast<void>(::madvise(reinterpret_cast<void*>(first), end - first, MADV_HUGEPAGE));
  }
#else
  static_cast<void>(data);
  static_cast<void>(bytes);
#endif
}

}  // namespace

arrow::Result<std::shared_ptr<arrow::Buffer>> AllocateLarge(int64_t bytes,
                                                            arrow::MemoryPool* pool) {
  ARROW_ASSIGN_OR_RAISE(std::shared_ptr<arrow::Buffer> buffer, arrow::AllocateBuffer(bytes, pool));
  if (bytes >= kAdvisedBytesMin) AdviseLargePages(buffer->data(), bytes);
  return buffer;
}

}  // namespace artemis

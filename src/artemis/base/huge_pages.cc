// madvise(2) on the large pages that lie inside.
#include "artemis/base/huge_pages.h"

#include <sys/mman.h>

#include <cstdint>

namespace artemis {

namespace {

constexpr uintptr_t kHugePageBytes = uintptr_t{2} << 20;

}  // namespace

void AdviseHugePages(void* memory, size_t bytes) {
  const auto address = reinterpret_cast<uintptr_t>(memory);
  const uintptr_t begin = (address + kHugePageBytes - 1) & ~(kHugePageBytes - 1);
  const uintptr_t end = (address + bytes) & ~(kHugePageBytes - 1);
  if (begin >= end) return;
  // Without it everything works as well.
  (void)madvise(reinterpret_cast<void*>(begin), end - begin, MADV_HUGEPAGE);
}

}  // namespace artemis

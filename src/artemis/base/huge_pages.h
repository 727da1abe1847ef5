// Asks the kernel to back memory that is about to be filled as a whole with large pages: one fault for 2 MiB instead of 512.
#pragma once

#include <cstddef>

namespace artemis {

// Advice only: what is not whole large pages, or too little to matter, or on a kernel without them, stays as it is. The memory is the
// caller's, allocated and perhaps not touched yet; the advice stays with it when it is given back.
void AdviseHugePages(void* memory, size_t bytes);

}  // namespace artemis

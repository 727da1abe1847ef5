// How much memory the process holds, as the kernel counts it (/proc/self/status).
#pragma once

#include <cstdint>

#include <arrow/result.h>

namespace artemis {

struct MemoryUse {
  int64_t resident_bytes = 0;
  // The most since the start, or since ResetPeakMemory.
  int64_t peak_resident_bytes = 0;
};

// IOError where there is no /proc.
arrow::Result<MemoryUse> ReadMemoryUse();

// Starts the peak anew from what is resident; false where the kernel does not allow it (the peak then covers the whole run).
bool ResetPeakMemory();

}  // namespace artemis

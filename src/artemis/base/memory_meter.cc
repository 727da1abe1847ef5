// VmRSS and VmHWM; writing 5 to clear_refs resets the latter.
#include "artemis/base/memory_meter.h"

#include <fstream>
#include <string>

namespace artemis {

arrow::Result<MemoryUse> ReadMemoryUse() {
  std::ifstream status("/proc/self/status");
  MemoryUse use;
  std::string name;
  std::string rest;
  while (status >> name) {
    int64_t kib = 0;
    if (name == "VmRSS:" && status >> kib) use.resident_bytes = kib * 1024;
    if (name == "VmHWM:" && status >> kib) use.peak_resident_bytes = kib * 1024;
    std::getline(status, rest);
  }
  if (use.resident_bytes == 0 || use.peak_resident_bytes == 0) {
    return arrow::Status::IOError("/proc/self/status does not say how much memory is in use");
  }
  return use;
}

bool ResetPeakMemory() {
  std::ofstream clear("/proc/self/clear_refs");
  clear << "5" << std::flush;
  return clear.good();
}

}  // namespace artemis

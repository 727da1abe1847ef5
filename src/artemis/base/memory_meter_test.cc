// Tests of base/memory_meter.h.
#include "artemis/base/memory_meter.h"

#include <cstring>
#include <memory>

#include <gtest/gtest.h>

namespace artemis {
namespace {

constexpr int64_t kMiB = int64_t{1} << 20;

// Touches and frees memory.
void UseMemory(int64_t bytes) {
  const auto memory = std::make_unique<char[]>(static_cast<size_t>(bytes));
  volatile char* page = memory.get();
  for (int64_t at = 0; at < bytes; at += 4096) page[at] = 1;
}

TEST(MemoryMeter, SeesAPeakAfterItIsGone) {
  const auto before = ReadMemoryUse();
  ASSERT_TRUE(before.ok()) << before.status();
  UseMemory(before->peak_resident_bytes + 64 * kMiB);
  const auto after = ReadMemoryUse();
  EXPECT_GE(after->peak_resident_bytes, before->peak_resident_bytes + 60 * kMiB);
  EXPECT_LE(after->resident_bytes, after->peak_resident_bytes);
}

TEST(MemoryMeter, ForgetsThePeakWhenTold) {
  UseMemory(256 * kMiB);
  const auto before = ReadMemoryUse();
  if (!ResetPeakMemory()) GTEST_SKIP() << "the kernel does not let the peak be reset";
  const auto after = ReadMemoryUse();
  EXPECT_LE(after->peak_resident_bytes, before->peak_resident_bytes - 200 * kMiB);
}

}  // namespace
}  // namespace artemis

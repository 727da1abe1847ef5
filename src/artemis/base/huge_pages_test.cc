// Advice on large pages changes no memory, and reaches whole large pages alone. What the kernel made of it is read from
// /proc/self/smaps: the flag "hg" of a mapping.
#include "artemis/base/huge_pages.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <optional>
#include <string>

#include <gtest/gtest.h>

namespace artemis {
namespace {

constexpr size_t kLargePage = size_t{2} << 20;

// Memory of its own that begins on a large page; of zeros.
class AlignedMemory {
 public:
  explicit AlignedMemory(size_t bytes, int file = -1)
      : mapped_bytes_(bytes + kLargePage), file_(file) {
    mapped_ = ::mmap(nullptr, mapped_bytes_, PROT_READ | PROT_WRITE,
                     file < 0 ? MAP_PRIVATE | MAP_ANONYMOUS : MAP_SHARED, file, 0);
    if (mapped_ == MAP_FAILED) return;
    const auto address = reinterpret_cast<uintptr_t>(mapped_);
    begin_ = static_cast<char*>(mapped_) + ((kLargePage - address % kLargePage) % kLargePage);
  }
  ~AlignedMemory() {
    if (begin_ != nullptr) ::munmap(mapped_, mapped_bytes_);
    if (file_ >= 0) ::close(file_);
  }
  AlignedMemory(const AlignedMemory&) = delete;
  AlignedMemory& operator=(const AlignedMemory&) = delete;

  char* begin() const { return begin_; }

 private:
  const size_t mapped_bytes_;
  const int file_;
  void* mapped_ = nullptr;
  char* begin_ = nullptr;
};

char PatternAt(size_t at) { return static_cast<char>((at * 31 + at / 4096) & 0xFF); }

void FillPattern(char* memory, size_t bytes) {
  for (size_t at = 0; at < bytes; ++at) memory[at] = PatternAt(at);
}

bool HoldsPattern(const char* memory, size_t bytes) {
  for (size_t at = 0; at < bytes; ++at) {
    if (memory[at] != PatternAt(at)) return false;
  }
  return true;
}

// Whether the mapping that a byte lies in is advised; nullopt where the kernel does not tell.
std::optional<bool> IsAdvised(const char* byte) {
  std::ifstream maps("/proc/self/smaps");
  const auto address = reinterpret_cast<uintptr_t>(byte);
  bool is_inside = false;
  std::string line;
  while (std::getline(maps, line)) {
    unsigned long begin = 0, end = 0;
    if (std::sscanf(line.c_str(), "%lx-%lx ", &begin, &end) == 2) {
      is_inside = begin <= address && address < end;
    } else if (is_inside && line.starts_with("VmFlags:")) {
      return (line + " ").find(" hg ") != std::string::npos;
    }
  }
  return std::nullopt;
}

bool KernelTakesAdvice() {
  const AlignedMemory memory(kLargePage);
  return ::madvise(memory.begin(), kLargePage, MADV_HUGEPAGE) == 0 &&
         IsAdvised(memory.begin()) == true;
}

TEST(AdviseHugePages, KeepsWhatTheMemoryHolds) {
  const AlignedMemory memory(4 * kLargePage);
  ASSERT_NE(memory.begin(), nullptr);
  FillPattern(memory.begin(), 4 * kLargePage);
  AdviseHugePages(memory.begin() + 100, 4 * kLargePage - 200);
  EXPECT_TRUE(HoldsPattern(memory.begin(), 4 * kLargePage));
}

TEST(AdviseHugePages, LeavesZerosInWhatNobodyTouched) {
  const AlignedMemory memory(2 * kLargePage);
  ASSERT_NE(memory.begin(), nullptr);
  AdviseHugePages(memory.begin(), 2 * kLargePage);
  const std::string zeros(2 * kLargePage, '\0');
  EXPECT_EQ(std::memcmp(memory.begin(), zeros.data(), zeros.size()), 0);
}

TEST(AdviseHugePages, ReachesWholeLargePagesAlone) {
  if (!KernelTakesAdvice()) GTEST_SKIP() << "this kernel has no large pages, or does not say";
  const AlignedMemory memory(4 * kLargePage);
  ASSERT_NE(memory.begin(), nullptr);
  // From within the first large page to within the last one.
  AdviseHugePages(memory.begin() + 4096, 3 * kLargePage);
  EXPECT_EQ(IsAdvised(memory.begin()), false);
  EXPECT_EQ(IsAdvised(memory.begin() + 4096), false);
  EXPECT_EQ(IsAdvised(memory.begin() + kLargePage), true);
  EXPECT_EQ(IsAdvised(memory.begin() + 3 * kLargePage - 1), true);
  EXPECT_EQ(IsAdvised(memory.begin() + 3 * kLargePage), false);
}

TEST(AdviseHugePages, LeavesWhatIsNoWholeLargePage) {
  const AlignedMemory memory(3 * kLargePage);
  ASSERT_NE(memory.begin(), nullptr);
  FillPattern(memory.begin(), 3 * kLargePage);
  AdviseHugePages(nullptr, 0);
  AdviseHugePages(memory.begin(), 0);
  AdviseHugePages(memory.begin(), kLargePage - 1);
  // Nearly two of them, and none whole.
  AdviseHugePages(memory.begin() + 1, 2 * kLargePage - 2);
  for (const size_t page : {0, 1, 2}) {
    EXPECT_NE(IsAdvised(memory.begin() + page * kLargePage), true) << page;
  }
  EXPECT_TRUE(HoldsPattern(memory.begin(), 3 * kLargePage));
}

TEST(AdviseHugePages, DoesWithoutWhereTheKernelRefuses) {
  char* given_back = nullptr;
  {
    const AlignedMemory memory(2 * kLargePage);
    given_back = memory.begin();
  }
  ASSERT_NE(given_back, nullptr);
  // madvise(2): ENOMEM, nothing is mapped there.
  AdviseHugePages(given_back, 2 * kLargePage);

  const int file = ::memfd_create("huge_pages_test", MFD_CLOEXEC);
  ASSERT_GE(file, 0);
  ASSERT_EQ(::ftruncate(file, static_cast<off_t>(3 * kLargePage)), 0);
  const AlignedMemory memory(2 * kLargePage, file);
  ASSERT_NE(memory.begin(), nullptr);
  FillPattern(memory.begin(), 2 * kLargePage);
  // A file's memory: refused or not, it stays what it is.
  AdviseHugePages(memory.begin(), 2 * kLargePage);
  EXPECT_TRUE(HoldsPattern(memory.begin(), 2 * kLargePage));
}

}  // namespace
}  // namespace artemis

// Facts of the memory that pages wait in.
#include "artemis/parquet/page_store.h"

#include <string>

#include <arrow/buffer.h>
#include <arrow/io/memory.h>
#include <gtest/gtest.h>

namespace artemis {
namespace {

std::string Pattern(size_t size, char seed) {
  std::string bytes(size, '\0');
  for (size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>(seed + static_cast<char>(i % 251));
  return bytes;
}

TEST(PageStore, GivesBackWhatWasWrittenInOrder) {
  arrow::ProxyMemoryPool pool(arrow::system_memory_pool());
  PageStore store(&pool);
  std::string expected;
  for (const size_t size : {1u, 0u, 30u, 16'384u, 5u, 1'000'000u, 262'144u, 7u}) {
    const std::string bytes = Pattern(size, static_cast<char>(size % 100));
    ASSERT_TRUE(store.Write(bytes.data(), static_cast<int64_t>(bytes.size())).ok());
    expected += bytes;
    EXPECT_EQ(store.Tell().ValueOrDie(), static_cast<int64_t>(expected.size()));
  }
  auto out = arrow::io::BufferOutputStream::Create().ValueOrDie();
  ASSERT_TRUE(store.MoveTo(*out).ok());
  EXPECT_EQ(out->Finish().ValueOrDie()->ToString(), expected);
  EXPECT_EQ(pool.bytes_allocated(), 0);
}

TEST(PageStore, HoldsLittleMoreThanItsBytes) {
  arrow::ProxyMemoryPool pool(arrow::system_memory_pool());
  PageStore store(&pool);
  const std::string page = Pattern(40'000, 'a');
  for (int i = 0; i < 1'000; ++i) {
    ASSERT_TRUE(store.Write(page.data(), static_cast<int64_t>(page.size())).ok());
  }
  // A block more than what was written, at no time.
  EXPECT_LE(pool.max_memory(), 40'000'000 + (256 << 10) + 64'000);
}

}  // namespace
}  // namespace artemis

// Windows over the bytes of a column chunk.
#include "artemis/parquet/chunk_stream.h"

#include <numeric>
#include <string>

#include <arrow/buffer.h>
#include <arrow/io/memory.h>
#include <gtest/gtest.h>

namespace artemis {
namespace {

constexpr int64_t kWindow = 16;

// Bytes 0 to 99; the chunk is those from 10 on.
class ChunkStreamTest : public ::testing::Test {
 protected:
  ChunkStreamTest() {
    std::string bytes(100, '\0');
    std::iota(bytes.begin(), bytes.end(), '\0');
    file_ = std::make_shared<arrow::io::BufferReader>(arrow::Buffer::FromString(std::move(bytes)));
  }
  std::shared_ptr<arrow::io::InputStream> Open(int64_t bytes) {
    return OpenChunkStream(file_, {10, bytes}, kWindow, arrow::system_memory_pool());
  }
  static std::string From(int first, int count) {
    std::string bytes(static_cast<size_t>(count), '\0');
    std::iota(bytes.begin(), bytes.end(), static_cast<char>(first));
    return bytes;
  }

  std::shared_ptr<arrow::io::RandomAccessFile> file_;
};

TEST_F(ChunkStreamTest, GivesTheChunkAlone) {
  const auto stream = Open(40);
  EXPECT_EQ(stream->Read(100).ValueOrDie()->ToString(), From(10, 40));
  EXPECT_EQ(stream->Read(1).ValueOrDie()->size(), 0);
  EXPECT_TRUE(stream->Peek(1).ValueOrDie().empty());
}

TEST_F(ChunkStreamTest, PeeksAcrossTheEndOfAWindow) {
  const auto stream = Open(80);
  EXPECT_EQ(stream->Peek(4).ValueOrDie(), From(10, 4));
  EXPECT_EQ(stream->Read(14).ValueOrDie()->ToString(), From(10, 14));
  EXPECT_EQ(stream->Peek(8).ValueOrDie(), From(24, 8));
  EXPECT_EQ(stream->Peek(40).ValueOrDie(), From(24, 40));
  EXPECT_EQ(stream->Tell().ValueOrDie(), 14);
}

TEST_F(ChunkStreamTest, KeepsWhatWasReadValid) {
  const auto stream = Open(90);
  const auto first = stream->Read(10).ValueOrDie();
  const auto second = stream->Read(50).ValueOrDie();
  const auto third = stream->Read(30).ValueOrDie();
  EXPECT_EQ(first->ToString(), From(10, 10));
  EXPECT_EQ(second->ToString(), From(20, 50));
  EXPECT_EQ(third->ToString(), From(70, 30));
}

TEST_F(ChunkStreamTest, PassesOverBytesWithinAndBeyondTheWindow) {
  const auto stream = Open(90);
  ASSERT_TRUE(stream->Peek(1).ok());
  ASSERT_TRUE(stream->Advance(3).ok());
  EXPECT_EQ(stream->Read(2).ValueOrDie()->ToString(), From(13, 2));
  ASSERT_TRUE(stream->Advance(60).ok());
  EXPECT_EQ(stream->Read(2).ValueOrDie()->ToString(), From(75, 2));
  ASSERT_TRUE(stream->Advance(1000).ok());
  EXPECT_EQ(stream->Read(2).ValueOrDie()->size(), 0);
}

TEST_F(ChunkStreamTest, GivesShortWhatTheFileLacks) {
  const auto stream = Open(200);
  EXPECT_EQ(stream->Read(200).ValueOrDie()->ToString(), From(10, 90));
  EXPECT_EQ(stream->Read(5).ValueOrDie()->size(), 0);
}

TEST_F(ChunkStreamTest, CopiesIntoTheCallersMemory) {
  const auto stream = Open(90);
  std::string taken(20, '\0');
  EXPECT_EQ(stream->Read(20, taken.data()).ValueOrDie(), 20);
  EXPECT_EQ(taken, From(10, 20));
}

}  // namespace
}  // namespace artemis

// Block codecs: round trips, limits and broken streams.
#include "artemis/avro/codec.h"

#include <gtest/gtest.h>

namespace artemis {
namespace {

constexpr size_t kRawMax = size_t{1} << 24;

class EveryCodec : public ::testing::TestWithParam<AvroCodec> {};

INSTANTIATE_TEST_SUITE_P(Codec, EveryCodec,
                         ::testing::Values(AvroCodec::kNull, AvroCodec::kDeflate,
                                           AvroCodec::kZstandard, AvroCodec::kSnappy),
                         [](const auto& param) { return std::string(AvroCodecName(param.param)); });

TEST_P(EveryCodec, GivesBackWhatItTook) {
  std::string mixed;
  for (int i = 0; i < 100000; ++i) mixed += std::to_string(i * 7919 % 1000);
  const std::string cases[] = {"", "a", std::string(1000000, 'x'), mixed};
  BlockCompressor compressor(GetParam(), 6);
  BlockDecompressor decompressor(GetParam());
  for (const std::string& raw : cases) {
    const auto block = compressor.Compress(raw);
    ASSERT_TRUE(block.ok()) << block.status();
    const auto back = decompressor.Decompress(*block, kRawMax);
    ASSERT_TRUE(back.ok()) << back.status();
    EXPECT_TRUE(*back == raw) << raw.size();
  }
}

TEST_P(EveryCodec, RefusesMoreRawBytesThanAllowed) {
  BlockCompressor compressor(GetParam(), 6);
  const auto block = compressor.Compress(std::string(100001, 'x'));
  ASSERT_TRUE(block.ok());
  BlockDecompressor decompressor(GetParam());
  EXPECT_TRUE(decompressor.Decompress(*block, 100000).status().IsInvalid());
  EXPECT_TRUE(decompressor.Decompress(*block, 100001).ok());
}

TEST(BlockDecompressor, RefusesBrokenAndShortStreams) {
  for (AvroCodec codec : {AvroCodec::kDeflate, AvroCodec::kZstandard, AvroCodec::kSnappy}) {
    BlockDecompressor decompressor(codec);
    EXPECT_TRUE(decompressor.Decompress("\xff\xff\xff\xff", kRawMax).status().IsInvalid());
    EXPECT_TRUE(decompressor.Decompress("", kRawMax).status().IsInvalid());
    BlockCompressor compressor(codec, 6);
    const std::string block = compressor.Compress(std::string(5000, 'y')).ValueOrDie();
    for (size_t size = 0; size < block.size(); ++size) {
      EXPECT_FALSE(decompressor.Decompress(std::string_view(block).substr(0, size), kRawMax).ok())
          << AvroCodecName(codec) << " cut at " << size;
    }
  }
}

TEST(BlockDecompressor, IgnoresBytesBehindADeflateStream) {
  BlockCompressor compressor(AvroCodec::kDeflate, 6);
  const std::string block = compressor.Compress("payload").ValueOrDie() + "abc";
  BlockDecompressor decompressor(AvroCodec::kDeflate);
  EXPECT_EQ(decompressor.Decompress(block, kRawMax).ValueOrDie(), "payload");
}

TEST(ParseAvroCodec, NamesACodecThatIsNotRead) {
  EXPECT_EQ(ParseAvroCodec("").ValueOrDie(), AvroCodec::kNull);
  EXPECT_EQ(ParseAvroCodec("deflate").ValueOrDie(), AvroCodec::kDeflate);
  EXPECT_EQ(ParseAvroCodec("snappy").ValueOrDie(), AvroCodec::kSnappy);
  const arrow::Status bzip2 = ParseAvroCodec("bzip2").status();
  EXPECT_TRUE(bzip2.IsNotImplemented());
  EXPECT_NE(bzip2.message().find("bzip2"), std::string::npos);
}

TEST(BlockDecompressor, ReadsSnappyAsTheSpecificationsHaveIt) {
  // Snappy: raw size 5, a literal of 5 bytes; Avro: the CRC-32 of "hello", big-endian.
  const std::string block = std::string("\x05\x10hello", 7) + "\x36\x10\xa6\x86";
  BlockDecompressor decompressor(AvroCodec::kSnappy);
  EXPECT_EQ(decompressor.Decompress(block, kRawMax).ValueOrDie(), "hello");
  std::string wrong = block;
  wrong.back() = static_cast<char>(wrong.back() ^ 1);
  EXPECT_TRUE(decompressor.Decompress(wrong, kRawMax).status().IsInvalid());
}

}  // namespace
}  // namespace artemis

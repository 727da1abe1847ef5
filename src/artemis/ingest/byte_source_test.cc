// Facts of unpacking: all members, in pieces of any size, and what is broken or cut off is said.
#include "artemis/ingest/byte_source.h"

#include <gtest/gtest.h>
#include <zstd.h>

#include "artemis/ingest/text_test_support.h"

namespace artemis {
namespace {

std::string Zstd(const std::string& text) {
  std::string packed(ZSTD_compressBound(text.size()), '\0');
  packed.resize(ZSTD_compress(packed.data(), packed.size(), text.data(), text.size(), 3));
  return packed;
}

arrow::Result<std::string> ReadAll(ByteSource& source, int64_t piece) {
  std::string all;
  std::string buffer(static_cast<size_t>(piece), '\0');
  while (true) {
    ARROW_ASSIGN_OR_RAISE(const int64_t got,
                          source.Read(reinterpret_cast<uint8_t*>(buffer.data()), piece));
    if (got == 0) return all;
    all.append(buffer, 0, static_cast<size_t>(got));
  }
}

arrow::Result<std::string> Unpack(const std::string& packed, int64_t piece = 1000) {
  ARROW_ASSIGN_OR_RAISE(const auto source, MakeUnpacker(BytesOf(packed), PackingOf(packed)));
  return ReadAll(*source, piece);
}

std::string Text(size_t bytes) {
  std::string text;
  for (uint64_t state = 1; text.size() < bytes; state = state * 6364136223846793005U + 1) {
    text += std::to_string(state >> 40) + "\n";
  }
  return text;
}

TEST(ByteSource, TellsPackingByItsFirstBytes) {
  EXPECT_EQ(PackingOf(Gzip("a")), Packing::kGzip);
  EXPECT_EQ(PackingOf(Zstd("a")), Packing::kZstd);
  EXPECT_EQ(PackingOf("{}"), Packing::kNone);
  EXPECT_EQ(PackingOf(""), Packing::kNone);
}

TEST(ByteSource, UnpacksInPiecesOfAnySize) {
  const std::string text = Text(3'000'000);
  for (int64_t piece : {int64_t{1} << 20, int64_t{777}}) {
    EXPECT_TRUE(Unpack(Gzip(text), piece).ValueOrDie() == text);
    EXPECT_TRUE(Unpack(Zstd(text), piece).ValueOrDie() == text);
  }
  EXPECT_EQ(Unpack(Gzip("")).ValueOrDie(), "");
  EXPECT_EQ(Unpack(Zstd("")).ValueOrDie(), "");
}

TEST(ByteSource, ReadsEveryMember) {
  const std::string text = Text(400'000);
  EXPECT_TRUE(Unpack(Gzip(text) + Gzip("") + Gzip("b\n")).ValueOrDie() == text + "b\n");
  EXPECT_TRUE(Unpack(Zstd(text) + Zstd("") + Zstd("b\n")).ValueOrDie() == text + "b\n");
  EXPECT_EQ(Unpack(Gzip("a") + std::string(512, '\0')).ValueOrDie(), "a");
}

TEST(ByteSource, SaysWhatIsCutOff) {
  const std::string text = Text(400'000);
  for (const std::string& whole : {Gzip(text), Zstd(text)}) {
    for (size_t left : {whole.size() - 1, whole.size() - 8, whole.size() / 2, size_t{5}}) {
      const auto status = Unpack(whole.substr(0, left)).status();
      EXPECT_TRUE(status.IsInvalid()) << left;
      EXPECT_NE(status.message().find("cut off"), std::string::npos) << status;
    }
    EXPECT_TRUE(Unpack(whole + whole.substr(0, 20)).status().IsInvalid());
  }
}

TEST(ByteSource, SaysWhatIsBroken) {
  const std::string text = Text(400'000);
  for (std::string whole : {Gzip(text), Zstd(text)}) {
    whole[whole.size() / 2] = static_cast<char>(whole[whole.size() / 2] ^ 0x55);
    EXPECT_TRUE(Unpack(whole).status().IsInvalid());
  }
  std::string sum = Gzip(text);
  sum[sum.size() - 6] = static_cast<char>(sum[sum.size() - 6] ^ 1);
  EXPECT_NE(Unpack(sum).status().message().find("broken"), std::string::npos);
  EXPECT_TRUE(Unpack(Gzip("a") + "garbage").status().IsInvalid());
}

TEST(ByteSource, LooksAheadWithoutTaking) {
  PeekedSource source(BytesOf("abcdef"));
  EXPECT_EQ(source.Peek(2).ValueOrDie(), "ab");
  EXPECT_EQ(source.Peek(4).ValueOrDie(), "abcd");
  EXPECT_EQ(source.Peek(100).ValueOrDie(), "abcdef");
  EXPECT_EQ(ReadAll(source, 4).ValueOrDie(), "abcdef");
  EXPECT_EQ(source.Peek(1).ValueOrDie(), "");
}

}  // namespace
}  // namespace artemis

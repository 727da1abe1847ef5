#include "artemis/table/deletion_vector.h"

#include <limits>

#include <gtest/gtest.h>
#include <libdeflate.h>
#include <roaring/roaring.h>

#include "artemis/base/error.h"
#include "artemis/table/roaring_bitmap.h"

namespace artemis {
namespace {

std::string BigEndian(uint32_t value) {
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(value >> shift);
  return bytes;
}

std::string LittleEndianBytes(uint64_t value, int bytes) {
  std::string text;
  for (int i = 0; i < bytes; ++i) text += static_cast<char>(value >> (8 * i));
  return text;
}

std::string Bitmap(const std::vector<uint32_t>& values) {
  roaring_bitmap_t* bitmap = roaring_bitmap_of_ptr(values.size(), values.data());
  std::string bytes(roaring_bitmap_portable_size_in_bytes(bitmap), '\0');
  roaring_bitmap_portable_serialize(bitmap, bytes.data());
  roaring_bitmap_free(bitmap);
  return bytes;
}

std::string Blob(const std::string& vector) {
  const std::string body = "\xD1\xD3\x39\x64" + vector;
  return BigEndian(static_cast<uint32_t>(body.size())) + body +
         BigEndian(libdeflate_crc32(0, body.data(), body.size()));
}

std::string TwoBitmaps() {
  return Blob(LittleEndianBytes(2, 8) + LittleEndianBytes(0, 4) + Bitmap({0, 7, 100000}) +
              LittleEndianBytes(3, 4) + Bitmap({1}));
}

TEST(DecodeDeletionVector, GivesPositionsOfAllBitmapsInOrder) {
  const auto positions = DecodeDeletionVector(TwoBitmaps(), 4, "x.puffin");
  ASSERT_TRUE(positions.ok()) << positions.status();
  EXPECT_EQ(*positions, (std::vector<int64_t>{0, 7, 100000, (int64_t{3} << 32) + 1}));
}

TEST(DecodeDeletionVector, GivesNothingForAnEmptyVector) {
  EXPECT_TRUE(DecodeDeletionVector(Blob(LittleEndianBytes(0, 8)), 0, "x")->empty());
}

TEST(DecodeDeletionVector, RefusesACountThatIsNotTheEntrys) {
  const auto positions = DecodeDeletionVector(TwoBitmaps(), 5, "x.puffin");
  EXPECT_NE(FindDetail<CorruptFile>(positions.status()), nullptr) << positions.status();
}

TEST(DecodeDeletionVector, RefusesEveryFlippedBitAndEveryCut) {
  const std::string good = TwoBitmaps();
  for (size_t i = 0; i < good.size(); ++i) {
    std::string bad = good;
    bad[i] = static_cast<char>(bad[i] ^ 0x10);
    EXPECT_FALSE(DecodeDeletionVector(bad, 4, "x").ok()) << "byte " << i;
    EXPECT_FALSE(DecodeDeletionVector(good.substr(0, i), 4, "x").ok()) << "cut at " << i;
  }
}

TEST(DecodeDeletionVector, TakesNoMemoryForMoreThanWasAnnounced) {
  // 65,536 positions in one run of four bytes: with a thousand containers, 67 million in a few kilobytes.
  std::string containers, descriptions;
  for (uint32_t key = 0; key < 1000; ++key) {
    descriptions += LittleEndianBytes(key, 2) + LittleEndianBytes(0xFFFF, 2);
    containers += LittleEndianBytes(1, 2) + LittleEndianBytes(0, 2) + LittleEndianBytes(0xFFFF, 2);
  }
  const std::string bitmap = LittleEndianBytes(12347 | (999u << 16), 4) + std::string(125, '\xFF') +
                             descriptions + std::string(4000, '\0') + containers;
  const std::string blob = Blob(LittleEndianBytes(1, 8) + LittleEndianBytes(0, 4) + bitmap);
  const auto refused = DecodeDeletionVector(blob, 5, "x.puffin");
  EXPECT_NE(FindDetail<CorruptFile>(refused.status()), nullptr) << refused.status();
  const auto too_many = DecodeDeletionVector(blob, kDeletionVectorPositionsMax + 1, "x.puffin");
  EXPECT_NE(FindDetail<LimitExceeded>(too_many.status()), nullptr) << too_many.status();
  std::vector<int64_t> positions;
  ASSERT_TRUE(AppendRoaringPositions(bitmap, 0, 65'536'000, &positions).ok());
  EXPECT_EQ(positions.size(), 65'536'000u);
}

TEST(EncodeDeletionVector, GivesTheBytesOfTheSpecification) {
  // Cookie 12346, one container with key 0 of two values, whose bytes begin at 16: an array of 1 and 3.
  const std::string bitmap = LittleEndianBytes(12346, 4) + LittleEndianBytes(1, 4) +
                             LittleEndianBytes(0, 2) + LittleEndianBytes(1, 2) +
                             LittleEndianBytes(16, 4) + LittleEndianBytes(1, 2) +
                             LittleEndianBytes(3, 2);
  const auto blob = EncodeDeletionVector({1, 3});
  ASSERT_TRUE(blob.ok()) << blob.status();
  EXPECT_EQ(*blob, Blob(LittleEndianBytes(1, 8) + LittleEndianBytes(0, 4) + bitmap));
  EXPECT_EQ(*EncodeDeletionVector({}), Blob(LittleEndianBytes(0, 8)));
}

TEST(EncodeDeletionVector, ReadsBackInEveryKindOfContainer) {
  std::vector<int64_t> positions;
  for (int64_t i = 0; i < 3000; ++i) positions.push_back(i * 21);             // arrays
  for (int64_t i = 0; i < 30'000; ++i) positions.push_back(131'072 + i * 2);  // bit sets
  for (int64_t i = 0; i < 100'000; ++i) positions.push_back(1'048'576 + i);   // runs
  for (int64_t i = 0; i < 70'000; ++i) positions.push_back((int64_t{1} << 33) + i * 3);
  positions.push_back(std::numeric_limits<int64_t>::max());
  const auto blob = EncodeDeletionVector(positions);
  ASSERT_TRUE(blob.ok()) << blob.status();
  const auto back = DecodeDeletionVector(*blob, static_cast<int64_t>(positions.size()), "x.puffin");
  ASSERT_TRUE(back.ok()) << back.status();
  EXPECT_EQ(*back, positions);
}

TEST(EncodeDeletionVector, RefusesPositionsOutOfOrder) {
  for (const std::vector<int64_t>& positions :
       {std::vector<int64_t>{1, 1}, std::vector<int64_t>{2, 1}, std::vector<int64_t>{-1}}) {
    EXPECT_TRUE(EncodeDeletionVector(positions).status().IsInvalid());
  }
}

struct BrokenBitmapCase {
  const char* what;
  std::string bytes;
};

TEST(AppendRoaringPositions, RefusesContainersThatContradictThemselves) {
  const std::string one = LittleEndianBytes(12346, 4) + LittleEndianBytes(1, 4);
  const std::string runs = LittleEndianBytes(12347, 4) + "\x01";
  const BrokenBitmapCase cases[] = {
      {"cookie", LittleEndianBytes(12345, 4) + LittleEndianBytes(1, 4)},
      {"too many containers", LittleEndianBytes(12346, 4) + LittleEndianBytes(65537, 4)},
      {"keys out of order", LittleEndianBytes(12346, 4) + LittleEndianBytes(2, 4) +
                                LittleEndianBytes(5, 4) + LittleEndianBytes(5, 4) +
                                LittleEndianBytes(0, 8) + LittleEndianBytes(0, 4)},
      {"array out of order", one + LittleEndianBytes(1 << 16, 4) + LittleEndianBytes(16, 4) +
                                 LittleEndianBytes(3, 2) + LittleEndianBytes(3, 2)},
      {"bit set of another cardinality", one + LittleEndianBytes(4999u << 16, 4) +
                                             LittleEndianBytes(16, 4) + std::string(8192, '\xFF')},
      {"bit set of another cardinality", one + LittleEndianBytes(4999u << 16, 4) +
                                             LittleEndianBytes(16, 4) + std::string(8192, '\0')},
      {"runs out of order", runs + LittleEndianBytes(9u << 16, 4) + LittleEndianBytes(2, 2) +
                                LittleEndianBytes(0, 2) + LittleEndianBytes(4, 2) +
                                LittleEndianBytes(4, 2) + LittleEndianBytes(4, 2)},
      {"runs out of order", runs + LittleEndianBytes(9u << 16, 4) + LittleEndianBytes(1, 2) +
                                LittleEndianBytes(0xFFF0, 2) + LittleEndianBytes(0x20, 2)},
      {"runs of another cardinality", runs + LittleEndianBytes(9u << 16, 4) +
                                          LittleEndianBytes(1, 2) + LittleEndianBytes(0, 2) +
                                          LittleEndianBytes(7, 2)},
  };
  for (const BrokenBitmapCase& c : cases) {
    std::vector<int64_t> positions;
    const auto status = AppendRoaringPositions(c.bytes, 0, 1 << 20, &positions).status();
    EXPECT_NE(status.message().find(c.what), std::string::npos) << c.what << ": " << status;
  }
}

struct VectorOfJava {
  const char* hex;
  std::vector<int64_t> positions;
};

void AppendRange(int64_t first, int64_t end, std::vector<int64_t>* positions) {
  for (int64_t at = first; at < end; ++at) positions->push_back(at);
}

// As Iceberg's Java library writes them: nothing, an array, two containers, and arrays and runs under two keys.
std::vector<VectorOfJava> VectorsOfJava() {
  std::vector<int64_t> all_kinds = {5, 7};
  AppendRange((1 << 16) + 1, (1 << 16) + 1000, &all_kinds);
  AppendRange((2 << 16) + 1, (2 << 16) + 65535, &all_kinds);
  const int64_t second = int64_t{1} << 32;
  all_kinds.push_back(second + 10);
  all_kinds.push_back(second + 20);
  AppendRange(second + (1 << 16) + 10, second + (1 << 16) + 500, &all_kinds);
  AppendRange(second + (2 << 16) + 1, second + (2 << 16) + 65535, &all_kinds);
  return {
      {"0000000cd1d339640000000000000000bf18480c", {}},
      {"0000002ad1d339640100000000000000000000003a3000000100000000000400100000000100030005000700090"
       "0"
       "b3fb20be",
       {1, 3, 5, 7, 9}},
      {"00000030d1d339640100000000000000000000003a300000020000000000010000800100180000001c00000064"
       "0065006300640015eb1c7c",
       {100, 101, int64_t{INT32_MAX} + 100, int64_t{INT32_MAX} + 101}},
      {"00000056d1d339640200000000000000000000003b30020006000001000100e6"
       "030200fdff0500070001000100e60301000100fdff010000003b300200060000"
       "01000100e9010200fdff0a00140001000a00e90101000100fdffc89be397",
       all_kinds},
  };
}

std::string FromHex(const std::string& hex) {
  std::string bytes;
  for (size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
  }
  return bytes;
}

TEST(DeletionVector, IsTheOneOfJavaByteForByte) {
  for (const VectorOfJava& vector : VectorsOfJava()) {
    const std::string blob = FromHex(vector.hex);
    const auto read =
        DecodeDeletionVector(blob, static_cast<int64_t>(vector.positions.size()), "java.puffin");
    ASSERT_TRUE(read.ok()) << read.status();
    EXPECT_EQ(*read, vector.positions);
    EXPECT_EQ(*EncodeDeletionVector(vector.positions), blob) << vector.hex;
  }
}

}  // namespace
}  // namespace artemis

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

}  // namespace
}  // namespace artemis

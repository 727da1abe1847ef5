#include "artemis/read/deletion_vector.h"

#include <gtest/gtest.h>
#include <libdeflate.h>
#include <roaring/roaring.h>

#include "artemis/base/error.h"

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

}  // namespace
}  // namespace artemis

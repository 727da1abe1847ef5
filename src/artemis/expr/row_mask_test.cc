// Bits of rows, at lengths around the edges of bytes and words.
#include "artemis/expr/row_mask.h"

#include <gtest/gtest.h>

namespace artemis {
namespace {

RowMask MaskOf(int64_t num_rows, const std::function<bool(int64_t)>& holds) {
  RowMask mask = RowMask::Make(num_rows, arrow::default_memory_pool()).ValueOrDie();
  mask.Fill(holds);
  return mask;
}

constexpr int64_t kLengths[] = {0, 1, 7, 8, 9, 63, 64, 65, 127, 128, 200};

TEST(RowMask, SetsExactlyTheRowsThatHold) {
  for (const int64_t length : kLengths) {
    const auto holds = [](int64_t i) { return i % 3 == 0 || i % 7 == 5; };
    const RowMask mask = MaskOf(length, holds);
    for (int64_t i = 0; i < length; ++i) EXPECT_EQ(mask.at(i), holds(i)) << length << " " << i;
  }
}

TEST(RowMask, KeepsBitsPastTheLastRowClear) {
  for (const int64_t length : kLengths) {
    RowMask mask = MaskOf(length, [](int64_t) { return false; });
    EXPECT_TRUE(mask.is_empty());
    mask.Flip();
    int64_t set = 0;
    for (int64_t i = 0; i < length; ++i) set += mask.at(i) ? 1 : 0;
    EXPECT_EQ(set, length);
    mask.Flip();
    EXPECT_TRUE(mask.is_empty()) << length;
    mask.SetAll();
    mask.Flip();
    EXPECT_TRUE(mask.is_empty()) << length;
  }
}

TEST(RowMask, CombinesWithBitmapsAtAnyOffset) {
  const std::vector<uint8_t> bitmap = {0b10110101, 0b01011100, 0b11100011};
  for (int64_t offset = 0; offset < 9; ++offset) {
    RowMask mask = MaskOf(13, [](int64_t i) { return i != 4; });
    mask.AndWithBitmap(bitmap.data(), offset);
    for (int64_t i = 0; i < 13; ++i) {
      const int64_t bit = i + offset;
      const bool in_bitmap = (bitmap[static_cast<size_t>(bit / 8)] >> (bit % 8)) & 1;
      EXPECT_EQ(mask.at(i), i != 4 && in_bitmap) << offset << " " << i;
    }
  }
}

TEST(RowMask, IntersectsAndUnites) {
  const auto even = [](int64_t i) { return i % 2 == 0; };
  const auto third = [](int64_t i) { return i % 3 == 0; };
  RowMask both = MaskOf(100, even);
  both.AndWith(MaskOf(100, third));
  RowMask either = MaskOf(100, even);
  either.OrWith(MaskOf(100, third));
  for (int64_t i = 0; i < 100; ++i) {
    EXPECT_EQ(both.at(i), even(i) && third(i));
    EXPECT_EQ(either.at(i), even(i) || third(i));
  }
}

}  // namespace
}  // namespace artemis

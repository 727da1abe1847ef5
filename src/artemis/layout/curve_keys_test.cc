// Facts of the keys along both curves, and of sorting by them.
#include <algorithm>
#include <cstdlib>
#include <random>
#include <set>

#include <gtest/gtest.h>

#include "artemis/layout/hilbert_keys.h"
#include "artemis/layout/radix_sort.h"
#include "artemis/layout/zorder_keys.h"

namespace artemis {
namespace {

using Ranks = std::vector<std::vector<uint32_t>>;

std::vector<uint64_t> ZOrderOf(const Ranks& ranks, int bits,
                               BitDeposit deposit = BitDeposit::kScalar) {
  std::vector<uint64_t> keys(ranks[0].size(), 99);
  ZOrderKeys(ranks, bits, keys, deposit);
  return keys;
}

// Every point of a grid with 2^bits cells a side.
Ranks Grid(size_t columns, int bits) {
  const size_t side = size_t{1} << bits;
  size_t cells = 1;
  for (size_t c = 0; c < columns; ++c) cells *= side;
  Ranks ranks(columns, std::vector<uint32_t>(cells));
  for (size_t cell = 0; cell < cells; ++cell) {
    size_t rest = cell;
    for (size_t c = 0; c < columns; ++c, rest /= side) {
      ranks[c][cell] = static_cast<uint32_t>(rest % side);
    }
  }
  return ranks;
}

TEST(ZOrderKeys, InterleaveBitsWithTheFirstColumnOnTop) {
  // 0b101 and 0b011: bits a2 b2 a1 b1 a0 b0 = 1 0 0 1 1 1.
  EXPECT_EQ(ZOrderOf({{0b101}, {0b011}}, 16), std::vector<uint64_t>{0b100111});
  // Three columns: a1 b1 c1 a0 b0 c0 = 1 0 0 0 1 1.
  EXPECT_EQ(ZOrderOf({{0b10}, {0b01}, {0b01}}, 16), std::vector<uint64_t>{0b100011});
  EXPECT_EQ(ZOrderOf({{0xFFFF}, {0}}, 16), std::vector<uint64_t>{0xAAAAAAAA});
  EXPECT_EQ(ZOrderOf({{0xABCD}}, 16), std::vector<uint64_t>{0xABCD});
}

TEST(ZOrderKeys, AreTheSameByInstructionAsByTable) {
  if (BestBitDeposit() == BitDeposit::kScalar) GTEST_SKIP() << "this processor has no BMI2";
  std::mt19937 random(7);
  for (size_t columns = 1; columns <= 8; ++columns) {
    for (const int bits : {1, 7, 8, CurveBits(columns), static_cast<int>(64 / columns)}) {
      if (bits > 32 || static_cast<size_t>(bits) * columns > 64) continue;
      Ranks ranks(columns, std::vector<uint32_t>(1000));
      for (auto& column : ranks) {
        for (uint32_t& rank : column) {
          rank = static_cast<uint32_t>(random() & ((uint64_t{1} << bits) - 1));
        }
      }
      EXPECT_EQ(ZOrderOf(ranks, bits), ZOrderOf(ranks, bits, BitDeposit::kBmi2))
          << columns << " columns of " << bits << " bits";
    }
  }
}

TEST(ZOrderKeys, ShareOut64Bits) {
  EXPECT_EQ(CurveBits(1), 16);
  EXPECT_EQ(CurveBits(4), 16);
  EXPECT_EQ(CurveBits(5), 12);
  EXPECT_EQ(CurveBits(8), 8);
}

struct GridCase {
  size_t columns;
  int bits;
};

TEST(HilbertKeys, VisitEveryCellOnceAndStepToANeighbour) {
  for (const GridCase& c : {GridCase{1, 6}, {2, 1}, {2, 5}, {3, 3}, {4, 2}, {5, 2}, {8, 1}}) {
    const Ranks grid = Grid(c.columns, c.bits);
    Ranks scratch = grid;
    std::vector<uint64_t> keys(grid[0].size());
    HilbertKeys(scratch, c.bits, keys);
    const std::vector<uint32_t> order = RowsByKey(keys);
    for (size_t i = 0; i < order.size(); ++i) {
      ASSERT_EQ(keys[order[i]], i) << c.columns << " columns of " << c.bits << " bits";
      if (i == 0) continue;
      int64_t steps = 0;
      for (size_t column = 0; column < c.columns; ++column) {
        steps += std::abs(int64_t{grid[column][order[i]]} - int64_t{grid[column][order[i - 1]]});
      }
      ASSERT_EQ(steps, 1) << c.columns << " columns of " << c.bits << " bits, cell " << i;
    }
  }
}

// Hilbert's own picture: of four cells the curve takes (0,0), (0,1), (1,1), (1,0), or mirrored.
TEST(HilbertKeys, BeginAtTheOrigin) {
  Ranks origin = {{0}, {0}, {0}};
  std::vector<uint64_t> key(1, 99);
  HilbertKeys(origin, 16, key);
  EXPECT_EQ(key[0], 0u);
}

TEST(RowsByKey, SortStably) {
  std::mt19937_64 random(11);
  // Of 50 bits and the 14 of a row's number the 64 are just full; of 51 they are over.
  for (const uint64_t mask :
       {uint64_t{0}, uint64_t{3}, uint64_t{0xFF00}, uint64_t{0xFFF0'0000'0000'0000},
        (uint64_t{1} << 50) - 1, (uint64_t{1} << 51) - 1, ~uint64_t{0}}) {
    std::vector<uint64_t> keys(10'000);
    for (uint64_t& key : keys) key = random() & mask;
    std::vector<uint32_t> expected(keys.size());
    for (size_t i = 0; i < keys.size(); ++i) expected[i] = static_cast<uint32_t>(i);
    std::stable_sort(expected.begin(), expected.end(),
                     [&](uint32_t a, uint32_t b) { return keys[a] < keys[b]; });
    EXPECT_EQ(RowsByKey(keys), expected) << mask;
  }
  EXPECT_TRUE(RowsByKey({}).empty());
}

}  // namespace
}  // namespace artemis

// Skilling's transform row by row, then the interleaving of the Z-order.
#include "artemis/layout/hilbert_keys.h"

#include <array>

#include "artemis/layout/zorder_keys.h"

namespace artemis {
namespace {

using Point = std::array<uint32_t, 8>;

// Turns the axes of a point into the key's bits, column by column. Bits of `high` and below count.
void AxesToKeyBits(Point* point, size_t columns, uint32_t high) {
  Point& x = *point;
  for (uint32_t level = high; level > 1; level >>= 1) {
    const uint32_t lower = level - 1;
    for (size_t c = 0; c < columns; ++c) {
      const uint32_t swapped = (x[0] ^ x[c]) & lower;
      const bool inverts = (x[c] & level) != 0;
      x[0] ^= inverts ? lower : swapped;
      x[c] ^= inverts ? 0 : swapped;
    }
  }
  for (size_t c = 1; c < columns; ++c) x[c] ^= x[c - 1];
  uint32_t flips = 0;
  for (uint32_t level = high; level > 1; level >>= 1) {
    if ((x[columns - 1] & level) != 0) flips ^= level - 1;
  }
  for (size_t c = 0; c < columns; ++c) x[c] ^= flips;
}

}  // namespace

void HilbertKeys(std::span<std::vector<uint32_t>> ranks, int bits, std::span<uint64_t> keys) {
  const uint32_t high = uint32_t{1} << (bits - 1);
  for (size_t row = 0; row < keys.size(); ++row) {
    Point point{};
    for (size_t c = 0; c < ranks.size(); ++c) point[c] = ranks[c][row];
    AxesToKeyBits(&point, ranks.size(), high);
    for (size_t c = 0; c < ranks.size(); ++c) ranks[c][row] = point[c];
  }
  ZOrderKeys(ranks, bits, keys);
}

}  // namespace artemis

// Hilbert keys: the place of a row's ranks along a Hilbert curve in as many dimensions as there are columns (Hilbert, Mathematische
// Annalen 38, 1891; the transform is Skilling's, "Programming the Hilbert curve", AIP Conference Proceedings 707, 2004).
//
// Unlike a Z-order the curve never jumps: rows next to each other on it differ by one step in one column. It costs some tens of
// nanoseconds a row.
//
// Steps, for n ranks of b bits: (1) from the highest bit down, undo the turns and mirrorings of each level: a column whose bit is set
// inverts the lower bits of column 0, otherwise it swaps them with column 0's; (2) Gray-decode across the columns; (3) interleave the bits
// as for a Z-order.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace artemis {

// The Hilbert key of each row into `keys`. `ranks` as for ZOrderKeys; they are changed on the way. With one column the key is the rank.
void HilbertKeys(std::span<std::vector<uint32_t>> ranks, int bits, std::span<uint64_t> keys);

}  // namespace artemis

// Sorts rows by 64-bit keys: least significant digit first, 8 bits at a time (Seward, "Information Sorting in the Application of
// Electronic Digital Computers to Business Operations", MIT 1954; Knuth, TAOCP 3, 5.2.5).
//
// A digit that is the same in all keys costs nothing.
#pragma once

#include <cstdint>
#include <vector>

namespace artemis {

// The rows 0 … keys.size() - 1 in ascending order of their keys, equal keys in ascending order of row. At most 2^32-1 rows. Memory: 24
// bytes a row, the result's 4 included.
std::vector<uint32_t> RowsByKey(std::vector<uint64_t> keys);

}  // namespace artemis

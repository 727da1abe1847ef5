// Sorts rows by 64-bit keys: least significant digit first (Seward, "Information Sorting in the Application of Electronic Digital Computers
// to Business Operations", MIT 1954; Knuth, TAOCP 3, 5.2.5).
//
// Digits that are the same in all keys cost nothing. Where the bits between the highest and the lowest in which keys differ leave room for the
// row's number in the same 64, as those of neighbouring keys do, key and row are moved as one; else side by side.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace artemis {

// With memory that serves one sort after the other. One thread at a time.
class RowSorter {
 public:
  // The rows 0 … keys.size() - 1 in ascending order of their keys, equal keys in ascending order of row, until the next call. At most
  // 2^32-1 rows. Memory: 16 to 24 bytes a row.
  std::span<const uint32_t> Sort(std::span<const uint64_t> keys);

 private:
  void SortTogether(std::span<const uint64_t> keys, uint64_t varying, int row_bits);
  void SortSideBySide(std::span<const uint64_t> keys, uint64_t varying);

  std::vector<uint64_t> words_;
  std::vector<uint64_t> next_words_;
  std::vector<uint32_t> rows_;
  std::vector<uint32_t> next_rows_;
};

// The same, once.
std::vector<uint32_t> RowsByKey(std::span<const uint64_t> keys);

}  // namespace artemis

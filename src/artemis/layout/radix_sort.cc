// Counts digits, then moves rows and keys back and forth between two places.
#include "artemis/layout/radix_sort.h"

#include <algorithm>
#include <array>
#include <numeric>

namespace artemis {
namespace {

constexpr size_t kDigits = 8;
constexpr size_t kDigitValues = 256;
using DigitPlaces = std::array<uint32_t, kDigitValues>;

size_t DigitOf(uint64_t key, size_t digit) { return (key >> (8 * digit)) & 0xFF; }

// The bits in which not all keys agree.
uint64_t VaryingBits(const std::vector<uint64_t>& keys) {
  uint64_t varying = 0;
  for (const uint64_t key : keys) varying |= key ^ keys[0];
  return varying;
}

// Where each value of a digit begins.
DigitPlaces DigitBegins(const std::vector<uint64_t>& keys, size_t digit) {
  DigitPlaces counts{};
  for (const uint64_t key : keys) ++counts[DigitOf(key, digit)];
  DigitPlaces begins;
  std::exclusive_scan(counts.begin(), counts.end(), begins.begin(), uint32_t{0});
  return begins;
}

}  // namespace

std::vector<uint32_t> RowsByKey(std::vector<uint64_t> keys) {
  std::vector<uint32_t> rows(keys.size());
  std::iota(rows.begin(), rows.end(), uint32_t{0});
  if (std::is_sorted(keys.begin(), keys.end())) return rows;
  const uint64_t varying = VaryingBits(keys);
  std::vector<uint64_t> next_keys(keys.size());
  std::vector<uint32_t> next_rows(keys.size());
  for (size_t digit = 0; digit < kDigits; ++digit) {
    if (DigitOf(varying, digit) == 0) continue;
    DigitPlaces place = DigitBegins(keys, digit);
    for (size_t i = 0; i < keys.size(); ++i) {
      const size_t to = place[DigitOf(keys[i], digit)]++;
      next_keys[to] = keys[i];
      next_rows[to] = rows[i];
    }
    keys.swap(next_keys);
    rows.swap(next_rows);
  }
  return rows;
}

}  // namespace artemis

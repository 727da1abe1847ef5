// Counts digits, then moves rows and keys back and forth between two places.
#include "artemis/layout/radix_sort.h"

#include <algorithm>
#include <array>
#include <numeric>

namespace artemis {
namespace {

constexpr size_t kDigits = 8;
constexpr size_t kDigitValues = 256;
using DigitCounts = std::array<std::array<size_t, kDigitValues>, kDigits>;

size_t DigitOf(uint64_t key, size_t digit) { return (key >> (8 * digit)) & 0xFF; }

DigitCounts CountDigits(const std::vector<uint64_t>& keys) {
  DigitCounts counts{};
  for (const uint64_t key : keys) {
    for (size_t digit = 0; digit < kDigits; ++digit) ++counts[digit][DigitOf(key, digit)];
  }
  return counts;
}

// Where each value of a digit begins.
std::array<size_t, kDigitValues> DigitStarts(const std::array<size_t, kDigitValues>& counts) {
  std::array<size_t, kDigitValues> starts;
  std::exclusive_scan(counts.begin(), counts.end(), starts.begin(), size_t{0});
  return starts;
}

}  // namespace

std::vector<uint32_t> RowsByKey(std::vector<uint64_t> keys) {
  std::vector<uint32_t> rows(keys.size());
  std::iota(rows.begin(), rows.end(), uint32_t{0});
  if (std::is_sorted(keys.begin(), keys.end())) return rows;
  const DigitCounts counts = CountDigits(keys);
  std::vector<uint64_t> next_keys(keys.size());
  std::vector<uint32_t> next_rows(keys.size());
  for (size_t digit = 0; digit < kDigits; ++digit) {
    if (counts[digit][DigitOf(keys[0], digit)] == keys.size()) continue;
    auto place = DigitStarts(counts[digit]);
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

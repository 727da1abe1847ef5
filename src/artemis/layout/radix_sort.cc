// Counts digits, then moves rows and keys back and forth between two places.
#include "artemis/layout/radix_sort.h"

#include <algorithm>
#include <array>
#include <bit>
#include <numeric>

namespace artemis {
namespace {

constexpr int kDigitBits = 8;
constexpr int kWordBits = 64;
constexpr uint64_t kDigitMask = (uint64_t{1} << kDigitBits) - 1;
using DigitPlaces = std::array<uint32_t, size_t{1} << kDigitBits>;

uint64_t DigitAt(uint64_t key, int shift) { return (key >> shift) & kDigitMask; }

// The bits in which not all keys agree.
uint64_t VaryingBits(std::span<const uint64_t> keys) {
  uint64_t varying = 0;
  for (const uint64_t key : keys) varying |= key ^ keys[0];
  return varying;
}

// Where each value of a digit begins.
DigitPlaces DigitBegins(std::span<const uint64_t> keys, int shift) {
  DigitPlaces counts{};
  for (const uint64_t key : keys) ++counts[DigitAt(key, shift)];
  DigitPlaces begins;
  std::exclusive_scan(counts.begin(), counts.end(), begins.begin(), uint32_t{0});
  return begins;
}

}  // namespace

std::span<const uint32_t> RowSorter::Sort(std::span<const uint64_t> keys) {
  rows_.resize(keys.size());
  if (std::is_sorted(keys.begin(), keys.end())) {
    std::iota(rows_.begin(), rows_.end(), uint32_t{0});
    return rows_;
  }
  const uint64_t varying = VaryingBits(keys);
  const int row_bits = static_cast<int>(std::bit_width(keys.size() - 1));
  const int key_bits = static_cast<int>(std::bit_width(varying)) - std::countr_zero(varying);
  if (key_bits + row_bits <= kWordBits) {
    SortTogether(keys, varying, row_bits);
  } else {
    SortSideBySide(keys, varying);
  }
  return rows_;
}

void RowSorter::SortTogether(std::span<const uint64_t> keys, uint64_t varying, int row_bits) {
  const int low = std::countr_zero(varying);
  const uint64_t bits = varying >> low;
  const uint64_t mask = ~uint64_t{0} >> std::countl_zero(bits);
  words_.resize(keys.size());
  next_words_.resize(keys.size());
  for (size_t i = 0; i < keys.size(); ++i) words_[i] = (((keys[i] >> low) & mask) << row_bits) | i;
  const int key_bits = static_cast<int>(std::bit_width(bits));
  for (int digit = 0; digit < key_bits; digit += kDigitBits) {
    if (DigitAt(bits, digit) == 0) continue;
    DigitPlaces place = DigitBegins(words_, digit + row_bits);
    for (const uint64_t word : words_) next_words_[place[DigitAt(word, digit + row_bits)]++] = word;
    words_.swap(next_words_);
  }
  const uint64_t row_mask = (uint64_t{1} << row_bits) - 1;
  for (size_t i = 0; i < keys.size(); ++i) rows_[i] = static_cast<uint32_t>(words_[i] & row_mask);
}

void RowSorter::SortSideBySide(std::span<const uint64_t> keys, uint64_t varying) {
  words_.assign(keys.begin(), keys.end());
  next_words_.resize(keys.size());
  next_rows_.resize(keys.size());
  std::iota(rows_.begin(), rows_.end(), uint32_t{0});
  for (int shift = 0; shift < kWordBits; shift += kDigitBits) {
    if (DigitAt(varying, shift) == 0) continue;
    DigitPlaces place = DigitBegins(words_, shift);
    for (size_t i = 0; i < words_.size(); ++i) {
      const size_t to = place[DigitAt(words_[i], shift)]++;
      next_words_[to] = words_[i];
      next_rows_[to] = rows_[i];
    }
    words_.swap(next_words_);
    rows_.swap(next_rows_);
  }
}

std::vector<uint32_t> RowsByKey(std::span<const uint64_t> keys) {
  RowSorter sorter;
  const auto rows = sorter.Sort(keys);
  return {rows.begin(), rows.end()};
}

}  // namespace artemis

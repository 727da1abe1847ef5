// Ranks: every value of a column as its quantile in a sample, so that columns of any type and any distribution share a curve fairly.
//
// A curve over raw values spends its bits where there are none: of timestamps of one day the upper bits are all equal, of a skewed
// column one bit parts nearly all rows from nearly none. By quantile each bit halves what it still can, whatever the distribution.
// (Morton, "A Computer Oriented Geodetic Data Base", 1966, orders integers; equal-depth histograms: Piatetsky-Shapiro and Connell,
// SIGMOD 1984.)
//
// Of S sampled values a value v, with b of them before it, gets the place 2b + 1, or 2b + 2 when it is itself in the sample; null
// gets 0 and counts as the least value, NaN as the greatest. Places, below 2S + 3, are scaled to the bits of a rank. So equal values
// share a rank, a rank never falls as values grow, and a value that half of the rows hold takes half of all ranks, which costs the other
// columns nothing: where a column's bits no longer part rows, the others' do.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <arrow/array.h>
#include <arrow/result.h>

namespace artemis {

// The quantiles of one column. Immutable; may be asked by several threads at once.
class ColumnRanks {
 public:
  // Of the values of `sample`, in any order. Its type: boolean, 32- or 64-bit integers, dates, times, timestamps, floating point,
  // decimal128, string, binary, or fixed-size binary; another is Invalid. Numbers order as numbers (-0 equals 0), the rest by
  // bytes. `bits` of a rank: 1 to 32.
  static arrow::Result<ColumnRanks> Make(const arrow::Array& sample, int bits);

  // The rank of each value into `ranks`. Requires an array of the sample's type, or a dictionary array of it, and as many places as it has
  // values.
  void Fill(const arrow::Array& values, std::span<uint32_t> ranks) const;

 private:
  ColumnRanks() = default;

  void MakeRanks(const std::vector<int64_t>& counts, int64_t nulls, int bits);
  void MakeBuckets();
  uint32_t RankOf(uint64_t value) const;
  uint32_t RankOf(std::string_view value) const;
  void MakeDirect();
  void FillDictionary(const arrow::Array& values, std::span<uint32_t> ranks) const;
  void FillNumbers(const arrow::Array& values, std::span<uint32_t> ranks) const;
  void FillBytes(const arrow::Array& values, std::span<uint32_t> ranks) const;

  // The distinct values of the sample, ascending: in the one or the other.
  std::vector<uint64_t> numbers_;
  std::vector<std::string> texts_;
  bool is_numeric_ = false;
  // Of value i, and of what lies between i - 1 and i (one more: behind the last).
  std::vector<uint32_t> at_;
  std::vector<uint32_t> before_;
  // The first number whose distance from the least, shifted, is at least i.
  std::vector<uint32_t> buckets_;
  int bucket_shift_ = 0;
  // Where numbers lie close together: the rank of each from the least to the greatest. Else empty.
  std::vector<uint32_t> direct_;
};

}  // namespace artemis

// Decides where one data file ends and the next begins.
#pragma once

#include <algorithm>
#include <cstdint>

namespace artemis {

// A plain rule: a file is full once it has reached its target. To come close to the target whatever the batches are, rows are
// written in slices of at most an eighth of it.
class FileSizer {
 public:
  explicit FileSizer(int64_t target_bytes) : target_bytes_(std::max<int64_t>(target_bytes, 1)) {}

  bool IsFull(int64_t file_bytes) const { return file_bytes >= target_bytes_; }

  // Whether a file may have come nearer to its end by a part that counts since it was measured, `arrow_bytes` ago.
  bool IsWorthMeasuring(int64_t arrow_bytes) const { return arrow_bytes >= target_bytes_ / kParts; }

  // Rows to write before asking again, of `rows` rows that take `arrow_bytes` in memory; at least 1. A file is smaller than
  // its rows in memory, so this errs towards asking often.
  int64_t SliceRows(int64_t rows, int64_t arrow_bytes) const {
    const int64_t slice_bytes = std::max<int64_t>(target_bytes_ / kParts, 1);
    if (arrow_bytes <= slice_bytes || rows <= 1) return std::max<int64_t>(rows, 1);
    const double share = static_cast<double>(slice_bytes) / static_cast<double>(arrow_bytes);
    return std::max<int64_t>(1, static_cast<int64_t>(static_cast<double>(rows) * share));
  }

 private:
  static constexpr int64_t kParts = 8;

  int64_t target_bytes_;
};

}  // namespace artemis

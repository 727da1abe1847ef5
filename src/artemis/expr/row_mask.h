// A bit per row, set where a predicate holds; filled 64 rows at a time.
#pragma once

#include <cstdint>
#include <cstring>
#include <memory>

#include <arrow/buffer.h>
#include <arrow/memory_pool.h>
#include <arrow/result.h>

namespace artemis {

// Bits past the last row are clear. Bit i is bit i % 8 of byte i / 8, as in Arrow.
class RowMask {
 public:
  // All clear. OutOfMemory from the pool.
  static arrow::Result<RowMask> Make(int64_t num_rows, arrow::MemoryPool* pool);

  int64_t num_rows() const { return num_rows_; }
  bool at(int64_t row) const { return (bits_->data()[row / 8] >> (row % 8)) & 1; }
  bool is_empty() const;

  void SetAll();
  void AndWith(const RowMask& other);
  void OrWith(const RowMask& other);
  // Keeps the rows set in an Arrow bitmap that starts at bit `offset`.
  void AndWithBitmap(const uint8_t* bitmap, int64_t offset);
  // Clears what is set and sets what is clear.
  void Flip();

  // Sets bit i to holds(i) for every row. `holds` is called once a row, in order, without branches
  // between, so that the compiler can vectorise it.
  template <typename Holds>
  void Fill(const Holds& holds) {
    uint8_t* out = bits_->mutable_data();
    int64_t row = 0;
    for (; row + 64 <= num_rows_; row += 64, out += 8) {
      uint8_t flags[64];
      for (int64_t j = 0; j < 64; ++j) flags[j] = static_cast<uint8_t>(holds(row + j));
      for (int64_t j = 0; j < 8; ++j) out[j] = PackedByte(flags + 8 * j);
    }
    for (; row < num_rows_; ++row) {
      uint8_t& byte = bits_->mutable_data()[row / 8];
      const auto bit = static_cast<uint8_t>(1U << (row % 8));
      byte = static_cast<uint8_t>(holds(row) ? byte | bit : byte & ~bit);
    }
  }

  std::shared_ptr<arrow::Buffer> TakeBuffer() && { return std::move(bits_); }

 private:
  RowMask(int64_t num_rows, std::unique_ptr<arrow::Buffer> bits)
      : num_rows_(num_rows), bits_(std::move(bits)) {}

  // Eight flags of 0 or 1, the first in the lowest bit: the product moves flag k to bit 56 + k,
  // without carries.
  static uint8_t PackedByte(const uint8_t* flags) {
    uint64_t word;
    std::memcpy(&word, flags, sizeof word);
    return static_cast<uint8_t>((word * 0x0102040810204080ULL) >> 56);
  }

  void ClearTail();

  int64_t num_rows_;
  std::unique_ptr<arrow::Buffer> bits_;
};

}  // namespace artemis

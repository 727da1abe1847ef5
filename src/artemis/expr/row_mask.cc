// A bit per row.
#include "artemis/expr/row_mask.h"

#include <algorithm>

#include <arrow/util/bitmap_ops.h>

namespace artemis {

arrow::Result<RowMask> RowMask::Make(int64_t num_rows, arrow::MemoryPool* pool) {
  const int64_t bytes = (num_rows + 7) / 8;
  ARROW_ASSIGN_OR_RAISE(auto bits, arrow::AllocateBuffer(bytes, pool));
  std::memset(bits->mutable_data(), 0, static_cast<size_t>(bytes));
  return RowMask(num_rows, std::move(bits));
}

bool RowMask::is_empty() const {
  const uint8_t* begin = bits_->data();
  return std::all_of(begin, begin + bits_->size(), [](uint8_t byte) { return byte == 0; });
}

void RowMask::SetAll() {
  std::memset(bits_->mutable_data(), 0xFF, static_cast<size_t>(bits_->size()));
  ClearTail();
}

void RowMask::AndWith(const RowMask& other) {
  uint8_t* out = bits_->mutable_data();
  const uint8_t* in = other.bits_->data();
  for (int64_t i = 0; i < bits_->size(); ++i) out[i] &= in[i];
}

void RowMask::OrWith(const RowMask& other) {
  uint8_t* out = bits_->mutable_data();
  const uint8_t* in = other.bits_->data();
  for (int64_t i = 0; i < bits_->size(); ++i) out[i] |= in[i];
}

void RowMask::AndWithBitmap(const uint8_t* bitmap, int64_t offset) {
  arrow::internal::BitmapAnd(bits_->data(), 0, bitmap, offset, num_rows_, 0, bits_->mutable_data());
  ClearTail();
}

void RowMask::Flip() {
  uint8_t* out = bits_->mutable_data();
  for (int64_t i = 0; i < bits_->size(); ++i) out[i] = static_cast<uint8_t>(~out[i]);
  ClearTail();
}

void RowMask::ClearTail() {
  if (num_rows_ % 8 == 0) return;
  const auto kept = static_cast<uint8_t>((1U << (num_rows_ % 8)) - 1);
  bits_->mutable_data()[bits_->size() - 1] &= kept;
}

}  // namespace artemis

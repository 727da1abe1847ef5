// The dictionary of a column chunk while it grows: distinct values by number, and the number of a value.
//
// Open addressing with linear probing (Knuth, TAOCP 3, 6.4), a quarter to a half full. Numbers are told apart by their bits, so that every NaN and
// both zeros come back as they were.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <parquet/types.h>

namespace artemis {

// Of 32- or 64-bit numbers.
template <typename Number>
class NumberCodes {
 public:
  // The value's number, a new one where it is not known.
  int32_t CodeOf(Number value) {
    const Bits bits = std::bit_cast<Bits>(value);
    size_t at = (bits * uint64_t{0x9E3779B97F4A7C15}) >> shift_;
    while (slots_[at].code >= 0) {
      if (slots_[at].bits == bits) return slots_[at].code;
      at = (at + 1) & (slots_.size() - 1);
    }
    return Add(value, bits, at);
  }

  int32_t size() const { return static_cast<int32_t>(values_.size()); }
  // As a dictionary page has them: in plain encoding.
  int64_t encoded_bytes() const { return static_cast<int64_t>(values_.size() * sizeof(Number)); }
  void AppendEncoded(std::string* out) const {
    out->append(reinterpret_cast<const char*>(values_.data()), values_.size() * sizeof(Number));
  }

 private:
  using Bits = std::conditional_t<sizeof(Number) == 4, uint32_t, uint64_t>;
  struct Slot {
    Bits bits = 0;
    int32_t code = -1;
  };

  int32_t Add(Number value, Bits bits, size_t at) {
    const int32_t code = size();
    slots_[at] = {bits, code};
    values_.push_back(value);
    if (values_.size() * 2 > slots_.size()) Grow();
    return code;
  }

  void Grow() {
    std::vector<Slot> old(slots_.size() * 2);
    old.swap(slots_);
    --shift_;
    for (const Slot& slot : old) {
      if (slot.code < 0) continue;
      size_t at = (slot.bits * uint64_t{0x9E3779B97F4A7C15}) >> shift_;
      while (slots_[at].code >= 0) at = (at + 1) & (slots_.size() - 1);
      slots_[at] = slot;
    }
  }

  std::vector<Slot> slots_ = std::vector<Slot>(256);
  int shift_ = 56;
  std::vector<Number> values_;
};

// Of strings and binaries. Holds copies of them.
class TextValueCodes {
 public:
  int32_t CodeOf(std::string_view text);
  int32_t CodeOf(const parquet::ByteArray& text) {
    return CodeOf(std::string_view(reinterpret_cast<const char*>(text.ptr), text.len));
  }

  int32_t size() const { return static_cast<int32_t>(begins_.size()) - 1; }
  int64_t encoded_bytes() const { return static_cast<int64_t>(bytes_.size()); }
  void AppendEncoded(std::string* out) const { out->append(bytes_); }
  // Until the next CodeOf.
  parquet::ByteArray text(int32_t code) const {
    const size_t begin = begins_[static_cast<size_t>(code)];
    const size_t end = begins_[static_cast<size_t>(code) + 1];
    return {static_cast<uint32_t>(end - begin - kLengthBytes),
            reinterpret_cast<const uint8_t*>(bytes_.data()) + begin + kLengthBytes};
  }

 private:
  struct Slot {
    uint32_t hash = 0;
    int32_t code = -1;
  };
  static constexpr size_t kLengthBytes = 4;

  int32_t Add(std::string_view text, uint32_t hash, size_t at);

  std::vector<Slot> slots_ = std::vector<Slot>(256);
  // Texts in plain encoding, one after the other, and where each begins; one more for the end.
  std::string bytes_;
  std::vector<size_t> begins_ = {0};
};

}  // namespace artemis

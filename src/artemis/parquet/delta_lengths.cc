// Unpacks miniblocks with unaligned 64-bit loads: widths of lengths are small.
#include "artemis/parquet/delta_lengths.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include <parquet/exception.h>

namespace artemis {
namespace {

static_assert(std::endian::native == std::endian::little);

class LengthBytes {
 public:
  LengthBytes(const uint8_t* data, int64_t size) : at_(data), end_(data + size), begin_(data) {}

  uint64_t Varint() {
    uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      const uint8_t byte = *Take(1);
      value |= static_cast<uint64_t>(byte & 0x7F) << shift;
      if ((byte & 0x80) == 0) return value;
    }
    throw parquet::ParquetException("a length is longer than 10 bytes");
  }
  int64_t ZigZag() {
    const uint64_t value = Varint();
    return static_cast<int64_t>(value >> 1) ^ -static_cast<int64_t>(value & 1);
  }
  const uint8_t* Take(int64_t count) {
    if (end_ - at_ < count) throw parquet::ParquetException("lengths are cut off");
    const uint8_t* taken = at_;
    at_ += count;
    return taken;
  }
  int64_t taken() const { return at_ - begin_; }
  const uint8_t* end() const { return end_; }

 private:
  const uint8_t* at_;
  const uint8_t* const end_;
  const uint8_t* const begin_;
};

// Value `index` of those packed in `width` bits each, at most 32; at least 8 bytes may be read.
uint64_t PackedAt(const uint8_t* data, int64_t index, int width) {
  const int64_t bit = index * width;
  uint64_t word;
  std::memcpy(&word, data + bit / 8, sizeof word);
  return (word >> (bit % 8)) & ((uint64_t{1} << width) - 1);
}

// Adds `count` deltas to `value`, and each sum to `lengths`.
void UnpackDeltas(const uint8_t* data, int width, uint64_t least, int64_t count, uint64_t* value,
                  int32_t* lengths) {
  uint64_t sum = *value;
  if (width == 0) {
    for (int64_t i = 0; i < count; ++i)
      lengths[i] = static_cast<int32_t>(static_cast<uint32_t>(sum += least));
  } else {
    for (int64_t i = 0; i < count; ++i) {
      sum += least + PackedAt(data, i, width);
      lengths[i] = static_cast<int32_t>(static_cast<uint32_t>(sum));
    }
  }
  *value = sum;
}

struct DeltaHeader {
  int64_t miniblocks = 0;
  int64_t miniblock_values = 0;
  int64_t count = 0;
};

DeltaHeader ReadHeader(LengthBytes& bytes, int64_t count_max) {
  DeltaHeader header;
  const uint64_t block = bytes.Varint();
  const uint64_t miniblocks = bytes.Varint();
  const uint64_t count = bytes.Varint();
  if (block == 0 || block > (uint64_t{1} << 20) || block % 128 != 0 || miniblocks == 0 ||
      miniblocks > block || block % miniblocks != 0 || (block / miniblocks) % 32 != 0) {
    throw parquet::ParquetException("lengths in blocks of another size than the format allows");
  }
  if (count > static_cast<uint64_t>(count_max)) {
    throw parquet::ParquetException("more lengths than values");
  }
  header.miniblocks = static_cast<int64_t>(miniblocks);
  header.miniblock_values = static_cast<int64_t>(block / miniblocks);
  header.count = static_cast<int64_t>(count);
  return header;
}

}  // namespace

int64_t DecodeLengths(const uint8_t* data, int64_t size, int64_t count_max,
                      std::vector<int32_t>* lengths) {
  LengthBytes bytes(data, size);
  const DeltaHeader header = ReadHeader(bytes, count_max);
  auto value = static_cast<uint64_t>(bytes.ZigZag());
  lengths->resize(static_cast<size_t>(header.count));
  if (header.count > 0) lengths->front() = static_cast<int32_t>(static_cast<uint32_t>(value));
  std::vector<uint8_t> tail;
  for (int64_t next = 1; next < header.count;) {
    const auto least = static_cast<uint64_t>(bytes.ZigZag());
    const uint8_t* widths = bytes.Take(header.miniblocks);
    // Miniblocks past the last value may be left out.
    for (int64_t m = 0; m < header.miniblocks && next < header.count; ++m) {
      const int width = widths[m];
      if (width > 32) throw parquet::ParquetException("a length of more than 32 bits");
      const int64_t length = header.miniblock_values / 8 * width;
      const uint8_t* packed = bytes.Take(length);
      if (bytes.end() - packed < length + 8) {
        tail.assign(packed, packed + length);
        tail.resize(static_cast<size_t>(length) + 8);
        packed = tail.data();
      }
      const int64_t count = std::min(header.miniblock_values, header.count - next);
      UnpackDeltas(packed, width, least, count, &value, lengths->data() + next);
      next += count;
    }
  }
  const auto is_negative = [](int32_t length) { return length < 0; };
  if (std::any_of(lengths->begin(), lengths->end(), is_negative)) {
    throw parquet::ParquetException("a negative length");
  }
  return bytes.taken();
}

}  // namespace artemis

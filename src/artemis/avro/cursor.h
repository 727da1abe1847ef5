// Reads Avro's binary encoding from bytes nobody vouches for (Avro specification, "Binary Encoding").
//
// int and long are zig-zag varints of at most 10 bytes; string and bytes a long length and the bytes.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string_view>

namespace artemis {

inline int64_t AvroUnZigZag(uint64_t raw) {
  return static_cast<int64_t>(raw >> 1) ^ -static_cast<int64_t>(raw & 1);
}

// A value and where the next one begins.
struct AvroLong {
  const uint8_t* next;
  int64_t value;
};

// A zig-zag varint of up to 10 bytes. `next` is null where the bytes up to `end` hold none, and may be where fewer than 10 are left.
inline AvroLong ReadAvroLong(const uint8_t* at, const uint8_t* end) {
  if (end - at < 10) return {nullptr, 0};
  uint64_t raw;
  std::memcpy(&raw, at, sizeof(raw));
  const uint64_t ends = ~raw & 0x8080808080808080;
  raw &= ends ^ (ends - 1);
  // The sevens of bits are pushed together pairwise.
  raw = (raw & 0x007F007F007F007F) | (raw & 0x7F007F007F007F00) >> 1;
  raw = (raw & 0x00003FFF00003FFF) | (raw & 0x3FFF00003FFF0000) >> 2;
  raw = (raw & 0x000000000FFFFFFF) | (raw & 0x0FFFFFFF00000000) >> 4;
  if (ends != 0) return {at + std::countr_zero(ends) / 8 + 1, AvroUnZigZag(raw)};
  raw |= static_cast<uint64_t>(at[8] & 0x7F) << 56;
  if (at[8] < 0x80) return {at + 9, AvroUnZigZag(raw)};
  if (at[9] > 1) return {nullptr, 0};
  return {at + 10, AvroUnZigZag(raw | static_cast<uint64_t>(at[9]) << 63)};
}

// A position in a byte range. Every read checks the end first: it returns false, names the fault in
// error() and leaves the position at the value that failed. Does not own the bytes. Not thread-safe.
class AvroCursor {
 public:
  explicit AvroCursor(std::string_view bytes)
      : begin_(reinterpret_cast<const uint8_t*>(bytes.data())),
        position_(begin_),
        end_(begin_ + bytes.size()) {}

  size_t offset() const { return static_cast<size_t>(position_ - begin_); }
  size_t remaining() const { return static_cast<size_t>(end_ - position_); }
  // For decoders that keep the position themselves; one that is taken back lies in the range.
  const uint8_t* position() const { return position_; }
  const uint8_t* end() const { return end_; }
  void Seek(const uint8_t* position) { position_ = position; }
  // What was wrong; null while nothing was.
  const char* error() const { return error_; }

  // A zig-zag varint. Fails past 10 bytes, and where the value has more than 64 bits.
  bool ReadLong(int64_t* value) {
    if (position_ < end_ && *position_ < 0x80) {
      *value = AvroUnZigZag(*position_++);
      return true;
    }
    const AvroLong read = ReadAvroLong(position_, end_);
    if (read.next == nullptr) return ReadLongBytewise(value);
    position_ = read.next;
    *value = read.value;
    return true;
  }
  // A varint that fits 32 bits.
  bool ReadInt(int64_t* value) {
    const uint8_t* start = position_;
    if (!ReadLong(value)) return false;
    if (*value == static_cast<int32_t>(*value)) return true;
    return FailAt(start, "int over 32 bits");
  }
  bool SkipLong() {
    int64_t ignored;
    return ReadLong(&ignored);
  }

  // `size` bytes as they are; the view points into the range.
  bool ReadFixed(size_t size, std::string_view* value) {
    if (size > remaining()) return Fail("value runs past the end");
    *value = std::string_view(reinterpret_cast<const char*>(position_), size);
    position_ += size;
    return true;
  }
  bool SkipFixed(size_t size) {
    if (size > remaining()) return Fail("value runs past the end");
    position_ += size;
    return true;
  }
  // A length (0 to remaining()) and that many bytes.
  bool ReadBytes(std::string_view* value) {
    const uint8_t* start = position_;
    int64_t size;
    if (!ReadLong(&size)) return false;
    if (size < 0) return FailAt(start, "negative length");
    if (static_cast<uint64_t>(size) > remaining()) return FailAt(start, "length over what is left");
    *value = std::string_view(reinterpret_cast<const char*>(position_), static_cast<size_t>(size));
    position_ += size;
    return true;
  }
  bool SkipBytes() {
    std::string_view ignored;
    return ReadBytes(&ignored);
  }
  bool ReadBoolean(int64_t* value) {
    if (position_ == end_) return Fail("value runs past the end");
    if (*position_ > 1) return Fail("boolean is neither 0 nor 1");
    *value = *position_++;
    return true;
  }
  bool ReadFloat(float* value) { return ReadPlain(value); }
  bool ReadDouble(double* value) { return ReadPlain(value); }

  // The head of one block of an array or map: the number of items, 0 at the end. A negative count
  // is followed by the block's size in bytes; *block_bytes is -1 where there is none. Requires that
  // an item takes at least a byte: a count over remaining() fails.
  bool ReadBlockHead(int64_t* count, int64_t* block_bytes) {
    const uint8_t* start = position_;
    *block_bytes = -1;
    if (!ReadLong(count)) return false;
    if (*count < 0) {
      if (*count == std::numeric_limits<int64_t>::min()) return FailAt(start, "block count");
      *count = -*count;
      if (!ReadLong(block_bytes)) return false;
      if (*block_bytes < 0) return FailAt(start, "negative block size");
      if (static_cast<uint64_t>(*block_bytes) > remaining()) {
        return FailAt(start, "block size over what is left");
      }
    }
    if (static_cast<uint64_t>(*count) > remaining()) {
      return FailAt(start, "more items than bytes are left");
    }
    return true;
  }

  bool Fail(const char* what) {
    error_ = what;
    return false;
  }

 private:
  bool FailAt(const uint8_t* start, const char* what) {
    position_ = start;
    return Fail(what);
  }
  bool ReadLongBytewise(int64_t* value) {
    uint64_t raw = 0;
    const uint8_t* at = position_;
    for (int shift = 0; shift < 70; shift += 7) {
      if (at == end_) return Fail("varint runs past the end");
      const uint8_t byte = *at++;
      if (shift == 63 && byte > 1) return Fail("varint over 64 bits");
      raw |= static_cast<uint64_t>(byte & 0x7F) << shift;
      if (byte < 0x80) {
        position_ = at;
        *value = AvroUnZigZag(raw);
        return true;
      }
    }
    return Fail("varint over 10 bytes");
  }
  template <typename T>
  bool ReadPlain(T* value) {
    if (sizeof(T) > remaining()) return Fail("value runs past the end");
    std::memcpy(value, position_, sizeof(T));
    position_ += sizeof(T);
    return true;
  }

  const uint8_t* begin_;
  const uint8_t* position_;
  const uint8_t* end_;
  const char* error_ = nullptr;
};

}  // namespace artemis

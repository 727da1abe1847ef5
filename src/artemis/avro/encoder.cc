// Zig-zag varints and little-endian floats.
#include "artemis/avro/encoder.h"

#include <cstring>

namespace artemis {

void AvroEncoder::PutLong(int64_t value) {
  uint64_t raw = (static_cast<uint64_t>(value) << 1) ^ static_cast<uint64_t>(value >> 63);
  if (raw < 0x80) {
    bytes_.push_back(static_cast<char>(raw));
    return;
  }
  char varint[10];
  size_t size = 0;
  for (; raw >= 0x80; raw >>= 7) varint[size++] = static_cast<char>((raw & 0x7F) | 0x80);
  varint[size++] = static_cast<char>(raw);
  bytes_.append(varint, size);
}

void AvroEncoder::PutFloat(float value) {
  char raw[sizeof(value)];
  std::memcpy(raw, &value, sizeof(value));
  bytes_.append(raw, sizeof(value));
}

void AvroEncoder::PutDouble(double value) {
  char raw[sizeof(value)];
  std::memcpy(raw, &value, sizeof(value));
  bytes_.append(raw, sizeof(value));
}

void AvroEncoder::PutBytes(std::string_view value) {
  PutLong(static_cast<int64_t>(value.size()));
  bytes_.append(value);
}

void AvroEncoder::PutBlock(int64_t count, std::string_view items) {
  if (count > 0) {
    PutLong(-count);
    PutLong(static_cast<int64_t>(items.size()));
    bytes_.append(items);
  }
  PutLong(0);
}

}  // namespace artemis

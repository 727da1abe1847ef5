// Decodes deletion vectors.
#include "artemis/read/deletion_vector.h"

#include <cstring>
#include <memory>

#include <libdeflate.h>
#include <roaring/roaring.h>

#include "artemis/base/error.h"

namespace artemis {

namespace {

constexpr std::string_view kMagic = "\xD1\xD3\x39\x64";
constexpr size_t kLengthBytes = 4;
constexpr size_t kChecksumBytes = 4;
// Positions are below 2^63, so their high halves are below 2^31.
constexpr uint32_t kKeyMax = 0x7fffffff;

uint32_t BigEndian32(const char* at) {
  uint32_t value = 0;
  for (int i = 0; i < 4; ++i) value = value << 8 | static_cast<uint8_t>(at[i]);
  return value;
}

template <typename V>
V LittleEndian(const char* at) {
  V value = 0;
  std::memcpy(&value, at, sizeof(value));
  return value;
}

struct FreeBitmap {
  void operator()(roaring_bitmap_t* bitmap) const { roaring_bitmap_free(bitmap); }
};

// Appends one 32-bit bitmap's positions; gives its size in bytes, 0 when it is broken.
size_t AppendBitmap(std::string_view bytes, uint32_t key, std::vector<int64_t>& positions) {
  const size_t size = roaring_bitmap_portable_deserialize_size(bytes.data(), bytes.size());
  if (size == 0) return 0;
  const std::unique_ptr<roaring_bitmap_t, FreeBitmap> bitmap(
      roaring_bitmap_portable_deserialize_safe(bytes.data(), bytes.size()));
  if (bitmap == nullptr) return 0;
  const size_t before = positions.size();
  std::vector<uint32_t> low(roaring_bitmap_get_cardinality(bitmap.get()));
  roaring_bitmap_to_uint32_array(bitmap.get(), low.data());
  positions.resize(before + low.size());
  for (size_t i = 0; i < low.size(); ++i) {
    positions[before + i] = static_cast<int64_t>(static_cast<uint64_t>(key) << 32 | low[i]);
  }
  return size;
}

}  // namespace

arrow::Result<std::vector<int64_t>> DecodeDeletionVector(std::string_view blob,
                                                         int64_t expected_count,
                                                         const std::string& path) {
  const auto corrupt = [&](const std::string& what) {
    return CorruptFileError(path, "its deletion vector " + what);
  };
  constexpr size_t kSmallest = kLengthBytes + kMagic.size() + sizeof(uint64_t) + kChecksumBytes;
  if (blob.size() < kSmallest) return corrupt("has only " + std::to_string(blob.size()) + " bytes");
  const auto body = blob.substr(kLengthBytes, blob.size() - kLengthBytes - kChecksumBytes);
  if (BigEndian32(blob.data()) != body.size()) return corrupt("states another length than it has");
  if (!body.starts_with(kMagic)) return corrupt("does not begin with its magic bytes");
  if (libdeflate_crc32(0, body.data(), body.size()) != BigEndian32(body.data() + body.size())) {
    return corrupt("does not match its checksum");
  }
  auto rest = body.substr(kMagic.size());
  const auto bitmaps = LittleEndian<uint64_t>(rest.data());
  rest.remove_prefix(sizeof(uint64_t));
  std::vector<int64_t> positions;
  int64_t last_key = -1;
  for (uint64_t i = 0; i < bitmaps; ++i) {
    if (rest.size() < sizeof(uint32_t)) return corrupt("is cut off");
    const auto key = LittleEndian<uint32_t>(rest.data());
    if (key > kKeyMax || int64_t{key} <= last_key) return corrupt("has keys out of order");
    last_key = key;
    rest.remove_prefix(sizeof(uint32_t));
    const size_t size = AppendBitmap(rest, key, positions);
    if (size == 0) return corrupt("holds a broken bitmap");
    rest.remove_prefix(size);
  }
  if (!rest.empty()) return corrupt("has bytes after its last bitmap");
  if (static_cast<int64_t>(positions.size()) != expected_count) {
    return corrupt("holds " + std::to_string(positions.size()) + " positions, expected " +
                   std::to_string(expected_count));
  }
  return positions;
}

}  // namespace artemis

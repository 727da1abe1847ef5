// Encodes and decodes deletion vectors.
#include "artemis/table/deletion_vector.h"

#include <cstring>
#include <memory>

#include <libdeflate.h>
#include <roaring/roaring.h>

#include "artemis/base/error.h"
#include "artemis/table/roaring_bitmap.h"

namespace artemis {

namespace {

constexpr std::string_view kVectorMagic = "\xD1\xD3\x39\x64";
constexpr size_t kLengthBytes = 4;
constexpr size_t kChecksumBytes = 4;
// Positions are below 2^63, so their high halves are below 2^31.
constexpr uint32_t kVectorKeyMax = 0x7fffffff;

uint32_t BigEndian32(const char* at) {
  uint32_t value = 0;
  for (int i = 0; i < 4; ++i) value = value << 8 | static_cast<uint8_t>(at[i]);
  return value;
}

void AppendBigEndian32(uint32_t value, std::string* out) {
  for (int shift = 24; shift >= 0; shift -= 8) *out += static_cast<char>(value >> shift);
}

template <typename V>
V LittleEndian(const char* at) {
  V value = 0;
  std::memcpy(&value, at, sizeof(value));
  return value;
}

template <typename V>
void AppendLittleEndian(V value, std::string* out) {
  char raw[sizeof(value)];
  std::memcpy(raw, &value, sizeof(value));
  out->append(raw, sizeof(raw));
}

struct FreeBitmap {
  void operator()(roaring_bitmap_t* bitmap) const { roaring_bitmap_free(bitmap); }
};

uint32_t KeyOf(int64_t position) { return static_cast<uint32_t>(position >> 32); }

// Appends the bitmap of the positions [begin, end), which share their key.
arrow::Status AppendBitmap(const std::vector<int64_t>& positions, size_t begin, size_t end,
                           std::string* out) {
  std::vector<uint32_t> low;
  low.reserve(end - begin);
  for (size_t i = begin; i < end; ++i) low.push_back(static_cast<uint32_t>(positions[i]));
  const std::unique_ptr<roaring_bitmap_t, FreeBitmap> bitmap(
      roaring_bitmap_of_ptr(low.size(), low.data()));
  if (bitmap == nullptr) return arrow::Status::OutOfMemory("deletion vector");
  roaring_bitmap_run_optimize(bitmap.get());
  const size_t before = out->size();
  out->resize(before + roaring_bitmap_portable_size_in_bytes(bitmap.get()));
  roaring_bitmap_portable_serialize(bitmap.get(), out->data() + before);
  return arrow::Status::OK();
}

arrow::Result<uint64_t> CountKeys(const std::vector<int64_t>& positions) {
  uint64_t keys = 0;
  int64_t last = -1;
  for (const int64_t position : positions) {
    if (position <= last) {
      return arrow::Status::Invalid("positions of a deletion vector ascend from 0: found ",
                                    position, " after ", last);
    }
    if (last < 0 || KeyOf(position) != KeyOf(last)) ++keys;
    last = position;
  }
  return keys;
}

}  // namespace

arrow::Result<std::vector<int64_t>> DecodeDeletionVector(std::string_view blob,
                                                         int64_t expected_count,
                                                         const std::string& path) {
  const auto corrupt = [&](const std::string& what) {
    return CorruptFileError(path, "its deletion vector " + what);
  };
  if (static_cast<int64_t>(blob.size()) > kDeletionVectorBytesMax ||
      expected_count > kDeletionVectorPositionsMax) {
    return LimitExceededError(path + ": a deletion vector of " + std::to_string(blob.size()) +
                              " bytes and " + std::to_string(expected_count) + " positions");
  }
  constexpr size_t kSmallest =
      kLengthBytes + kVectorMagic.size() + sizeof(uint64_t) + kChecksumBytes;
  if (blob.size() < kSmallest) return corrupt("has only " + std::to_string(blob.size()) + " bytes");
  const auto body = blob.substr(kLengthBytes, blob.size() - kLengthBytes - kChecksumBytes);
  if (BigEndian32(blob.data()) != body.size()) return corrupt("states another length than it has");
  if (!body.starts_with(kVectorMagic)) return corrupt("does not begin with its magic bytes");
  if (libdeflate_crc32(0, body.data(), body.size()) != BigEndian32(body.data() + body.size())) {
    return corrupt("does not match its checksum");
  }
  auto rest = body.substr(kVectorMagic.size());
  const auto bitmaps = LittleEndian<uint64_t>(rest.data());
  rest.remove_prefix(sizeof(uint64_t));
  std::vector<int64_t> positions;
  int64_t last_key = -1;
  for (uint64_t i = 0; i < bitmaps; ++i) {
    if (rest.size() < sizeof(uint32_t)) return corrupt("is cut off");
    const auto key = LittleEndian<uint32_t>(rest.data());
    if (key > kVectorKeyMax || int64_t{key} <= last_key) return corrupt("has keys out of order");
    last_key = key;
    rest.remove_prefix(sizeof(uint32_t));
    const int64_t left = expected_count - static_cast<int64_t>(positions.size());
    const auto size = AppendRoaringPositions(rest, key, left, &positions);
    if (!size.ok()) return corrupt("holds a broken bitmap: " + size.status().message());
    rest.remove_prefix(*size);
  }
  if (!rest.empty()) return corrupt("has bytes after its last bitmap");
  if (static_cast<int64_t>(positions.size()) != expected_count) {
    return corrupt("holds " + std::to_string(positions.size()) + " positions, expected " +
                   std::to_string(expected_count));
  }
  return positions;
}

arrow::Result<std::string> EncodeDeletionVector(const std::vector<int64_t>& positions) {
  ARROW_ASSIGN_OR_RAISE(const uint64_t keys, CountKeys(positions));
  std::string body(kVectorMagic);
  AppendLittleEndian(keys, &body);
  for (size_t begin = 0; begin < positions.size();) {
    size_t end = begin + 1;
    while (end < positions.size() && KeyOf(positions[end]) == KeyOf(positions[begin])) ++end;
    AppendLittleEndian(KeyOf(positions[begin]), &body);
    ARROW_RETURN_NOT_OK(AppendBitmap(positions, begin, end, &body));
    begin = end;
  }
  if (static_cast<int64_t>(body.size() + kLengthBytes + kChecksumBytes) > kDeletionVectorBytesMax) {
    return LimitExceededError("a deletion vector of " + std::to_string(positions.size()) +
                              " positions is over " + std::to_string(kDeletionVectorBytesMax) +
                              " bytes");
  }
  std::string blob;
  blob.reserve(body.size() + kLengthBytes + kChecksumBytes);
  AppendBigEndian32(static_cast<uint32_t>(body.size()), &blob);
  blob += body;
  AppendBigEndian32(libdeflate_crc32(0, body.data(), body.size()), &blob);
  return blob;
}

}  // namespace artemis

// Four bytes at a time, then the tail, then the length, then the finaliser.
#include "artemis/schema/bucket_hash.h"

#include <bit>
#include <cstring>

#include "artemis/base/calendar.h"
#include "artemis/base/error.h"
#include "artemis/schema/decimal_text.h"

namespace artemis {
namespace {

constexpr uint32_t MixBlock(uint32_t block) {
  return std::rotl(block * 0xcc9e2d51u, 15) * 0x1b873593u;
}

constexpr uint32_t FinishHash(uint32_t hash, size_t length) {
  hash ^= static_cast<uint32_t>(length);
  hash = (hash ^ (hash >> 16)) * 0x85ebca6bu;
  hash = (hash ^ (hash >> 13)) * 0xc2b2ae35u;
  return hash ^ (hash >> 16);
}

constexpr uint32_t AddBlock(uint32_t hash, uint32_t block) {
  return std::rotl(hash ^ MixBlock(block), 13) * 5 + 0xe6546b64u;
}

bool CountsNanos(TypeKind kind) {
  return kind == TypeKind::kTimestampNs || kind == TypeKind::kTimestamptzNs;
}

}  // namespace

int32_t Murmur3(std::string_view bytes) {
  uint32_t hash = 0;
  const size_t blocks = bytes.size() / 4;
  for (size_t i = 0; i < blocks; ++i) {
    uint32_t block = 0;
    std::memcpy(&block, bytes.data() + i * 4, 4);
    hash = AddBlock(hash, block);
  }
  uint32_t tail = 0;
  std::memcpy(&tail, bytes.data() + blocks * 4, bytes.size() % 4);
  if (bytes.size() % 4 != 0) hash ^= MixBlock(tail);
  return static_cast<int32_t>(FinishHash(hash, bytes.size()));
}

int32_t HashLong(int64_t value) {
  const auto bits = static_cast<uint64_t>(value);
  uint32_t hash = AddBlock(0, static_cast<uint32_t>(bits));
  hash = AddBlock(hash, static_cast<uint32_t>(bits >> 32));
  return static_cast<int32_t>(FinishHash(hash, 8));
}

int32_t BucketHash(const Type& type, const LiteralValue& value) {
  if (const auto* int_value = std::get_if<int32_t>(&value)) return HashLong(*int_value);
  if (const auto* long_value = std::get_if<int64_t>(&value)) {
    return HashLong(CountsNanos(type.kind) ? FloorDiv(*long_value, 1'000) : *long_value);
  }
  if (const auto* decimal = std::get_if<arrow::Decimal128>(&value)) {
    return Murmur3(DecimalToBytes(*decimal));
  }
  const auto* bytes = std::get_if<std::string>(&value);
  ARTEMIS_CHECK(bytes != nullptr);
  return Murmur3(*bytes);
}

}  // namespace artemis

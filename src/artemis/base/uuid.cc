// Random identifiers.
#include "artemis/base/uuid.h"

#include <sys/random.h>

#include <array>
#include <cerrno>

#include "artemis/base/error.h"

namespace artemis {

namespace {

void FillRandom(void* data, size_t size) {
  auto* at = static_cast<uint8_t*>(data);
  while (size > 0) {
    const ssize_t got = getrandom(at, size, 0);
    if (got < 0 && errno == EINTR) continue;
    ARTEMIS_CHECK(got > 0);
    at += got;
    size -= static_cast<size_t>(got);
  }
}

}  // namespace

std::string RandomUuid() {
  std::array<uint8_t, 16> bytes;
  FillRandom(bytes.data(), bytes.size());
  bytes[6] = static_cast<uint8_t>((bytes[6] & 0x0f) | 0x40);
  bytes[8] = static_cast<uint8_t>((bytes[8] & 0x3f) | 0x80);
  static constexpr char kHex[] = "0123456789abcdef";
  std::string text;
  text.reserve(36);
  for (size_t i = 0; i < bytes.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) text += '-';
    text += kHex[bytes[i] >> 4];
    text += kHex[bytes[i] & 0x0f];
  }
  return text;
}

SnapshotId RandomSnapshotId() {
  int64_t id = 0;
  while (id == 0) {
    FillRandom(&id, sizeof(id));
    id &= INT64_MAX;
  }
  return SnapshotId(id);
}

}  // namespace artemis

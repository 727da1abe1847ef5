// Hashes texts eight bytes at a time.
#include "artemis/parquet/value_codes.h"

namespace artemis {
namespace {

uint64_t MixWord(uint64_t hash, uint64_t word) {
  hash = (hash ^ word) * 0x9E3779B97F4A7C15u;
  return hash ^ (hash >> 32);
}

uint32_t HashText(std::string_view text) {
  uint64_t hash = text.size() * 0xC2B2AE3D27D4EB4Fu;
  const char* at = text.data();
  size_t left = text.size();
  for (; left >= 8; left -= 8, at += 8) {
    uint64_t word;
    std::memcpy(&word, at, 8);
    hash = MixWord(hash, word);
  }
  uint64_t rest = 0;
  if (left > 0) std::memcpy(&rest, at, left);
  return static_cast<uint32_t>(MixWord(hash, rest) >> 32);
}

}  // namespace

int32_t TextValueCodes::CodeOf(std::string_view text) {
  const uint32_t hash = HashText(text);
  size_t at = hash & (slots_.size() - 1);
  while (slots_[at].code >= 0) {
    if (slots_[at].hash == hash) {
      const parquet::ByteArray known = this->text(slots_[at].code);
      if (std::string_view(reinterpret_cast<const char*>(known.ptr), known.len) == text) {
        return slots_[at].code;
      }
    }
    at = (at + 1) & (slots_.size() - 1);
  }
  return Add(text, hash, at);
}

int32_t TextValueCodes::Add(std::string_view text, uint32_t hash, size_t at) {
  const int32_t code = size();
  slots_[at] = {hash, code};
  const auto length = static_cast<uint32_t>(text.size());
  bytes_.append(reinterpret_cast<const char*>(&length), kLengthBytes);
  bytes_.append(text);
  begins_.push_back(bytes_.size());
  if (begins_.size() * 2 <= slots_.size()) return code;
  std::vector<Slot> old(slots_.size() * 2);
  old.swap(slots_);
  for (const Slot& slot : old) {
    if (slot.code < 0) continue;
    size_t to = slot.hash & (slots_.size() - 1);
    while (slots_[to].code >= 0) to = (to + 1) & (slots_.size() - 1);
    slots_[to] = slot;
  }
  return code;
}

}  // namespace artemis

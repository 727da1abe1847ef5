// Looks for runs at the borders of groups alone.
#include "artemis/parquet/hybrid_runs.h"

#include <cstddef>
#include <cstring>

namespace artemis {
namespace {

constexpr size_t kGroup = 8;

void AppendVarint(uint64_t value, std::string* out) {
  while (value >= 0x80) {
    out->push_back(static_cast<char>(value | 0x80));
    value >>= 7;
  }
  out->push_back(static_cast<char>(value));
}

bool IsRepeatedGroup(const int32_t* values) {
  int32_t differs = 0;
  for (size_t i = 1; i < kGroup; ++i) differs |= values[i] ^ values[0];
  return differs == 0;
}

void AppendPacked(std::span<const int32_t> values, int width, std::string* out) {
  if (values.empty()) return;
  const size_t groups = (values.size() + kGroup - 1) / kGroup;
  AppendVarint(groups << 1 | 1, out);
  size_t at = out->size();
  // Eight bytes more, since they are stored eight at a time.
  out->resize(at + groups * static_cast<size_t>(width) + 8);
  char* bytes = out->data();
  uint64_t bits = 0;
  int used = 0;
  for (const int32_t value : values) {
    bits |= static_cast<uint64_t>(static_cast<uint32_t>(value)) << used;
    used += width;
    if (used < 32) continue;
    std::memcpy(bytes + at, &bits, 8);
    at += 4;
    bits >>= 32;
    used -= 32;
  }
  std::memcpy(bytes + at, &bits, 8);
  out->resize(out->size() - 8);
}

}  // namespace

void AppendRepeated(int32_t value, int64_t count, int width, std::string* out) {
  AppendVarint(static_cast<uint64_t>(count) << 1, out);
  for (int byte = 0; byte < (width + 7) / 8; ++byte) {
    out->push_back(static_cast<char>(static_cast<uint32_t>(value) >> (8 * byte)));
  }
}

void AppendHybridRuns(std::span<const int32_t> values, int width, std::string* out) {
  size_t packed_from = 0;
  size_t at = 0;
  while (at + kGroup <= values.size()) {
    if (!IsRepeatedGroup(values.data() + at)) {
      at += kGroup;
      continue;
    }
    AppendPacked(values.subspan(packed_from, at - packed_from), width, out);
    size_t end = at + kGroup;
    while (end < values.size() && values[end] == values[at]) ++end;
    AppendRepeated(values[at], static_cast<int64_t>(end - at), width, out);
    at = packed_from = end;
  }
  AppendPacked(values.subspan(packed_from), width, out);
}

}  // namespace artemis

// Passes over the pairs of an encoded metrics map that nobody wants: a key from 0 to 63, which is a byte, and a short value.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace artemis {

// Where a walk over pairs has stopped, and how many pairs are left from there on.
struct AvroSkipped {
  const uint8_t* next;
  int64_t pairs_left;
};

// Whether the byte is an encoded key from 0 to 63 with its bit set in `wanted`.
inline bool IsWantedKey(uint8_t byte, uint64_t wanted) {
  return (byte & 0x81) == 0 && (wanted >> (byte / 2) & 1) != 0;
}

// A bit for each of 64 bytes that ends a varint.
inline uint64_t VarintEnds(const uint8_t* at) {
#if defined(__SSE2__)
  uint64_t goes_on = 0;
  for (int i = 0; i < 4; ++i) {
    const auto bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at + 16 * i));
    goes_on |= uint64_t{static_cast<uint32_t>(_mm_movemask_epi8(bytes))} << (16 * i);
  }
  return ~goes_on;
#else
  uint64_t ends = 0;
  for (int i = 0; i < 64; ++i) ends |= static_cast<uint64_t>(at[i] < 0x80) << i;
  return ends;
#endif
}

// Skips pairs of a key and a varint from `at` on, up to `count`, none of which is in `wanted`. Stops early before anything else, whatever
// it is, and always within 64 bytes of `end`.
inline AvroSkipped SkipLongPairs(const uint8_t* at, const uint8_t* end, int64_t count,
                                 uint64_t wanted) {
  while (count > 0 && end - at >= 64) {
    uint64_t ends = VarintEnds(at);
    size_t begin = 0;
    while (ends != 0) {
      const uint8_t key = at[begin];
      if ((key & 0x81) != 0 || (wanted >> (key / 2) & 1) != 0) return {at + begin, count};
      ends &= ends - 1;
      if (ends == 0) break;
      const auto last = static_cast<size_t>(std::countr_zero(ends));
      if (last - begin > 8) break;
      ends &= ends - 1;
      begin = last + 1;
      if (--count == 0) return {at + begin, 0};
    }
    if (begin == 0) break;
    at += begin;
  }
  return {at, count};
}

// The same as SkipLongPairs for pairs of a key and bytes.
inline AvroSkipped SkipBytesPairs(const uint8_t* at, const uint8_t* end, int64_t count,
                                  uint64_t wanted) {
  for (; count > 0 && end - at >= 66; --count) {
    const uint8_t key = at[0], size = at[1];
    if (((key | size) & 0x81) != 0 || (wanted >> (key / 2) & 1) != 0) break;
    at += 2 + size / 2;
  }
  return {at, count};
}

}  // namespace artemis

// Random numbers of the generators: SplitMix64 (Steele, Lea, Flood, OOPSLA 2014), written out here
// because the distributions of the standard library differ between implementations.

#pragma once

#include <cstdint>

namespace artemis {

// Scrambles all bits of `value`; the finaliser of SplitMix64.
constexpr uint64_t ScrambleBits(uint64_t value) {
  value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9u;
  value = (value ^ (value >> 27)) * 0x94D049BB133111EBu;
  return value ^ (value >> 31);
}

// Hashes three numbers under a seed. The same on every machine; decisions that must not depend on
// the order of generation (which pass is lost, which mode a spacecraft is in) come from here.
constexpr uint64_t SynthHash(uint64_t seed, uint64_t a, uint64_t b = 0, uint64_t c = 0) {
  uint64_t hash = ScrambleBits(seed + 0x9E3779B97F4A7C15u);
  hash = ScrambleBits(hash ^ (a + 0x9E3779B97F4A7C15u));
  hash = ScrambleBits(hash ^ (b + 0x9E3779B97F4A7C15u));
  return ScrambleBits(hash ^ (c + 0x9E3779B97F4A7C15u));
}

// A stream of 64-bit numbers, equal for equal seeds. Not for secrets. One thread at a time.
class SynthRandom {
 public:
  explicit constexpr SynthRandom(uint64_t seed) : state_(seed) {}

  constexpr uint64_t Next() {
    state_ += 0x9E3779B97F4A7C15u;
    return ScrambleBits(state_);
  }

  // Draws from [low, high]. Requires low <= high and a span far below 2^64 (the modulo's bias).
  constexpr int64_t Between(int64_t low, int64_t high) {
    const auto span = static_cast<uint64_t>(high - low) + 1;
    return low + static_cast<int64_t>(Next() % span);
  }

 private:
  uint64_t state_;
};

}  // namespace artemis

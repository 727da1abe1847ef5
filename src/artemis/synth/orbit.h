// The orbit a telemetry mission flies: where it is, whether the sun shines on it, how warm it is.
// All of it is integer arithmetic, so that every machine computes the same.

#pragma once

#include <cstdint>

namespace artemis {

// 95 min 12 s, a common low orbit (15.1 revolutions a day).
inline constexpr int64_t kOrbitPeriodUs = int64_t{5712} * 1'000'000;

// The part of an orbit, in 1/65536 turns, at which the penumbra before and after eclipse begins.
inline constexpr int32_t kEclipseBegin = 40'000;
inline constexpr int32_t kEclipseEnd = 63'000;
inline constexpr int32_t kPenumbra = 300;

// The state of one spacecraft at one instant.
struct OrbitState {
  int32_t phase = 0;     // 0..65535, 1/65536 turns since the orbit's start
  int32_t sine = 0;      // -32767..32767, of the phase
  int32_t cosine = 0;    // -32767..32767
  int32_t wobble = 0;    // -32767..32767, a 90 s attitude oscillation
  int32_t sunlight = 0;  // 0 (umbra) .. 256 (full sun); a step with a short ramp
  int32_t warmth = 0;    // 0..1024, follows sunlight with a lag of a tenth of an orbit

  bool operator==(const OrbitState&) const = default;
};

// The sine of `phase` 1/65536 turns times 32767, by Bhaskara's rational approximation (within
// 0.2 % of full scale, exact at the quarters). Phases outside 0..65535 wrap.
int32_t IntegerSine(int32_t phase);

// Computes the state at `time_us` (microseconds since 1970, not negative) of a spacecraft whose
// orbit starts `offset_us` early (0 .. kOrbitPeriodUs).
OrbitState OrbitAt(int64_t time_us, int64_t offset_us);

}  // namespace artemis

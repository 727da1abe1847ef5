// Orbit phase, eclipse and thermal lag in fixed point.

#include "artemis/synth/orbit.h"

#include <array>

namespace artemis {
namespace {

constexpr int64_t kWobblePeriodUs = 90'000'000;
constexpr int32_t kTurn = 65'536;
constexpr int kWarmthSteps = 256;

constexpr int32_t SunlightAt(int32_t phase) {
  if (phase < kEclipseBegin || phase >= kEclipseEnd + kPenumbra) return 256;
  if (phase < kEclipseBegin + kPenumbra) return 256 - (phase - kEclipseBegin) * 256 / kPenumbra;
  if (phase < kEclipseEnd) return 0;
  return (phase - kEclipseEnd) * 256 / kPenumbra;
}

// Relaxes towards the sunlight for a few orbits, until the curve repeats; one extra entry closes
// the circle for interpolation.
constexpr std::array<int32_t, kWarmthSteps + 1> MakeWarmthCurve() {
  std::array<int32_t, kWarmthSteps + 1> curve{};
  int32_t warmth = 0;
  for (int step = 0; step < 8 * kWarmthSteps; ++step) {
    const int slot = step % kWarmthSteps;
    curve[slot] = warmth >> 6;
    warmth += (SunlightAt(slot * (kTurn / kWarmthSteps)) * 256 - warmth) / 26;
  }
  curve[kWarmthSteps] = curve[0];
  return curve;
}

constexpr std::array<int32_t, kWarmthSteps + 1> kWarmthCurve = MakeWarmthCurve();

int32_t WarmthAt(int32_t phase) {
  const int32_t slot = phase >> 8;
  const int32_t between = phase & 255;
  return (kWarmthCurve[slot] * (256 - between) + kWarmthCurve[slot + 1] * between) >> 8;
}

int32_t PhaseOf(int64_t time_us, int64_t period_us) {
  return static_cast<int32_t>(time_us % period_us * kTurn / period_us);
}

}  // namespace

int32_t IntegerSine(int32_t phase) {
  constexpr int64_t kHalf = kTurn / 2;
  const int64_t wrapped = phase & (kTurn - 1);
  const int64_t x = wrapped % kHalf;
  const int64_t bump = x * (kHalf - x);
  const auto sine = static_cast<int32_t>(32'767 * 16 * bump / (5 * kHalf * kHalf - 4 * bump));
  return wrapped < kHalf ? sine : -sine;
}

OrbitState OrbitAt(int64_t time_us, int64_t offset_us) {
  OrbitState state;
  state.phase = PhaseOf(time_us + offset_us, kOrbitPeriodUs);
  state.sine = IntegerSine(state.phase);
  state.cosine = IntegerSine(state.phase + kTurn / 4);
  state.wobble = IntegerSine(PhaseOf(time_us + offset_us, kWobblePeriodUs));
  state.sunlight = SunlightAt(state.phase);
  state.warmth = WarmthAt(state.phase);
  return state;
}

}  // namespace artemis

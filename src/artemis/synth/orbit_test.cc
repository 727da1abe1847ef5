// Tests of the orbit model.

#include "artemis/synth/orbit.h"

#include <cmath>
#include <numbers>

#include <gtest/gtest.h>

namespace artemis {
namespace {

int64_t TimeAtPhase(int32_t phase) { return (kOrbitPeriodUs * phase + 65'535) / 65'536; }

TEST(IntegerSine, StaysCloseToTheTrueSine) {
  for (int32_t phase = -65'536; phase < 131'072; phase += 97) {
    const double expected = std::sin(2 * std::numbers::pi * phase / 65'536.0);
    EXPECT_NEAR(IntegerSine(phase) / 32'767.0, expected, 0.002) << phase;
  }
}

TEST(IntegerSine, IsExactAtTheQuarters) {
  EXPECT_EQ(IntegerSine(0), 0);
  EXPECT_EQ(IntegerSine(16'384), 32'767);
  EXPECT_EQ(IntegerSine(32'768), 0);
  EXPECT_EQ(IntegerSine(49'152), -32'767);
}

TEST(OrbitAt, RepeatsPhaseAndSunEveryPeriod) {
  const OrbitState first = OrbitAt(1'700'000'000'000'000, 17);
  const OrbitState second = OrbitAt(1'700'000'000'000'000 + kOrbitPeriodUs, 17);
  EXPECT_EQ(first.phase, second.phase);
  EXPECT_EQ(first.sunlight, second.sunlight);
  EXPECT_EQ(first.warmth, second.warmth);
}

TEST(OrbitAt, StepsBetweenFullSunAndUmbra) {
  EXPECT_EQ(OrbitAt(TimeAtPhase(kEclipseBegin - 1), 0).sunlight, 256);
  EXPECT_EQ(OrbitAt(TimeAtPhase(kEclipseBegin + kPenumbra), 0).sunlight, 0);
  EXPECT_EQ(OrbitAt(TimeAtPhase(kEclipseEnd - 1), 0).sunlight, 0);
  EXPECT_EQ(OrbitAt(TimeAtPhase(kEclipseEnd + kPenumbra), 0).sunlight, 256);
  const int32_t half = OrbitAt(TimeAtPhase(kEclipseBegin + kPenumbra / 2), 0).sunlight;
  EXPECT_EQ(half, 128);
}

TEST(OrbitAt, CoolsThroughEclipseAndWarmsAfterIt) {
  for (int32_t phase = kEclipseBegin + 1024; phase < kEclipseEnd; phase += 512) {
    EXPECT_LT(OrbitAt(TimeAtPhase(phase), 0).warmth, OrbitAt(TimeAtPhase(phase - 512), 0).warmth);
  }
  const int32_t coldest = OrbitAt(TimeAtPhase(kEclipseEnd), 0).warmth;
  const int32_t warmest = OrbitAt(TimeAtPhase(kEclipseBegin), 0).warmth;
  EXPECT_GT(warmest, 900);
  EXPECT_LT(coldest, 150);
  EXPECT_LE(warmest, 1024);
  EXPECT_GE(coldest, 0);
}

TEST(OrbitAt, ShiftsByTheOffset) {
  EXPECT_EQ(OrbitAt(5'000'000, 1'000'000), OrbitAt(6'000'000, 0));
}

}  // namespace
}  // namespace artemis

// Tests of the channel models.

#include "artemis/synth/channels.h"

#include <cmath>
#include <set>

#include <gtest/gtest.h>

namespace artemis {
namespace {

constexpr int kBatteryChannel = 0;
constexpr int kSolarChannel = 2;
constexpr int kTankChannel = 7;
constexpr int kWheelChannel = 9;
constexpr int kModeChannel = 15;

SpacecraftState StateAtPhase(int32_t phase) {
  return {.orbit = OrbitAt((kOrbitPeriodUs * phase + 65'535) / 65'536, 0)};
}

TEST(TelemetryChannels, HaveUniquePayloads) {
  std::set<uint32_t> payloads;
  for (const TelemetryChannel& channel : TelemetryChannels()) payloads.insert(channel.payload_id);
  EXPECT_EQ(payloads.size(), 16u);
}

TEST(Calibration, IsAStraightLine) {
  const Calibration calibration{-120'000'000, 58'594};
  EXPECT_EQ(calibration.ValueOf(0), -120.0);
  EXPECT_EQ(calibration.ValueOf(1000), -61.406);
}

TEST(ChannelBank, HoldsSlowChannelsBetweenSamples) {
  ChannelBank bank(1, 0);
  SynthRandom random(1);
  int changes = 0;
  int fast_changes = 0;
  ChannelBank::Values last{};
  for (int64_t frame = 0; frame < 101; ++frame) {
    bank.SampleFrame(frame, 10, StateAtPhase(0), random);
    if (frame > 0) {
      changes += bank.values()[0][kBatteryChannel] != last[0][kBatteryChannel] ||
                 bank.values()[1][kBatteryChannel] != last[1][kBatteryChannel] ||
                 bank.values()[2][kBatteryChannel] != last[2][kBatteryChannel];
      fast_changes += bank.values()[0][kWheelChannel] != last[0][kWheelChannel];
    }
    last = bank.values();
  }
  EXPECT_LE(changes, 10);
  EXPECT_GE(changes, 5);
  EXPECT_GE(fast_changes, 70);
}

TEST(ChannelBank, SamplesEveryChannelInTheFirstFrameOfAPass) {
  ChannelBank bank(1, 0);
  SynthRandom random(1);
  bank.SampleFrame(0, 1000, StateAtPhase(0), random);
  for (int channel = 0; channel < kChannelCount; ++channel) {
    EXPECT_NE(bank.values()[0][channel], 0.0) << channel;
  }
}

TEST(ChannelBank, YieldsOnlyValuesOfTheConverter) {
  ChannelBank bank(9, 2);
  SynthRandom random(1);
  for (int32_t phase = 0; phase < 65'536; phase += 64) {
    bank.SampleFrame(phase / 64, 1, StateAtPhase(phase), random);
    for (int column = 0; column < 3; ++column) {
      for (int channel = 0; channel < kChannelCount; ++channel) {
        const Calibration& line = TelemetryChannels()[channel].calibration[column];
        const double value = bank.values()[column][channel];
        const double code = (value * 1e6 - static_cast<double>(line.offset_micro)) /
                            static_cast<double>(line.step_micro);
        EXPECT_NEAR(code, std::round(code), 1e-6);
        EXPECT_GE(code, -1e-6);
        EXPECT_LE(code, 4095 + 1e-6);
      }
    }
  }
}

TEST(ChannelBank, DropsTheSolarArrayInEclipse) {
  ChannelBank bank(3, 1);
  SynthRandom random(1);
  bank.SampleFrame(0, 1, StateAtPhase(kEclipseBegin - 100), random);
  const double lit = bank.values()[0][kSolarChannel];
  bank.SampleFrame(0, 1, StateAtPhase(kEclipseBegin + kPenumbra), random);
  const double dark = bank.values()[0][kSolarChannel];
  EXPECT_GT(lit, 40.0);
  EXPECT_LT(dark, 10.0);
}

TEST(ChannelBank, LetsTheArraysTemperatureFollow) {
  ChannelBank bank(3, 1);
  SynthRandom random(1);
  bank.SampleFrame(0, 1, StateAtPhase(kEclipseBegin), random);
  const double begin = bank.values()[1][kSolarChannel];
  bank.SampleFrame(0, 1, StateAtPhase(kEclipseBegin + 1000), random);
  const double soon = bank.values()[1][kSolarChannel];
  bank.SampleFrame(0, 1, StateAtPhase(kEclipseEnd), random);
  const double end = bank.values()[1][kSolarChannel];
  EXPECT_LT(begin - soon, 40.0);
  EXPECT_GT(begin - end, 100.0);
}

TEST(ChannelBank, EmptiesTheTankDayByDay) {
  ChannelBank bank(3, 1);
  SynthRandom random(1);
  SpacecraftState state = StateAtPhase(0);
  bank.SampleFrame(0, 1, state, random);
  const double first = bank.values()[2][kTankChannel];
  state.day = 50;
  bank.SampleFrame(0, 1, state, random);
  EXPECT_LT(bank.values()[2][kTankChannel], first - 200);
}

TEST(ChannelBank, KeepsTheModeChannelFreeOfNoise) {
  ChannelBank bank(3, 1);
  SynthRandom random(1);
  std::set<double> values;
  for (int32_t frame = 0; frame < 100; ++frame) {
    bank.SampleFrame(frame, 1, StateAtPhase(frame * 600), random);
    values.insert(bank.values()[0][kModeChannel]);
  }
  EXPECT_EQ(values.size(), 1u);
}

TEST(ModeAt, IsConstantWithinADwellAndVariesBetweenDwells) {
  std::set<int32_t> modes;
  for (int64_t dwell = 460'000; dwell < 460'200; ++dwell) {
    const int32_t first = ModeAt(5, 1, dwell * kModeDwellUs);
    EXPECT_EQ(first, ModeAt(5, 1, (dwell + 1) * kModeDwellUs - 1));
    modes.insert(first);
  }
  EXPECT_EQ(modes, (std::set<int32_t>{0, 1, 2, 3}));
}

}  // namespace
}  // namespace artemis

// Tests of the channel models.

#include "artemis/synth/channels.h"

#include <algorithm>
#include <cmath>
#include <set>

#include <gtest/gtest.h>

namespace artemis {
namespace {

// The place in a frame of the channel with this payload.
int PlaceOf(uint32_t payload) {
  const auto channels = TelemetryChannels();
  const auto found = std::find_if(channels.begin(), channels.end(), [&](const auto& channel) {
    return channel.payload_id == payload;
  });
  EXPECT_NE(found, channels.end()) << payload;
  return static_cast<int>(found - channels.begin());
}

const int kBatteryChannel = PlaceOf(101);
const int kSolarChannel = PlaceOf(201);
const int kHeaterChannel = PlaceOf(351);
const int kTankChannel = PlaceOf(401);
const int kWheelChannel = PlaceOf(501);
const int kModeChannel = PlaceOf(901);

SpacecraftState StateAtPhase(int32_t phase) {
  return {.orbit = OrbitAt((kOrbitPeriodUs * phase + 65'535) / 65'536, 0)};
}

TEST(TelemetryChannels, HavePayloadsInAscendingOrder) {
  const auto channels = TelemetryChannels();
  ASSERT_EQ(channels.size(), 128u);
  for (size_t i = 1; i < channels.size(); ++i) {
    EXPECT_GT(channels[i].payload_id, channels[i - 1].payload_id);
  }
}

TEST(TelemetryChannels, AreNineTenthsHousekeeping) {
  const auto channels = TelemetryChannels();
  // All but thirteen fast sensors and the operating mode.
  EXPECT_EQ(std::count_if(channels.begin(), channels.end(),
                          [](const auto& channel) { return channel.slow; }),
            128 - 13 - 1);
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
  int board_changes = 0;
  ChannelBank::Values last{};
  for (int64_t frame = 0; frame < 101; ++frame) {
    bank.SampleFrame(frame, 10, StateAtPhase(0), random);
    if (frame > 0) {
      changes += bank.values()[0][kBatteryChannel] != last[0][kBatteryChannel] ||
                 bank.values()[1][kBatteryChannel] != last[1][kBatteryChannel] ||
                 bank.values()[2][kBatteryChannel] != last[2][kBatteryChannel];
      fast_changes += bank.values()[0][kWheelChannel] != last[0][kWheelChannel];
      board_changes += bank.values()[1][kWheelChannel] != last[1][kWheelChannel];
    }
    last = bank.values();
  }
  EXPECT_LE(changes, 10);
  EXPECT_GE(changes, 5);
  EXPECT_GE(fast_changes, 70);
  EXPECT_LE(board_changes, 10);
}

TEST(ChannelBank, SamplesNeighboursTogether) {
  ChannelBank bank(1, 0);
  SynthRandom random(1);
  std::set<int> changed;
  for (int64_t frame = 0; frame < 400; ++frame) {
    const ChannelBank::Values last = bank.values();
    bank.SampleFrame(frame, 4, StateAtPhase(0), random);
    if (frame == 0 || frame % 4 != 1) continue;
    for (int channel = 0; channel < kChannelCount; ++channel) {
      if (bank.values()[1][channel] != last[1][channel]) changed.insert(channel);
    }
  }
  // The second quarter of the frame, and all of it in a hundred turns of one code of noise.
  EXPECT_EQ(changed.size(), 32u);
  EXPECT_EQ(*changed.begin(), 32);
  EXPECT_EQ(*changed.rbegin(), 63);
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

TEST(ChannelBank, SwitchesHeatersOnInEclipse) {
  ChannelBank bank(3, 1);
  SynthRandom random(1);
  bank.SampleFrame(0, 1, StateAtPhase(0), random);
  EXPECT_LT(bank.values()[0][kHeaterChannel], 1.0);
  bank.SampleFrame(0, 1, StateAtPhase((kEclipseBegin + kEclipseEnd) / 2), random);
  EXPECT_NEAR(bank.values()[0][kHeaterChannel], 28.0, 0.5);
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

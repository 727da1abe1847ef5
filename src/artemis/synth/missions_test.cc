// Tests of mission names and identifying texts.

#include "artemis/synth/missions.h"

#include <set>

#include <gtest/gtest.h>

namespace artemis {
namespace {

using std::chrono::sys_days;
using namespace std::chrono_literals;

TEST(MissionName, StartsWithTheListAndGoesOnWithNumbers) {
  EXPECT_EQ(MissionName(0), "apollo-7");
  EXPECT_EQ(MissionName(1), "artemis-2");
  EXPECT_EQ(MissionName(2), "gemini-4");
  EXPECT_EQ(MissionName(12), "mission-013");
  EXPECT_EQ(MissionName(999), "mission-1000");
}

TEST(MissionName, IsUnique) {
  std::set<std::string> names;
  for (int32_t index = 0; index < 1000; ++index) names.insert(MissionName(index));
  EXPECT_EQ(names.size(), 1000u);
}

TEST(SensorKindText, HoldsEveryChannelsKind) {
  const FrameText text = SensorKindText();
  for (int channel = 0; channel < kChannelCount; ++channel) {
    EXPECT_EQ(text.ValueOf(channel), TelemetryChannels()[channel].sensor_kind);
  }
}

TEST(ArchiveUriText, NamesMissionDateAndPass) {
  FrameRun run{.pass = 7};
  FrameText text = ArchiveUriText("apollo-7", sys_days{2024y / 3 / 11}, run);
  EXPECT_EQ(text.ValueOf(0), "s3://telemetry-archive/apollo-7/2024/03/11/pass-07.tar");
  EXPECT_EQ(text.ValueOf(127), text.ValueOf(0));
  run.playback = true;
  text = ArchiveUriText("apollo-7", sys_days{2024y / 3 / 11}, run);
  EXPECT_EQ(text.ValueOf(3), "s3://telemetry-archive/apollo-7/2024/03/11/pass-07-playback.tar");
}

TEST(ObjectPathText, NamesMissionDatePayloadAndBlock) {
  const FrameRun run{.day = 1, .pass = 2, .block = 3};
  const FrameText text = ObjectPathText("gemini-4", sys_days{2024y / 3 / 12}, run);
  EXPECT_EQ(text.ValueOf(0), "gemini-4/2024-03-12/101/000275.bin");
  EXPECT_EQ(text.ValueOf(127), "gemini-4/2024-03-12/907/000275.bin");
}

}  // namespace
}  // namespace artemis

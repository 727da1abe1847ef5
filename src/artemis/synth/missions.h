// Names of missions and the texts that identify their telemetry.

#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "artemis/synth/channels.h"
#include "artemis/synth/passes.h"

namespace artemis {

// The name of mission `index` (>= 0): apollo-7, artemis-2, gemini-4 and so on; after the list,
// mission-NNN with NNN = index + 1.
std::string MissionName(int32_t index);

// The values of one string column for the channels of a frame, end to end, so that a column takes
// a whole frame with one copy. Value i is bytes [ends[i], ends[i + 1]).
struct FrameText {
  std::array<int32_t, kChannelCount + 1> ends{};
  std::string bytes;

  std::string_view ValueOf(int channel) const;
};

// Every channel's sensor kind.
FrameText SensorKindText();

// The same `value` for every channel.
FrameText RepeatedText(std::string_view value);

// s3://telemetry-archive/<mission>/<yyyy>/<mm>/<dd>/pass-<nn>.tar, the tape of the pass; a
// playback's ends in -playback.tar.
FrameText ArchiveUriText(std::string_view mission, std::chrono::sys_days day, const FrameRun& run);

// <mission>/<yyyy-mm-dd>/<payload>/<block>.bin, with the block counted over the mission's days.
FrameText ObjectPathText(std::string_view mission, std::chrono::sys_days day, const FrameRun& run);

}  // namespace artemis

// Building of the identifying texts.

#include "artemis/synth/missions.h"

namespace artemis {
namespace {

constexpr std::array<std::string_view, 12> kMissionNames{
    "apollo-7",   "artemis-2", "gemini-4",  "voyager-1", "mariner-9", "pioneer-10",
    "surveyor-3", "skylab-4",  "cassini-1", "galileo-1", "ranger-8",  "magellan-1"};

std::string PaddedNumber(int64_t number, size_t width) {
  std::string digits = std::to_string(number);
  if (digits.size() < width) digits.insert(0, width - digits.size(), '0');
  return digits;
}

std::string DateText(std::chrono::sys_days day, char separator) {
  const std::chrono::year_month_day date{day};
  std::string text = PaddedNumber(static_cast<int>(date.year()), 4);
  text += separator;
  text += PaddedNumber(static_cast<unsigned>(date.month()), 2);
  text += separator;
  text += PaddedNumber(static_cast<unsigned>(date.day()), 2);
  return text;
}

void AppendValue(FrameText& text, int channel, std::string_view value) {
  text.bytes += value;
  text.ends[static_cast<size_t>(channel) + 1] = static_cast<int32_t>(text.bytes.size());
}

}  // namespace

std::string_view FrameText::ValueOf(int channel) const {
  const auto begin = static_cast<size_t>(ends[static_cast<size_t>(channel)]);
  const auto end = static_cast<size_t>(ends[static_cast<size_t>(channel) + 1]);
  return std::string_view(bytes).substr(begin, end - begin);
}

std::string MissionName(int32_t index) {
  const auto place = static_cast<size_t>(index);
  if (place < kMissionNames.size()) return std::string(kMissionNames[place]);
  return "mission-" + PaddedNumber(int64_t{index} + 1, 3);
}

FrameText SensorKindText() {
  FrameText text;
  for (int channel = 0; channel < kChannelCount; ++channel) {
    AppendValue(text, channel, TelemetryChannels()[static_cast<size_t>(channel)].sensor_kind);
  }
  return text;
}

FrameText RepeatedText(std::string_view value) {
  FrameText text;
  text.bytes.reserve(value.size() * kChannelCount);
  for (int channel = 0; channel < kChannelCount; ++channel) AppendValue(text, channel, value);
  return text;
}

FrameText ArchiveUriText(std::string_view mission, std::chrono::sys_days day, const FrameRun& run) {
  std::string uri = "s3://telemetry-archive/";
  uri += mission;
  uri += '/';
  uri += DateText(day, '/');
  uri += "/pass-";
  uri += PaddedNumber(run.pass, 2);
  uri += run.playback ? "-playback.tar" : ".tar";
  return RepeatedText(uri);
}

FrameText ObjectPathText(std::string_view mission, std::chrono::sys_days day, const FrameRun& run) {
  const std::string folder = std::string(mission) + '/' + DateText(day, '-') + '/';
  const int64_t pass = int64_t{run.day} * kPassesPerDay + run.pass;
  const std::string file = '/' + PaddedNumber(pass * kBlocksPerPass + run.block, 6) + ".bin";
  FrameText text;
  text.bytes.reserve((folder.size() + file.size() + 4) * kChannelCount);
  for (int channel = 0; channel < kChannelCount; ++channel) {
    text.bytes += folder;
    text.bytes += std::to_string(TelemetryChannels()[static_cast<size_t>(channel)].payload_id);
    AppendValue(text, channel, file);
  }
  return text;
}

}  // namespace artemis

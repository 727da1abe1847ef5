// The channel table, sampling and holding.

#include "artemis/synth/channels.h"

#include <algorithm>

namespace artemis {
namespace {

constexpr Calibration kBusVolt{0, 9'766};
constexpr Calibration kArrayVolt{0, 19'532};
constexpr Calibration kCelsius{-120'000'000, 58'594};
constexpr Calibration kWideCelsius{-160'000'000, 87'891};
constexpr Calibration kAmbientKpa{0, 40'040};
constexpr Calibration kTankKpa{0, 732'422};

using ChannelLines = std::array<Calibration, 3>;
constexpr ChannelLines kBoard{kBusVolt, kCelsius, kAmbientKpa};
constexpr ChannelLines kOuterBoard{kBusVolt, kWideCelsius, kAmbientKpa};
constexpr ChannelLines kPanel{kArrayVolt, kWideCelsius, kAmbientKpa};
constexpr ChannelLines kPlumbing{kBusVolt, kCelsius, kTankKpa};

// Housekeeping circuits are filtered: one or two codes of noise.
constexpr Response kBus{.base = 2750, .sunlight = 210, .sine = 12, .mode = -18, .noise = 2};
constexpr Response kStored{.base = 2690, .sunlight = 160, .warmth = 120, .mode = -25, .noise = 1};
constexpr Response kSupply{.base = 2510, .sunlight = 90, .mode = 140, .noise = 2};
constexpr Response kInside{.base = 2380, .warmth = 110, .sine = 9, .mode = 21, .noise = 1};
constexpr Response kOutside{.base = 1450, .warmth = 1700, .sine = 35, .noise = 2};
constexpr Response kVessel{.base = 2530, .warmth = 14, .noise = 1};
constexpr Response kVacuum{.base = 3, .noise = 1};
constexpr Response kTank{.base = 3350, .warmth = 45, .drift = -9, .noise = 1};

constexpr Response kArray{.base = 160, .sunlight = 3050, .warmth = -190, .mode = -9, .noise = 9};
constexpr Response kWheel{.base = 2040, .sine = 320, .wobble = 610, .mode = 55, .noise = 11};
constexpr Response kLoad{.base = 2510, .sunlight = 90, .mode = 140, .noise = 6};
constexpr Response kRadio{.base = 2600, .sunlight = 120, .sine = 240, .noise = 16};
constexpr Response kBelt{.base = 2100, .warmth = 30, .sine = 900, .wobble = 40, .noise = 60};

constexpr Response kMode{.base = 512, .mode = 512};
constexpr Response kHeater{.base = 2867, .sunlight = -2860};
constexpr Response kValve{.base = 410, .mode = 819};
constexpr Response kOpenInput{.base = 3};

// Channels of one make, in different places of the spacecraft.
struct ChannelFamily {
  uint32_t first_payload = 0;
  int count = 0;
  std::string_view sensor_kind;
  bool slow = false;
  ChannelLines lines;
  std::array<Response, 3> responses;
  int32_t spread = 0;  // codes of temperature from the first place to the last
};

constexpr std::array<ChannelFamily, 14> kFamilies{{
    {101, 8, "battery", true, kBoard, {kStored, kInside, kVessel}, 40},
    {201, 4, "solar_array", false, kPanel, {kArray, kOutside, kVacuum}, 60},
    {301, 32, "thermal", true, kBoard, {kBus, kInside, kOpenInput}, 300},
    {333, 16, "thermal", true, kOuterBoard, {kBus, kOutside, kOpenInput}, 500},
    {351, 16, "heater", true, kBoard, {kHeater, kInside, kOpenInput}, 200},
    {401, 12, "propulsion", true, kPlumbing, {kBus, kInside, kTank}, 100},
    {421, 8, "valve", true, kPlumbing, {kValve, kInside, kTank}, 80},
    {501, 4, "attitude", false, kBoard, {kWheel, kInside, kVessel}, 30},
    {601, 2, "payload_power", false, kBoard, {kLoad, kInside, kOpenInput}, 30},
    {611, 16, "instrument", true, kBoard, {kSupply, kInside, kVessel}, 150},
    {701, 2, "comms", false, kBoard, {kRadio, kInside, kOpenInput}, 30},
    {801, 1, "radiation", false, kOuterBoard, {kBelt, kOutside, kVacuum}, 0},
    {901, 1, "computer_mode", false, kBoard, {kMode, kInside, kOpenInput}, 0},
    {902, 6, "computer", true, kBoard, {kBus, kInside, kOpenInput}, 120},
}};

constexpr int FamiliesSize() {
  int size = 0;
  for (const ChannelFamily& family : kFamilies) size += family.count;
  return size;
}
static_assert(FamiliesSize() == kChannelCount);

constexpr std::array<TelemetryChannel, kChannelCount> MakeChannels() {
  std::array<TelemetryChannel, kChannelCount> channels{};
  size_t next = 0;
  for (const ChannelFamily& family : kFamilies) {
    for (int place = 0; place < family.count; ++place) {
      TelemetryChannel& channel = channels[next++];
      channel = {family.first_payload + static_cast<uint32_t>(place), family.sensor_kind,
                 family.slow, family.lines, family.responses};
      channel.response[1].base += family.spread * place / family.count;
    }
  }
  return channels;
}

constexpr std::array<TelemetryChannel, kChannelCount> kChannels = MakeChannels();

int32_t CodeOf(const Response& response, const SpacecraftState& state, int32_t noise) {
  const OrbitState& orbit = state.orbit;
  int32_t code = response.base + response.mode * state.mode + response.drift * (state.day % 100);
  code += response.sunlight * orbit.sunlight >> 8;
  code += response.warmth * orbit.warmth >> 10;
  code += response.sine * orbit.sine >> 15;
  code += response.wobble * orbit.wobble >> 15;
  return code + (response.noise * noise >> 7);
}

// Two random bytes make a triangular distribution within [-128, 128).
int32_t TriangularNoise(uint64_t random) {
  const auto a = static_cast<int32_t>(random & 255);
  const auto b = static_cast<int32_t>(random >> 8 & 255);
  return (a - b) / 2;
}

}  // namespace

std::span<const TelemetryChannel, kChannelCount> TelemetryChannels() { return kChannels; }

int32_t ModeAt(uint64_t seed, int32_t mission, int64_t time_us) {
  const auto dwell = static_cast<uint64_t>(time_us / kModeDwellUs);
  const uint64_t draw = SynthHash(seed, 0x30DE, static_cast<uint64_t>(mission), dwell) % 16;
  if (draw < 10) return 0;
  if (draw < 14) return 1;
  return draw == 14 ? 2 : 3;
}

ChannelBank::ChannelBank(uint64_t seed, int32_t mission) {
  for (int column = 0; column < 3; ++column) {
    for (int channel = 0; channel < kChannelCount; ++channel) {
      if (kChannels[channel].response[column].noise == 0) continue;
      const uint64_t place = static_cast<uint64_t>(column) * kChannelCount + channel;
      const uint64_t hash = SynthHash(seed, 0xB1A5, static_cast<uint64_t>(mission), place);
      bias_[channel][column] = static_cast<int32_t>(hash % 64) - 32;
    }
  }
}

void ChannelBank::SampleFrame(int64_t frame, int64_t hold, const SpacecraftState& state,
                              SynthRandom& random) {
  const int64_t turn = frame % hold;
  for (int channel = 0; channel < kChannelCount; ++channel) {
    if (frame == 0 || turn == channel * hold / kChannelCount) {
      SampleChannel(channel, 3, state, random.Next());
    } else if (!kChannels[channel].slow) {
      SampleChannel(channel, 1, state, random.Next());
    }
  }
}

void ChannelBank::SampleChannel(int channel, int columns, const SpacecraftState& state,
                                uint64_t noise) {
  const TelemetryChannel& model = kChannels[channel];
  for (int column = 0; column < columns; ++column) {
    const int32_t triangular = TriangularNoise(noise >> (16 * column));
    const int32_t code = CodeOf(model.response[column], state, triangular) + bias_[channel][column];
    values_[column][channel] = model.calibration[column].ValueOf(std::clamp(code, 0, kAdcCodeMax));
  }
}

}  // namespace artemis

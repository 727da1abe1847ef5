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

constexpr Response kBus{.base = 2750, .sunlight = 210, .sine = 12, .mode = -18, .noise = 5};
constexpr Response kArray{.base = 160, .sunlight = 3050, .warmth = -190, .mode = -9, .noise = 9};
constexpr Response kStored{.base = 2690, .sunlight = 160, .warmth = 120, .mode = -25, .noise = 3};
constexpr Response kInside{.base = 2380, .warmth = 110, .sine = 9, .mode = 21, .noise = 3};
constexpr Response kOutside{.base = 1450, .warmth = 1700, .sine = 35, .noise = 6};
constexpr Response kCabin{.base = 2530, .warmth = 14, .noise = 3};
constexpr Response kVacuum{.base = 3, .noise = 3};
constexpr Response kTank{.base = 3350, .warmth = 45, .drift = -9, .noise = 4};
constexpr Response kWheel{.base = 2040, .sine = 320, .wobble = 610, .mode = 55, .noise = 11};
constexpr Response kLoad{.base = 2510, .sunlight = 90, .mode = 140, .noise = 6};
constexpr Response kRadio{.base = 2600, .sunlight = 120, .sine = 240, .noise = 16};
constexpr Response kBelt{.base = 2100, .warmth = 30, .sine = 900, .wobble = 40, .noise = 60};
constexpr Response kStatus{.base = 512, .mode = 512};

constexpr std::array<TelemetryChannel, kChannelCount> kChannels{{
    {101, "battery", true, {kBusVolt, kCelsius, kAmbientKpa}, {kStored, kInside, kCabin}},
    {102, "battery", true, {kBusVolt, kCelsius, kAmbientKpa}, {kStored, kInside, kCabin}},
    {201,
     "solar_array",
     true,
     {kArrayVolt, kWideCelsius, kAmbientKpa},
     {kArray, kOutside, kVacuum}},
    {202,
     "solar_array",
     true,
     {kArrayVolt, kWideCelsius, kAmbientKpa},
     {kArray, kOutside, kVacuum}},
    {301, "thermal", true, {kBusVolt, kCelsius, kAmbientKpa}, {kBus, kInside, kCabin}},
    {302, "thermal", true, {kBusVolt, kWideCelsius, kAmbientKpa}, {kBus, kOutside, kVacuum}},
    {303, "thermal", true, {kBusVolt, kWideCelsius, kAmbientKpa}, {kBus, kOutside, kVacuum}},
    {401, "propulsion", true, {kBusVolt, kCelsius, kTankKpa}, {kBus, kInside, kTank}},
    {402, "propulsion", true, {kBusVolt, kCelsius, kTankKpa}, {kBus, kInside, kTank}},
    {501, "attitude", false, {kBusVolt, kCelsius, kAmbientKpa}, {kWheel, kInside, kCabin}},
    {502, "attitude", false, {kBusVolt, kCelsius, kAmbientKpa}, {kWheel, kInside, kCabin}},
    {601, "payload_power", false, {kBusVolt, kCelsius, kAmbientKpa}, {kLoad, kInside, kCabin}},
    {602, "payload_power", false, {kBusVolt, kCelsius, kAmbientKpa}, {kLoad, kInside, kCabin}},
    {701, "comms", false, {kBusVolt, kCelsius, kAmbientKpa}, {kRadio, kInside, kCabin}},
    {801, "radiation", false, {kBusVolt, kWideCelsius, kAmbientKpa}, {kBelt, kOutside, kVacuum}},
    {901, "computer_mode", false, {kBusVolt, kCelsius, kAmbientKpa}, {kStatus, kStatus, kStatus}},
}};

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
    const bool due = frame == 0 || !kChannels[channel].slow || turn == channel % hold;
    if (due) SampleChannel(channel, state, random.Next());
  }
}

void ChannelBank::SampleChannel(int channel, const SpacecraftState& state, uint64_t noise) {
  const TelemetryChannel& model = kChannels[channel];
  for (int column = 0; column < 3; ++column) {
    const int32_t triangular = TriangularNoise(noise >> (16 * column));
    const int32_t code = CodeOf(model.response[column], state, triangular) + bias_[channel][column];
    values_[column][channel] = model.calibration[column].ValueOf(std::clamp(code, 0, kAdcCodeMax));
  }
}

}  // namespace artemis

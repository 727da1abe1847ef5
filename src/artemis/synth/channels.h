// The 128 telemetry channels of a spacecraft: what each measures and how a 12-bit converter and a
// linear calibration turn the spacecraft's state into its three values.
//
// Nine tenths of a frame is housekeeping, as on real spacecraft: thermistors inside and outside,
// battery cells, heaters switched by eclipse, tanks and valves of propulsion, supplies of
// instruments and computers. These are slow: sampled once in a while and repeated between, with one
// or two codes of noise. Thirteen channels and the operating mode are sampled in every frame: solar
// arrays, reaction wheels, payload power, radio, radiation. Only what such a channel measures, its
// panel_voltage, is fast; the temperature and the pressure of its board are housekeeping too.
// Inputs without a sensor (most pressures) read one code for ever; states (mode, heaters, valves)
// are exact and come in runs.

#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "artemis/synth/orbit.h"
#include "artemis/synth/random.h"

namespace artemis {

// Channels in a frame; every frame has one row of each.
inline constexpr int kChannelCount = 128;

// The converter's largest code: 12 bits.
inline constexpr int32_t kAdcCodeMax = 4095;

// A straight line from converter codes to physical units, in millionths of the unit, so that a
// value is one integer divided once: the same double on every machine.
struct Calibration {
  int64_t offset_micro = 0;
  int64_t step_micro = 1;

  double ValueOf(int32_t code) const {
    return static_cast<double>(offset_micro + code * step_micro) / 1e6;
  }
};

// How the code of one column follows the state, as code units at full effect of each influence.
struct Response {
  int32_t base = 0;
  int32_t sunlight = 0;
  int32_t warmth = 0;
  int32_t sine = 0;
  int32_t wobble = 0;
  int32_t mode = 0;   // per step of the spacecraft mode
  int32_t drift = 0;  // per mission day, starting again every 100 days
  int32_t noise = 0;  // largest deviation; 0 makes the column exact
};

// One channel. The columns are panel_voltage (V), temperature_c (degrees Celsius) and
// pressure_kpa (kPa), in this order.
struct TelemetryChannel {
  uint32_t payload_id = 0;
  std::string_view sensor_kind;
  bool slow = false;  // all of it sampled once per hold; of the others the voltage in every frame
  std::array<Calibration, 3> calibration;
  std::array<Response, 3> response;
};

// The channels in frame order; the storage is static.
std::span<const TelemetryChannel, kChannelCount> TelemetryChannels();

// The operating mode: 0 nominal, 1 payload on, 2 slew, 3 safe.
inline constexpr int64_t kModeDwellUs = int64_t{37} * 60 * 1'000'000;

// The mode of a mission at `time_us`; constant within each dwell of 37 minutes.
int32_t ModeAt(uint64_t seed, int32_t mission, int64_t time_us);

// Everything a sample depends on besides noise.
struct SpacecraftState {
  OrbitState orbit;
  int32_t mode = 0;
  int32_t day = 0;  // days since the mission's first
};

// The last sampled values of one mission's channels, by column and channel: what a frame repeats
// until a channel is sampled again. One thread at a time.
class ChannelBank {
 public:
  using Values = std::array<std::array<double, kChannelCount>, 3>;

  // Every mission's sensors are a little off, by an amount fixed by `seed` and `mission`.
  ChannelBank(uint64_t seed, int32_t mission);

  // Samples what frame number `frame` of a pass samples: everything in frame 0; then the voltages
  // of fast channels in every frame and all else in every `hold`-th. The turns go round the frame
  // as acquisition units are polled, each of which reads neighbouring channels: in the k-th frame
  // of a round those from k/hold to (k+1)/hold of the frame. Requires hold >= 1.
  void SampleFrame(int64_t frame, int64_t hold, const SpacecraftState& state, SynthRandom& random);

  const Values& values() const { return values_; }

 private:
  // Samples the first `columns` columns of the channel.
  void SampleChannel(int channel, int columns, const SpacecraftState& state, uint64_t noise);

  // By channel, not by column as the values: with equal orders g++ 12 derives one address from the
  // other, takes the values' store for one through null and drops it.
  std::array<std::array<int32_t, 3>, kChannelCount> bias_{};
  Values values_{};
};

}  // namespace artemis

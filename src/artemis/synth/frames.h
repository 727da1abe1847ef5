// Telemetry frames in order of arrival: the values of the rows, before they are Arrow columns.

#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "artemis/synth/channels.h"
#include "artemis/synth/missions.h"
#include "artemis/synth/passes.h"
#include "artemis/synth/random.h"
#include "artemis/synth/telemetry.h"

namespace artemis {

// One frame: a row of each channel with one time, in channel order.
struct TelemetryFrame {
  int64_t time_ns = 0;
  uint64_t first_sequence = 0;  // of channel 0; the others count on and wrap at the modulus
  ChannelBank::Values values{};
  std::array<uint8_t, kChannelCount> quality{};
  std::array<std::string_view, kChannelCount> notes{};  // empty: no note; the texts are static
  bool has_notes = false;
  const FrameText* mission_id = nullptr;
  const FrameText* archive_uri = nullptr;
  const FrameText* object_path = nullptr;
};

// Produces as many frames as `rows` needs; the last one may be more than is asked for. One thread
// at a time. Requires options within their limits (rows, missions, days, hold, first_day).
class FrameSource {
 public:
  explicit FrameSource(const TelemetryOptions& options);

  // Makes the next frame, or says that there is none. The texts `frame` points to are valid until
  // the next call.
  bool Next(TelemetryFrame& frame);

 private:
  struct Mission {
    std::string name;
    FrameText name_text;
    ChannelBank bank;
    int64_t orbit_offset_us = 0;
    uint64_t first_sequence = 0;
  };

  bool StartRun();
  void Sample(TelemetryFrame& frame);
  void MarkBadRows(TelemetryFrame& frame);
  void AddNotes(TelemetryFrame& frame, bool eclipse);

  TelemetryOptions options_;
  PassPlan plan_;
  SynthRandom random_;
  std::vector<Mission> missions_;
  FrameRun run_;
  int64_t next_in_run_ = 0;
  int64_t pass_start_us_ = 0;
  FrameText archive_uri_;
  FrameText object_path_;
  int64_t rows_made_ = 0;
  int64_t next_bad_row_ = 0;
  int64_t next_note_row_ = 0;
};

}  // namespace artemis

// Time, sequence, values, quality and notes of each frame.

#include "artemis/synth/frames.h"

#include <algorithm>

#include "artemis/synth/orbit.h"

namespace artemis {
namespace {

// A bad row every 120 to 380 rows is 0.4 % on average, and never outside 0.26 .. 0.84 % of many.
constexpr int64_t kBadRowsApartMin = 120;
constexpr int64_t kBadRowsApartMax = 380;
constexpr int64_t kNotesApartMin = 40;
constexpr int64_t kNotesApartMax = 160;
constexpr int64_t kJitterUsMax = 1000;
constexpr int64_t kSequenceHeadroom = 1 << 14;

constexpr std::array<std::string_view, 5> kRoutineNotes{
    "operator acknowledged limit check", "calibration reference sample", "station handover",
    "command echo received", "reviewed by flight control"};
constexpr std::array<std::string_view, 2> kPlaybackNotes{"recorder playback",
                                                         "time tag from recorder"};
constexpr std::array<std::string_view, 2> kEclipseNotes{"in eclipse", "battery discharge"};

PassPlanOptions PlanOptions(const TelemetryOptions& options) {
  return {.frames = (options.rows + kChannelCount - 1) / kChannelCount,
          .seed = options.seed,
          .missions = options.missions,
          .days = options.days};
}

template <size_t n>
std::string_view PickNote(const std::array<std::string_view, n>& notes, uint64_t draw) {
  return notes[draw % n];
}

}  // namespace

FrameSource::FrameSource(const TelemetryOptions& options)
    : options_(options), plan_(PlanOptions(options)), random_(SynthHash(options.seed, 0xF4A3E)) {
  for (int32_t mission = 0; mission < options.missions; ++mission) {
    const uint64_t hash = SynthHash(options.seed, 0x3155, static_cast<uint64_t>(mission));
    const std::string name = MissionName(mission);
    // Starts shortly before the wrap, so that small streams show it too.
    missions_.push_back({name, RepeatedText(name), ChannelBank(options.seed, mission),
                         static_cast<int64_t>(hash % kOrbitPeriodUs),
                         kSequenceModulus - 1 - (hash >> 40) % kSequenceHeadroom});
  }
  next_bad_row_ = random_.Between(kBadRowsApartMin, kBadRowsApartMax);
  next_note_row_ = random_.Between(kNotesApartMin, kNotesApartMax);
}

bool FrameSource::Next(TelemetryFrame& frame) {
  if (next_in_run_ == run_.frame_count && !StartRun()) return false;
  Sample(frame);
  ++next_in_run_;
  rows_made_ += kChannelCount;
  return true;
}

bool FrameSource::StartRun() {
  const std::optional<FrameRun> run = plan_.Next();
  if (!run) return false;
  run_ = *run;
  next_in_run_ = 0;
  const std::chrono::sys_days day = options_.first_day + std::chrono::days{run_.day};
  const std::chrono::microseconds midnight = day.time_since_epoch();
  pass_start_us_ = midnight.count() + run_.pass * kPassUs;
  const Mission& mission = missions_[static_cast<size_t>(run_.mission)];
  archive_uri_ = ArchiveUriText(mission.name, day, run_);
  object_path_ = ObjectPathText(mission.name, day, run_);
  return true;
}

void FrameSource::Sample(TelemetryFrame& frame) {
  Mission& mission = missions_[static_cast<size_t>(run_.mission)];
  const int64_t in_pass = run_.first_frame + next_in_run_;
  const int64_t period_us = kPassUs / run_.frames_in_pass;
  const uint64_t draw = random_.Next();
  const int64_t jitter_span = std::clamp<int64_t>(period_us / 8, 1, kJitterUsMax);
  const int64_t jitter_us = static_cast<int64_t>(draw >> 32) % jitter_span;
  const int64_t time_us = pass_start_us_ + in_pass * period_us + jitter_us;
  frame.time_ns = time_us * 1000 + (options_.nanos ? static_cast<int64_t>(draw % 1000) : 0);
  const auto rows_before = static_cast<uint64_t>(run_.frames_before + next_in_run_) * kChannelCount;
  frame.first_sequence = (mission.first_sequence + rows_before) % kSequenceModulus;
  const SpacecraftState state{.orbit = OrbitAt(time_us, mission.orbit_offset_us),
                              .mode = ModeAt(options_.seed, run_.mission, time_us),
                              .day = run_.day};
  mission.bank.SampleFrame(in_pass, options_.hold, state, random_);
  frame.values = mission.bank.values();
  frame.mission_id = &mission.name_text;
  frame.archive_uri = &archive_uri_;
  frame.object_path = &object_path_;
  MarkBadRows(frame);
  AddNotes(frame, state.orbit.sunlight == 0);
}

void FrameSource::MarkBadRows(TelemetryFrame& frame) {
  frame.quality.fill(0);
  while (next_bad_row_ < rows_made_ + kChannelCount) {
    const auto channel = static_cast<size_t>(next_bad_row_ - rows_made_);
    const TelemetryChannel& model = TelemetryChannels()[channel];
    frame.quality[channel] = kQualitySuspect;
    // A held value is a register read again: it cannot saturate between its samples.
    if (!model.slow && random_.Next() % 4 == 0) {
      frame.quality[channel] = kQualitySaturated;
      frame.values[0][channel] = model.calibration[0].ValueOf(kAdcCodeMax);
    }
    next_bad_row_ += random_.Between(kBadRowsApartMin, kBadRowsApartMax);
  }
}

void FrameSource::AddNotes(TelemetryFrame& frame, bool eclipse) {
  if (frame.has_notes) frame.notes.fill({});
  frame.has_notes = false;
  while (next_note_row_ < rows_made_ + kChannelCount) {
    std::string_view& note = frame.notes[static_cast<size_t>(next_note_row_ - rows_made_)];
    const uint64_t draw = random_.Next();
    note = PickNote(kRoutineNotes, draw >> 8);
    if (eclipse && draw % 2 == 0) note = PickNote(kEclipseNotes, draw >> 8);
    if (run_.playback && draw % 4 != 0) note = PickNote(kPlaybackNotes, draw >> 8);
    frame.has_notes = true;
    next_note_row_ += random_.Between(kNotesApartMin, kNotesApartMax);
  }
}

}  // namespace artemis

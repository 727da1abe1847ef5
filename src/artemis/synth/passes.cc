// Planning of passes, losses and playbacks.

#include "artemis/synth/passes.h"

#include "artemis/synth/random.h"

namespace artemis {
namespace {

constexpr int32_t kArrivingPasses = kPassesPerDay - 1;

// The items that the first `i` of `parts` equal parts hold, rounded up.
int64_t ItemsBefore(int64_t items, int64_t parts, int64_t i) {
  return items / parts * i + (items % parts * i + parts - 1) / parts;
}

int64_t ItemsOf(int64_t items, int64_t parts, int64_t i) {
  return ItemsBefore(items, parts, i + 1) - ItemsBefore(items, parts, i);
}

struct DayPlan {
  int32_t lost = 0;
  int32_t late = 0;
  int32_t delay = 0;
};

// A late pass is followed by at least one live pass of its own day before it is played back.
DayPlan PlanDay(uint64_t seed, int32_t mission, int32_t day) {
  const uint64_t hash =
      SynthHash(seed, 0xDA7, static_cast<uint64_t>(mission), static_cast<uint64_t>(day));
  DayPlan plan;
  plan.lost = 1 + static_cast<int32_t>(hash % (kPassesPerDay - 1));
  plan.late = 1 + static_cast<int32_t>((hash >> 16) % 10);
  if (plan.late >= plan.lost) ++plan.late;
  plan.delay = 2 + static_cast<int32_t>((hash >> 32) % 3);
  return plan;
}

}  // namespace

PassPlan::PassPlan(const PassPlanOptions& options)
    : options_(options), recorded_(static_cast<size_t>(options.missions)) {}

std::optional<FrameRun> PassPlan::Next() {
  while (next_arrival_ == arrivals_.size()) {
    arrivals_.clear();
    next_arrival_ = 0;
    if (!PlanNextPass()) return std::nullopt;
  }
  return arrivals_[next_arrival_++];
}

bool PassPlan::PlanNextPass() {
  if (day_ == options_.days) return false;
  std::vector<RecordedPass> live;
  for (int32_t mission = 0; mission < options_.missions; ++mission) RecordPass(mission, live);
  for (int32_t block = 0; block < kBlocksPerPass; ++block) {
    for (const RecordedPass& recorded : live) AddBlock(recorded.pass, block);
  }
  AddDuePlaybacks();
  if (++pass_ == kPassesPerDay) {
    pass_ = 0;
    ++day_;
  }
  return true;
}

void PassPlan::RecordPass(int32_t mission, std::vector<RecordedPass>& live) {
  const int64_t frames_of_day = FramesOfDay(mission);
  if (frames_of_day == 0) return;
  const DayPlan plan = PlanDay(options_.seed, mission, day_);
  int64_t& recorded = recorded_[static_cast<size_t>(mission)];
  if (pass_ == plan.lost) {
    recorded += frames_of_day / kArrivingPasses;
    return;
  }
  const int32_t place = pass_ - (pass_ > plan.lost ? 1 : 0);
  const int64_t frames = ItemsOf(frames_of_day, kArrivingPasses, place);
  if (frames == 0) return;
  RecordedPass pass;
  pass.pass = {.mission = mission,
               .day = day_,
               .pass = pass_,
               .playback = pass_ == plan.late,
               .frame_count = frames,
               .frames_in_pass = frames,
               .frames_before = recorded};
  pass.due_pass = int64_t{day_} * kPassesPerDay + pass_ + plan.delay;
  recorded += frames;
  (pass.pass.playback ? late_ : live).push_back(pass);
}

int64_t PassPlan::FramesOfDay(int32_t mission) const {
  const int64_t cells = int64_t{options_.missions} * options_.days;
  return ItemsOf(options_.frames, cells, int64_t{day_} * options_.missions + mission);
}

void PassPlan::AddBlock(const FrameRun& pass, int32_t block) {
  FrameRun run = pass;
  run.block = block;
  run.first_frame = ItemsBefore(pass.frame_count, kBlocksPerPass, block);
  run.frame_count = ItemsOf(pass.frame_count, kBlocksPerPass, block);
  run.frames_before += run.first_frame;
  if (run.frame_count > 0) arrivals_.push_back(run);
}

void PassPlan::AddDuePlaybacks() {
  const int64_t this_pass = int64_t{day_} * kPassesPerDay + pass_;
  const bool last = this_pass == int64_t{options_.days} * kPassesPerDay - 1;
  for (const RecordedPass& recorded : late_) {
    if (!last && recorded.due_pass > this_pass) continue;
    for (int32_t block = 0; block < kBlocksPerPass; ++block) AddBlock(recorded.pass, block);
  }
  std::erase_if(late_, [&](const RecordedPass& r) { return last || r.due_pass <= this_pass; });
}

}  // namespace artemis

// Tests of the pass plan.

#include "artemis/synth/passes.h"

#include <map>
#include <set>
#include <tuple>
#include <utility>

#include <gtest/gtest.h>

namespace artemis {
namespace {

std::vector<FrameRun> AllRuns(const PassPlanOptions& options) {
  PassPlan plan(options);
  std::vector<FrameRun> runs;
  while (auto run = plan.Next()) runs.push_back(*run);
  return runs;
}

TEST(PassPlan, DeliversExactlyTheFramesAskedFor) {
  for (int64_t frames : {0, 1, 7, 15, 1000, 123'457}) {
    int64_t sum = 0;
    for (const FrameRun& run : AllRuns({.frames = frames, .seed = 4, .missions = 3, .days = 7})) {
      EXPECT_GE(run.frame_count, 1);
      sum += run.frame_count;
    }
    EXPECT_EQ(sum, frames);
  }
}

TEST(PassPlan, SpreadsFramesEvenlyOverMissionsAndDays) {
  std::map<std::pair<int32_t, int32_t>, int64_t> frames;
  for (const FrameRun& run : AllRuns({.frames = 1000, .seed = 4, .missions = 3, .days = 7})) {
    frames[{run.mission, run.day}] += run.frame_count;
  }
  EXPECT_EQ(frames.size(), 21u);
  for (const auto& [cell, count] : frames) {
    EXPECT_GE(count, 47);
    EXPECT_LE(count, 48);
  }
}

TEST(PassPlan, LosesOnePassPerMissionAndDay) {
  std::set<std::tuple<int32_t, int32_t, int32_t>> passes;
  for (const FrameRun& run : AllRuns({.frames = 100'000, .seed = 4, .missions = 2, .days = 5})) {
    passes.insert({run.mission, run.day, run.pass});
  }
  EXPECT_EQ(passes.size(), 2u * 5 * 14);
}

TEST(PassPlan, PlaysOnePassPerMissionAndDayBackAfterALaterLivePass) {
  const auto runs = AllRuns({.frames = 100'000, .seed = 4, .missions = 2, .days = 5});
  std::map<int32_t, std::pair<int32_t, int32_t>> newest_live;
  std::set<std::tuple<int32_t, int32_t, int32_t>> played_back;
  for (const FrameRun& run : runs) {
    const std::pair<int32_t, int32_t> recorded{run.day, run.pass};
    if (run.playback) {
      EXPECT_GT(newest_live[run.mission], recorded);
      played_back.insert({run.mission, run.day, run.pass});
    } else {
      EXPECT_GE(recorded, newest_live[run.mission]);
      newest_live[run.mission] = recorded;
    }
  }
  EXPECT_EQ(played_back.size(), 2u * 5);
}

TEST(PassPlan, CountsRecordedFramesWithoutOverlap) {
  std::map<int32_t, std::map<int64_t, int64_t>> spans;
  for (const FrameRun& run : AllRuns({.frames = 50'000, .seed = 4, .missions = 2, .days = 3})) {
    EXPECT_TRUE(spans[run.mission].emplace(run.frames_before, run.frame_count).second);
  }
  for (const auto& [mission, by_start] : spans) {
    int64_t end = 0;
    int64_t lost = 0;
    for (const auto& [start, count] : by_start) {
      EXPECT_GE(start, end);
      lost += start > end;
      end = start + count;
    }
    EXPECT_GE(lost, 2);
    EXPECT_LE(lost, 3);
  }
}

TEST(PassPlan, CoversEachPassWithConsecutiveBlocks) {
  std::map<std::tuple<int32_t, int32_t, int32_t>, int64_t> next_frame;
  for (const FrameRun& run : AllRuns({.frames = 70'001, .seed = 8, .missions = 3, .days = 2})) {
    int64_t& next = next_frame[{run.mission, run.day, run.pass}];
    EXPECT_EQ(run.first_frame, next);
    next += run.frame_count;
    EXPECT_LE(next, run.frames_in_pass);
  }
}

TEST(PassPlan, DependsOnTheSeed) {
  PassPlanOptions options{.frames = 10'000, .seed = 1, .missions = 3, .days = 7};
  const auto runs = AllRuns(options);
  EXPECT_EQ(runs, AllRuns(options));
  options.seed = 2;
  EXPECT_NE(runs, AllRuns(options));
}

}  // namespace
}  // namespace artemis

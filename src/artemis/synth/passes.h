// The plan of a mission fleet's ground contacts: which frames were recorded when, and in which
// order they arrive.
//
// A day has 15 passes of 96 minutes per mission, a pass 16 blocks of 6 minutes. Per mission and
// day one pass is lost (its frames never arrive) and one is played back late: its blocks arrive
// together, two to four passes after their time. The others arrive live, block by block, the
// missions in turn.

#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace artemis {

inline constexpr int32_t kPassesPerDay = 15;
inline constexpr int32_t kBlocksPerPass = 16;
inline constexpr int64_t kPassUs = int64_t{96} * 60 * 1'000'000;

struct PassPlanOptions {
  int64_t frames = 0;  // frames that arrive, over all missions and days
  uint64_t seed = 0;
  int32_t missions = 1;
  int32_t days = 1;
};

// Frames of one mission and one block that arrive one after another.
struct FrameRun {
  int32_t mission = 0;
  int32_t day = 0;    // of recording, 0 .. days - 1
  int32_t pass = 0;   // of recording, 0 .. 14
  int32_t block = 0;  // 0 .. 15
  bool playback = false;
  int64_t first_frame = 0;     // within the pass
  int64_t frame_count = 0;     // of this run, at least 1
  int64_t frames_in_pass = 0;  // recorded at equal distances over the 96 minutes
  int64_t frames_before = 0;   // the mission recorded before this run, lost ones included

  bool operator==(const FrameRun&) const = default;
};

// Hands out the runs in order of arrival. Exactly `frames` frames arrive, spread over the days and
// missions so that their numbers differ by at most one. The same for equal options. Holds one
// pass of the fleet in memory (16 runs per mission). One thread at a time.
class PassPlan {
 public:
  // Requires frames >= 0, missions >= 1, days >= 1.
  explicit PassPlan(const PassPlanOptions& options);

  // The next run; nothing after the last.
  std::optional<FrameRun> Next();

 private:
  struct RecordedPass {
    FrameRun pass;         // the whole pass as one run
    int64_t due_pass = 0;  // playback: arrives after this pass, counted over all days
  };

  bool PlanNextPass();
  void RecordPass(int32_t mission, std::vector<RecordedPass>& live);
  int64_t FramesOfDay(int32_t mission) const;
  void AddBlock(const FrameRun& pass, int32_t block);
  void AddDuePlaybacks();

  PassPlanOptions options_;
  int32_t day_ = 0;
  int32_t pass_ = 0;
  std::vector<int64_t> recorded_;  // frames each mission has recorded
  std::vector<RecordedPass> late_;
  std::vector<FrameRun> arrivals_;
  size_t next_arrival_ = 0;
};

}  // namespace artemis

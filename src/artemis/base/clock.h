// Time comes from an injected Clock, so that tests decide what "now" is.
#pragma once

#include "artemis/base/ids.h"

namespace artemis {

// Thread-safe. Now() may step backwards when the machine's clock does: whoever needs order
// takes max(now, previous + 1 ms) himself.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual TimestampMs Now() const = 0;
};

// The machine's real-time clock. Lives as long as the program.
const Clock& SystemClock();

// A clock that stands where it was set. Thread-safe.
class FixedClock : public Clock {
 public:
  explicit FixedClock(TimestampMs now) : now_ms_(now.value) {}
  TimestampMs Now() const override;
  void Set(TimestampMs now);
  void AdvanceMs(int64_t by_ms);

 private:
  mutable int64_t now_ms_;  // accessed atomically
};

}  // namespace artemis

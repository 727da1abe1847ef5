// The real clock and the one that stands still.
#include "artemis/base/clock.h"

#include <atomic>
#include <chrono>

namespace artemis {
namespace {

class RealTimeClock : public Clock {
 public:
  TimestampMs Now() const override {
    const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
    return TimestampMs(std::chrono::floor<std::chrono::milliseconds>(since_epoch).count());
  }
};

}  // namespace

const Clock& SystemClock() {
  static const RealTimeClock clock;
  return clock;
}

TimestampMs FixedClock::Now() const {
  return TimestampMs(std::atomic_ref<int64_t>(now_ms_).load());
}

void FixedClock::Set(TimestampMs now) { std::atomic_ref<int64_t>(now_ms_).store(now.value); }

void FixedClock::AdvanceMs(int64_t by_ms) { std::atomic_ref<int64_t>(now_ms_).fetch_add(by_ms); }

}  // namespace artemis

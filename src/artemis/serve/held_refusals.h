// Refusals that are answered late, so that who asks too often is slowed down to about what he may ask.
//
// A call over its token's budget is answered when the budget has room for one more call, and one interval of the budget after the refusal
// before it: a client that waits for its answers then asks hardly more often than it may. Each held refusal keeps a thread of gRPC and
// nothing else, no session and no slot of a statement. Their number is bounded; what is beyond is refused at once, without a thread of
// its own. Calls within a budget never come here.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "artemis/serve/budget.h"
#include "artemis/serve/flight_limits.h"

namespace artemis {

// Thread-safe.
class HeldRefusals {
 public:
  using Time = std::chrono::steady_clock::time_point;

  explicit HeldRefusals(const HoldLimits& limits) : limits_(limits) {}

  // Waits until the refusal is to be answered: not at all where too many are held or Stop was called, at most limits.hold_max_ms. Ends
  // soon after `gone` is true; it is asked a few times a second, from the calling thread. Where `retry_after_ms` and the interval of
  // the budget are longer than a hold may be, holds end together.
  void Hold(const Token& token, const BudgetRefusal& refusal, const std::function<bool()>& gone);

  // When a refusal that comes at `now` is to be answered; it is held from then on, until Leave. Nullopt: at once.
  std::optional<Time> Enter(const Token& token, const BudgetRefusal& refusal, Time now);
  void Leave(const Token& token);

  // Answers all that are held, and holds none from now on.
  void Stop();

  int64_t held() const;

 private:
  struct Queue {
    int64_t held = 0;
    Time last_due;
  };

  const HoldLimits limits_;
  mutable std::mutex mutex_;
  std::condition_variable stopping_;
  bool stopped_ = false;
  int64_t held_ = 0;
  // Of tokens that have any, by id.
  std::map<std::string, Queue> queues_;
};

}  // namespace artemis

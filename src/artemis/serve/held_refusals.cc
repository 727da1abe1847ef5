// Holds, each in the thread of its call.
#include "artemis/serve/held_refusals.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace artemis {

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr auto kGoneLook = milliseconds(250);

// Between two calls of a client that asks as often as it may. Nothing is known of a budget of bytes: calls differ.
std::chrono::microseconds IntervalOf(const Token& token, const BudgetRefusal& refusal) {
  if (std::strcmp(refusal.what, "requests") != 0) return std::chrono::microseconds(0);
  return std::chrono::microseconds(std::llround(1e6 / token.budget.requests_per_s));
}

}  // namespace

std::optional<HeldRefusals::Time> HeldRefusals::Enter(const Token& token,
                                                      const BudgetRefusal& refusal, Time now) {
  const std::lock_guard lock(mutex_);
  if (stopped_ || held_ >= limits_.all_max) return std::nullopt;
  auto& queue = queues_[token.id];
  if (queue.held >= limits_.per_token_max) return std::nullopt;
  Time due = now + milliseconds(refusal.retry_after_ms);
  if (queue.held > 0) due = std::max(due, queue.last_due + IntervalOf(token, refusal));
  due = std::min(due, now + milliseconds(limits_.hold_max_ms));
  queue.last_due = due;
  ++queue.held;
  ++held_;
  return due;
}

void HeldRefusals::Leave(const Token& token) {
  const std::lock_guard lock(mutex_);
  const auto queue = queues_.find(token.id);
  if (--queue->second.held == 0) queues_.erase(queue);
  --held_;
}

void HeldRefusals::Hold(const Token& token, const BudgetRefusal& refusal,
                        const std::function<bool()>& gone) {
  const auto due = Enter(token, refusal, steady_clock::now());
  if (!due) return;
  for (auto now = steady_clock::now(); now < *due && !gone(); now = steady_clock::now()) {
    std::unique_lock lock(mutex_);
    if (stopping_.wait_until(lock, std::min(*due, now + kGoneLook), [this] { return stopped_; }))
      break;
  }
  Leave(token);
}

void HeldRefusals::Stop() {
  const std::lock_guard lock(mutex_);
  stopped_ = true;
  stopping_.notify_all();
}

int64_t HeldRefusals::held() const {
  const std::lock_guard lock(mutex_);
  return held_;
}

}  // namespace artemis

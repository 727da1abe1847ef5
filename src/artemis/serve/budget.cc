// Token buckets.
#include "artemis/serve/budget.h"

#include <algorithm>
#include <cmath>

namespace artemis {

namespace {

// What a client is told to wait for a slot: nobody knows when a statement ends.
constexpr int64_t kSlotRetryMs = 250;

}  // namespace

TokenBucket::TokenBucket(double per_second, double limit, Time now)
    : per_second_(per_second), limit_(limit), level_(limit), refilled_(now) {}

void TokenBucket::Refill(Time now) {
  if (now <= refilled_) return;
  const double seconds = std::chrono::duration<double>(now - refilled_).count();
  level_ = std::min(limit_, level_ + seconds * per_second_);
  refilled_ = now;
}

int64_t TokenBucket::TakeOrWaitMs(double cost, Time now) {
  const int64_t wait_ms = WaitForMs(cost, now);
  if (wait_ms == 0) level_ -= cost;
  return wait_ms;
}

int64_t TokenBucket::WaitForMs(double cost, Time now) {
  Refill(now);
  // A thousandth is what rounding of times may have lost.
  if (level_ + 1e-3 >= cost) return 0;
  return std::max<int64_t>(1, std::llround(std::ceil((cost - level_) / per_second_ * 1000)));
}

void TokenBucket::Overdraw(double cost, Time now) {
  Refill(now);
  level_ -= cost;
}

int64_t TokenBucket::WaitMs(Time now) {
  Refill(now);
  if (level_ > 0) return 0;
  return std::max<int64_t>(1, std::llround(std::ceil(-level_ / per_second_ * 1000)));
}

double TokenBucket::level(Time now) {
  Refill(now);
  return level_;
}

Budgets::Use::Use(const TokenBudget& of, Time now)
    : budget(of),
      requests(of.requests_per_s, static_cast<double>(of.request_burst), now),
      bytes(static_cast<double>(of.bytes_per_s), static_cast<double>(of.bytes_per_s), now) {}

Budgets::Use& Budgets::UseOf(const Token& token, Time now) {
  auto& use = uses_[token.id];
  if (use == nullptr || use->budget != token.budget) {
    const int64_t statements = use == nullptr ? 0 : use->statements;
    use = std::make_unique<Use>(token.budget, now);
    use->statements = statements;
  }
  return *use;
}

BudgetRefusal Budgets::Request(const Token& token, Time now) {
  const std::lock_guard lock(mutex_);
  auto& use = UseOf(token, now);
  if (use.budget.bytes_per_s > 0) {
    if (const int64_t wait = use.bytes.WaitMs(now); wait > 0) return {wait, "bytes"};
  }
  return {use.requests.TakeOrWaitMs(1, now), "requests"};
}

int64_t Budgets::RequestWaitMs(const Token& token, Time now) {
  const std::lock_guard lock(mutex_);
  auto& use = UseOf(token, now);
  const int64_t bytes_ms = use.budget.bytes_per_s > 0 ? use.bytes.WaitMs(now) : 0;
  return std::max(bytes_ms, use.requests.WaitForMs(1, now));
}

BudgetRefusal Budgets::BeginStatement(const Token& token) {
  const std::lock_guard lock(mutex_);
  auto& use = UseOf(token, std::chrono::steady_clock::now());
  if (use.statements >= use.budget.statements || running_ >= statements_max_) {
    return {kSlotRetryMs, "statements"};
  }
  ++use.statements;
  ++running_;
  return {};
}

void Budgets::EndStatement(const Token& token) {
  const std::lock_guard lock(mutex_);
  --UseOf(token, std::chrono::steady_clock::now()).statements;
  --running_;
}

void Budgets::Sent(const Token& token, int64_t bytes, Time now) {
  const std::lock_guard lock(mutex_);
  auto& use = UseOf(token, now);
  if (use.budget.bytes_per_s > 0) use.bytes.Overdraw(static_cast<double>(bytes), now);
}

int64_t Budgets::running() const {
  const std::lock_guard lock(mutex_);
  return running_;
}

}  // namespace artemis

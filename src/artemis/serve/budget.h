// What each token has used of its budget: requests, statements at once, bytes.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "artemis/serve/token.h"

namespace artemis {

// A rate that is refilled continuously up to a limit. May be overdrawn: what costs more than there is goes below zero, and nothing
// is had until it is refilled. Not thread-safe. Times are of a steady clock.
class TokenBucket {
 public:
  using Time = std::chrono::steady_clock::time_point;

  // Full at first.
  TokenBucket(double per_second, double limit, Time now);

  // 0: `cost` was taken. Else nothing was, and it is the time until a positive level, at least 1 ms, rounded up.
  int64_t TakeOrWaitMs(double cost, Time now);
  // Takes without asking.
  void Overdraw(double cost, Time now);
  // The time until `cost` could be taken; 0: now.
  int64_t WaitForMs(double cost, Time now);
  // The time until the level is positive; 0: it is.
  int64_t WaitMs(Time now);
  double level(Time now);

 private:
  void Refill(Time now);

  const double per_second_;
  const double limit_;
  double level_;
  Time refilled_;
};

// Why a call is refused, and when to come back.
struct BudgetRefusal {
  // 0: it is not refused.
  int64_t retry_after_ms = 0;
  // "requests", "bytes" or "statements".
  const char* what = "";

  explicit operator bool() const { return retry_after_ms > 0; }
};

// Budgets of all tokens. Thread-safe. A token whose budget was changed begins anew, with what runs counted on.
class Budgets {
 public:
  using Time = TokenBucket::Time;

  // At most so many statements run at once, whoever asks.
  explicit Budgets(int64_t statements_max) : statements_max_(statements_max) {}

  // Counts one request.
  BudgetRefusal Request(const Token& token, Time now = std::chrono::steady_clock::now());
  // When the next request would be let in, counting none; 0: now.
  int64_t RequestWaitMs(const Token& token, Time now = std::chrono::steady_clock::now());
  // Takes a slot for a statement, unless the token has none left, or the server. The slot is given back by EndStatement.
  BudgetRefusal BeginStatement(const Token& token);
  void EndStatement(const Token& token);
  // Counts bytes that were sent.
  void Sent(const Token& token, int64_t bytes, Time now = std::chrono::steady_clock::now());

  int64_t running() const;

 private:
  struct Use {
    Use(const TokenBudget& of, Time now);
    TokenBudget budget;
    TokenBucket requests;
    TokenBucket bytes;
    int64_t statements = 0;
  };
  Use& UseOf(const Token& token, Time now);

  const int64_t statements_max_;
  mutable std::mutex mutex_;
  int64_t running_ = 0;
  std::map<std::string, std::unique_ptr<Use>> uses_;
};

}  // namespace artemis

// Calls back when a statement has taken too long. One thread for all statements of an engine, started by the first that has a
// limit.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <thread>
#include <utility>

namespace artemis {

// Thread-safe.
class StatementTimer {
 public:
  StatementTimer() = default;
  ~StatementTimer();

  StatementTimer(const StatementTimer&) = delete;
  StatementTimer& operator=(const StatementTimer&) = delete;

  // Calls `expired` on the timer's thread after `timeout_ms`, unless disarmed before. It must be short and call nothing here.
  int64_t Arm(int64_t timeout_ms, std::function<void()> expired);

  // `expired` of `id` is not called from now on, nor running when this returns.
  void Disarm(int64_t id);

 private:
  using Deadline = std::pair<std::chrono::steady_clock::time_point, int64_t>;

  void Run();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<Deadline, std::function<void()>> waiting_;
  std::map<int64_t, Deadline> deadlines_;
  int64_t next_id_ = 0;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace artemis

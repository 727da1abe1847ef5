// The callback runs under the lock, which is what makes Disarm final.
#include "artemis/sql/statement_timer.h"

namespace artemis {

StatementTimer::~StatementTimer() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

int64_t StatementTimer::Arm(int64_t timeout_ms, std::function<void()> expired) {
  std::lock_guard lock(mutex_);
  if (!thread_.joinable()) thread_ = std::thread([this] { Run(); });
  const int64_t id = next_id_++;
  const Deadline deadline(std::chrono::steady_clock::now() + std::chrono::milliseconds(timeout_ms),
                          id);
  waiting_.emplace(deadline, std::move(expired));
  deadlines_.emplace(id, deadline);
  changed_.notify_all();
  return id;
}

void StatementTimer::Disarm(int64_t id) {
  std::lock_guard lock(mutex_);
  const auto found = deadlines_.find(id);
  if (found == deadlines_.end()) return;
  waiting_.erase(found->second);
  deadlines_.erase(found);
}

void StatementTimer::Run() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    if (waiting_.empty()) {
      changed_.wait(lock);
      continue;
    }
    const auto first = waiting_.begin();
    const Deadline deadline = first->first;
    if (std::chrono::steady_clock::now() < deadline.first) {
      changed_.wait_until(lock, deadline.first);
      continue;
    }
    first->second();
    deadlines_.erase(deadline.second);
    waiting_.erase(first);
  }
}

}  // namespace artemis

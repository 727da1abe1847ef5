// Threads that draw the next item from a counter.
#include "artemis/base/parallel_for.h"

#include <algorithm>
#include <atomic>
#include <limits>
#include <mutex>
#include <thread>
#include <vector>

namespace artemis {

namespace {

class Failure {
 public:
  void Note(size_t item, arrow::Status status) {
    std::lock_guard lock(mutex_);
    if (item < item_) {
      item_ = item;
      status_ = std::move(status);
    }
    any_ = true;
  }
  bool any() const { return any_; }
  arrow::Status Take() { return std::move(status_); }

 private:
  std::mutex mutex_;
  std::atomic<bool> any_ = false;
  size_t item_ = std::numeric_limits<size_t>::max();
  arrow::Status status_;
};

}  // namespace

arrow::Status ParallelFor(size_t count, int threads,
                          const std::function<arrow::Status(size_t)>& work) {
  if (threads <= 0) {
    threads = static_cast<int>(std::clamp(std::thread::hardware_concurrency(), 1u, 8u));
  }
  std::atomic<size_t> next = 0;
  Failure failure;
  const auto run = [&] {
    for (size_t i = next++; i < count && !failure.any(); i = next++) {
      if (auto status = work(i); !status.ok()) failure.Note(i, std::move(status));
    }
  };
  {
    std::vector<std::jthread> others;
    const size_t wanted = std::min(count, static_cast<size_t>(threads));
    for (size_t i = 1; i < wanted; ++i) others.emplace_back(run);
    run();
  }
  return failure.Take();
}

}  // namespace artemis

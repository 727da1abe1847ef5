// One lock; it is held to choose the work, never while working.
#include "artemis/parquet/field_threads.h"

#include <algorithm>
#include <chrono>
#include <exception>
#include <new>
#include <system_error>
#include <utility>

namespace artemis {
namespace {

using FieldClock = std::chrono::steady_clock;

// An exception must not leave a thread.
arrow::Status RunField(const FieldThreads::Run& run, int field) {
  try {
    return run(field);
  } catch (const std::bad_alloc&) {
    return arrow::Status::OutOfMemory("out of memory while encoding a column");
  } catch (const std::exception& error) {
    return arrow::Status::UnknownError("encoding a column failed: ", error.what());
  }
}

}  // namespace

FieldThreads::FieldThreads(int threads, int fields)
    : thread_count_(threads), fields_(static_cast<size_t>(fields)) {}

FieldThreads::~FieldThreads() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  work_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

arrow::Status FieldThreads::Submit(int64_t bytes, Run run) {
  if (thread_count_ <= 1 || fields_.size() <= 1) return RunHere(run);
  ARROW_RETURN_NOT_OK(StartThreads());
  {
    std::lock_guard lock(mutex_);
    ARROW_RETURN_NOT_OK(failed_);
    stages_.push_back({std::move(run), bytes, static_cast<int>(fields_.size())});
    bytes_in_flight_ += bytes;
  }
  work_.notify_all();
  return arrow::Status::OK();
}

arrow::Status FieldThreads::RunHere(const Run& run) {
  for (size_t field = 0; failed_.ok() && field < fields_.size(); ++field) {
    failed_ = RunField(run, static_cast<int>(field));
  }
  return failed_;
}

arrow::Status FieldThreads::StartThreads() {
  if (!threads_.empty()) return arrow::Status::OK();
  const auto count = std::min(static_cast<size_t>(thread_count_), fields_.size());
  try {
    while (threads_.size() < count) threads_.emplace_back([this] { Work(); });
  } catch (const std::system_error& error) {
    // Fewer threads are slower, none are an error.
    if (threads_.empty()) {
      return arrow::Status::IOError("cannot start a thread to encode columns: ", error.what());
    }
  }
  return arrow::Status::OK();
}

void FieldThreads::Work() {
  std::unique_lock lock(mutex_);
  while (true) {
    int field = -1;
    work_.wait(lock, [&] { return stopping_ || (field = NextField()) >= 0; });
    if (stopping_) return;
    RunNext(field, lock);
  }
}

int FieldThreads::NextField() const {
  if (!failed_.ok()) return -1;
  const int64_t stages_end = first_stage_ + static_cast<int64_t>(stages_.size());
  int longest = -1;
  double longest_ns = -1;
  for (size_t i = 0; i < fields_.size(); ++i) {
    const Field& field = fields_[i];
    const int64_t waiting = stages_end - field.next_stage;
    if (field.running || waiting == 0) continue;
    const double stages_run = static_cast<double>(field.next_stage) + 1;
    const double ns =
        static_cast<double>(field.busy_ns) / stages_run * static_cast<double>(waiting);
    if (ns > longest_ns) {
      longest = static_cast<int>(i);
      longest_ns = ns;
    }
  }
  return longest;
}

void FieldThreads::RunNext(int number, std::unique_lock<std::mutex>& lock) {
  Field& field = fields_[static_cast<size_t>(number)];
  Stage& stage = stages_[static_cast<size_t>(field.next_stage - first_stage_)];
  field.running = true;
  ++running_;
  lock.unlock();
  const auto begun = FieldClock::now();
  arrow::Status status = RunField(stage.run, number);
  const auto busy = std::chrono::nanoseconds(FieldClock::now() - begun).count();
  lock.lock();
  --running_;
  field.running = false;
  field.busy_ns += busy;
  ++field.next_stage;
  --stage.fields_left;
  if (failed_.ok()) failed_ = std::move(status);
  FinishStages();
}

// A deque keeps its elements in place while others are added and removed at its ends, so a stage may be run unlocked.
void FieldThreads::FinishStages() {
  while (!stages_.empty() && stages_.front().fields_left == 0) {
    bytes_in_flight_ -= stages_.front().bytes;
    stages_.pop_front();
    ++first_stage_;
  }
  done_.notify_all();
  // The field is free for its next stage.
  if (!stages_.empty()) work_.notify_one();
}

arrow::Status FieldThreads::WaitBelow(int64_t bytes) {
  std::unique_lock lock(mutex_);
  done_.wait(lock, [&] { return bytes_in_flight_ <= bytes || (!failed_.ok() && running_ == 0); });
  return failed_;
}

arrow::Status FieldThreads::Drain() {
  std::unique_lock lock(mutex_);
  done_.wait(lock, [&] { return stages_.empty() || (!failed_.ok() && running_ == 0); });
  return failed_;
}

}  // namespace artemis

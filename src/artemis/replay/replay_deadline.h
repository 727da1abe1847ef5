// A time by which a replay has to be done, as a stop token beside the caller's own.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include <arrow/record_batch.h>
#include <arrow/status.h>
#include <arrow/util/cancel.h>

namespace artemis {

// The deadline passed: what was given out so far is right, and is not all.
class DeadlineExceeded : public arrow::StatusDetail {
 public:
  explicit DeadlineExceeded(int64_t limit) : limit_ms(limit) {}
  static constexpr const char* kTypeId = "artemis::DeadlineExceeded";
  const char* type_id() const override { return kTypeId; }
  std::string ToString() const override { return "DeadlineExceeded"; }

  int64_t limit_ms;
};

// Counts from when it is made. Thread-safe.
class ReplayDeadline {
 public:
  // Without a limit nothing but `stop` counts, and no thread is started. A limit of 0 or less has passed at once.
  ReplayDeadline(std::optional<int64_t> limit_ms, arrow::StopToken stop);
  ~ReplayDeadline();
  ReplayDeadline(const ReplayDeadline&) = delete;
  ReplayDeadline& operator=(const ReplayDeadline&) = delete;

  // Asked to stop at the deadline with DeadlineExceeded, and within 20 ms of `stop` with what that says. Valid while this lives.
  arrow::StopToken token();
  // OK, what `stop` says, or an IOError with DeadlineExceeded.
  arrow::Status Poll() const;

  // The same rows; ReadNext asks Poll first, so that a reader who dawdles past the deadline is told, too. Holds `deadline`, and what
  // else the rows need, for as long as they live.
  static std::shared_ptr<arrow::RecordBatchReader> Watch(
      std::shared_ptr<ReplayDeadline> deadline, std::shared_ptr<arrow::RecordBatchReader> rows,
      std::shared_ptr<const void> needed = nullptr);

 private:
  using Instant = std::chrono::steady_clock::time_point;
  arrow::Status Exceeded() const;
  void Wait();

  const std::optional<int64_t> limit_ms_;
  const arrow::StopToken stop_;
  const Instant end_;
  arrow::StopSource source_;
  std::mutex mutex_;
  std::condition_variable done_;
  bool is_done_ = false;
  std::thread waiter_;
};

}  // namespace artemis

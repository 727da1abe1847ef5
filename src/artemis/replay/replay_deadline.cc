// One thread that waits for the deadline.
#include "artemis/replay/replay_deadline.h"

#include <algorithm>
#include <utility>

namespace artemis {

namespace {

constexpr std::chrono::milliseconds kStopPollInterval{20};
// Beyond which clocks overflow.
constexpr int64_t kLimitMsMax = int64_t{1000} * 60 * 60 * 24 * 365;

class DeadlineReader : public arrow::RecordBatchReader {
 public:
  DeadlineReader(std::shared_ptr<ReplayDeadline> deadline, std::shared_ptr<const void> needed,
                 std::shared_ptr<arrow::RecordBatchReader> rows)
      : deadline_(std::move(deadline)), needed_(std::move(needed)), rows_(std::move(rows)) {}

  std::shared_ptr<arrow::Schema> schema() const override { return rows_->schema(); }
  arrow::Status ReadNext(std::shared_ptr<arrow::RecordBatch>* batch) override {
    *batch = nullptr;
    ARROW_RETURN_NOT_OK(deadline_->Poll());
    return rows_->ReadNext(batch);
  }
  arrow::Status Close() override { return rows_->Close(); }

 private:
  // Both outlive the rows, which poll the deadline's token.
  const std::shared_ptr<ReplayDeadline> deadline_;
  const std::shared_ptr<const void> needed_;
  const std::shared_ptr<arrow::RecordBatchReader> rows_;
};

}  // namespace

ReplayDeadline::ReplayDeadline(std::optional<int64_t> limit_ms, arrow::StopToken stop)
    : limit_ms_(limit_ms),
      stop_(std::move(stop)),
      end_(std::chrono::steady_clock::now() +
           std::chrono::milliseconds(std::min(limit_ms.value_or(0), kLimitMsMax))) {
  if (limit_ms_) waiter_ = std::thread([this] { Wait(); });
}

ReplayDeadline::~ReplayDeadline() {
  {
    std::lock_guard lock(mutex_);
    is_done_ = true;
  }
  done_.notify_all();
  if (waiter_.joinable()) waiter_.join();
}

arrow::StopToken ReplayDeadline::token() { return limit_ms_ ? source_.token() : stop_; }

arrow::Status ReplayDeadline::Poll() const {
  ARROW_RETURN_NOT_OK(stop_.Poll());
  if (limit_ms_ && std::chrono::steady_clock::now() >= end_) return Exceeded();
  return arrow::Status::OK();
}

arrow::Status ReplayDeadline::Exceeded() const {
  return arrow::Status(
      arrow::StatusCode::IOError,
      "the deadline of " + std::to_string(*limit_ms_) + " ms passed before all rows were read",
      std::make_shared<DeadlineExceeded>(*limit_ms_));
}

void ReplayDeadline::Wait() {
  std::unique_lock lock(mutex_);
  while (!is_done_) {
    if (auto status = Poll(); !status.ok()) {
      source_.RequestStop(std::move(status));
      return;
    }
    done_.wait_until(lock, std::min(end_, std::chrono::steady_clock::now() + kStopPollInterval));
  }
}

std::shared_ptr<arrow::RecordBatchReader> ReplayDeadline::Watch(
    std::shared_ptr<ReplayDeadline> deadline, std::shared_ptr<arrow::RecordBatchReader> rows,
    std::shared_ptr<const void> needed) {
  return std::make_shared<DeadlineReader>(std::move(deadline), std::move(needed), std::move(rows));
}

}  // namespace artemis

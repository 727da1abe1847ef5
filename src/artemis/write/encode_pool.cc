// A strand is on the pool at most once; while it is, it takes its jobs from the front.
#include "artemis/write/encode_pool.h"

#include <utility>

#include <arrow/util/thread_pool.h>

namespace artemis {

arrow::Result<std::unique_ptr<EncodePool>> EncodePool::Make(int threads) {
  std::unique_ptr<EncodePool> pool(new EncodePool());
  ARROW_ASSIGN_OR_RAISE(pool->threads_, arrow::internal::ThreadPool::Make(threads));
  return pool;
}

EncodePool::~EncodePool() { Stop(); }

arrow::Status EncodePool::Submit(Strand* strand, int64_t bytes,
                                 std::function<arrow::Status()> run) {
  {
    std::lock_guard lock(mutex_);
    ARROW_RETURN_NOT_OK(failed_);
    strand->waiting_.push_back({std::move(run), bytes});
    bytes_in_flight_ += bytes;
    if (strand->running_) return arrow::Status::OK();
    strand->running_ = true;
    ++strands_running_;
  }
  const arrow::Status spawned = threads_->Spawn([this, strand] { RunStrand(strand); });
  if (!spawned.ok()) {
    std::lock_guard lock(mutex_);
    DropWaiting(strand);
    strand->running_ = false;
    --strands_running_;
    failed_ = spawned;
  }
  return spawned;
}

void EncodePool::RunStrand(Strand* strand) {
  std::unique_lock lock(mutex_);
  while (!strand->waiting_.empty()) {
    if (stopped_ || !failed_.ok()) {
      DropWaiting(strand);
      break;
    }
    Strand::Job job = std::move(strand->waiting_.front());
    strand->waiting_.pop_front();
    lock.unlock();
    arrow::Status done = job.run();
    job.run = nullptr;
    lock.lock();
    if (failed_.ok()) failed_ = std::move(done);
    bytes_in_flight_ -= job.bytes;
    changed_.notify_all();
  }
  strand->running_ = false;
  --strands_running_;
  changed_.notify_all();
}

void EncodePool::DropWaiting(Strand* strand) {
  for (const Strand::Job& job : strand->waiting_) bytes_in_flight_ -= job.bytes;
  strand->waiting_.clear();
}

arrow::Status EncodePool::WaitBelow(int64_t bytes) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return bytes_in_flight_ <= bytes || strands_running_ == 0; });
  return failed_;
}

arrow::Status EncodePool::Drain() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return strands_running_ == 0; });
  return failed_;
}

void EncodePool::Stop() {
  std::unique_lock lock(mutex_);
  stopped_ = true;
  changed_.wait(lock, [&] { return strands_running_ == 0; });
}

}  // namespace artemis

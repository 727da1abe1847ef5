// Runs jobs on a few threads: jobs of one strand one after the other and in order, jobs of different strands side by side.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>

#include <arrow/result.h>
#include <arrow/util/type_fwd.h>

namespace artemis {

// A job comes with the bytes it holds; they count as in flight until it has run and is destroyed. After the first failure the
// jobs still waiting are dropped unrun.
class EncodePool {
 public:
  // A sequence of jobs; belongs to the one who submits and must live until Drain() or Stop().
  class Strand {
   private:
    friend class EncodePool;
    struct Job {
      std::function<arrow::Status()> run;
      int64_t bytes = 0;
    };
    std::deque<Job> waiting_;
    bool running_ = false;
  };

  static arrow::Result<std::unique_ptr<EncodePool>> Make(int threads);
  // As Stop().
  ~EncodePool();

  // Gives the first failure so far instead of taking the job.
  arrow::Status Submit(Strand* strand, int64_t bytes, std::function<arrow::Status()> run);
  // Waits until at most `bytes` are in flight. Gives the first failure.
  arrow::Status WaitBelow(int64_t bytes);
  // Waits until every job has run. Gives the first failure.
  arrow::Status Drain();
  // Drops what waits and waits for what runs.
  void Stop();

 private:
  EncodePool() = default;
  void RunStrand(Strand* strand);
  void DropWaiting(Strand* strand);

  std::mutex mutex_;
  std::condition_variable changed_;
  // All guarded by mutex_.
  int64_t bytes_in_flight_ = 0;
  int64_t strands_running_ = 0;
  bool stopped_ = false;
  arrow::Status failed_;
  // Last, so that it ends its threads before what they use is gone.
  std::shared_ptr<arrow::internal::ThreadPool> threads_;
};

}  // namespace artemis

// The one bounded pool of threads of a program; Arrow is handed it as its Executor.
#pragma once

#include <memory>

#include <arrow/result.h>

namespace arrow::internal {
class Executor;
class ThreadPool;
}  // namespace arrow::internal

namespace artemis {

// Thread-safe. Never run two Parquet writers column-parallel on one pool: Arrow deadlocks.
class WorkerPool {
 public:
  // 0 threads: as many as the machine runs at once. Invalid below 0 or above 4096.
  static arrow::Result<std::unique_ptr<WorkerPool>> Make(int threads = 0);
  // Waits for the tasks that were submitted.
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  // Lives as long as the pool.
  arrow::internal::Executor* executor() const;
  int threads() const { return threads_; }

 private:
  WorkerPool(std::shared_ptr<arrow::internal::ThreadPool> pool, int threads);

  std::shared_ptr<arrow::internal::ThreadPool> pool_;
  const int threads_;
};

}  // namespace artemis

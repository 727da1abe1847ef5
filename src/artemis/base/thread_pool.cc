// Arrow's own thread pool behind a small face.
#include "artemis/base/thread_pool.h"

#include <algorithm>
#include <thread>
#include <utility>

#include <arrow/util/thread_pool.h>

namespace artemis {

arrow::Result<std::unique_ptr<WorkerPool>> WorkerPool::Make(int threads) {
  if (threads < 0 || threads > 4096) {
    return arrow::Status::Invalid("threads: expected 0 to 4096, found ", threads);
  }
  if (threads == 0) threads = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  ARROW_ASSIGN_OR_RAISE(auto pool, arrow::internal::ThreadPool::Make(threads));
  return std::unique_ptr<WorkerPool>(new WorkerPool(std::move(pool), threads));
}

WorkerPool::WorkerPool(std::shared_ptr<arrow::internal::ThreadPool> pool, int threads)
    : pool_(std::move(pool)), threads_(threads) {}

// Warn prints whatever the status is.
WorkerPool::~WorkerPool() {
  const arrow::Status shut = pool_->Shutdown(/*wait=*/true);
  if (!shut.ok()) shut.Warn();
}

arrow::internal::Executor* WorkerPool::executor() const { return pool_.get(); }

}  // namespace artemis

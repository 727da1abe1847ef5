// Encodes the fields of a file side by side.
//
// Work comes in stages; a stage is one call for each field. A field goes through the stages in order, and no field waits for
// another: while one is busy with a batch, others are ahead with the next. A free thread takes the field whose waiting stages
// will take longest by what its stages took so far, so that a slow field is not what everybody waits for in the end.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include <arrow/result.h>

namespace artemis {

// All calls from one thread. After the first failure nothing more is run, and every call gives that failure.
class FieldThreads {
 public:
  using Run = std::function<arrow::Status(int field)>;

  // With one thread there is none but the caller's: Submit runs the stage and returns.
  FieldThreads(int threads, int fields);
  // Drops what waits and waits for what runs.
  ~FieldThreads();
  FieldThreads(const FieldThreads&) = delete;
  FieldThreads& operator=(const FieldThreads&) = delete;

  // Adds a stage. `run` is called once for each field, on any thread, and destroyed after its last call; what it holds counts as
  // `bytes` in flight until then. IOError when a thread cannot be made.
  arrow::Status Submit(int64_t bytes, Run run);
  // Waits until at most `bytes` are in flight.
  arrow::Status WaitBelow(int64_t bytes);
  // Waits until every stage is done.
  arrow::Status Drain();

 private:
  struct Stage {
    Run run;
    int64_t bytes = 0;
    int fields_left = 0;
  };
  struct Field {
    // The stage it takes next, counted from the first.
    int64_t next_stage = 0;
    bool running = false;
    int64_t busy_ns = 0;
  };

  arrow::Status RunHere(const Run& run);
  arrow::Status StartThreads();
  void Work();
  // The field to be worked on, or -1. Requires the lock.
  int NextField() const;
  void RunNext(int field, std::unique_lock<std::mutex>& lock);
  void FinishStages();

  const int thread_count_;
  std::mutex mutex_;
  std::condition_variable work_;
  std::condition_variable done_;
  // All guarded by mutex_. stages_[0] is number first_stage_.
  std::deque<Stage> stages_;
  int64_t first_stage_ = 0;
  std::vector<Field> fields_;
  int64_t bytes_in_flight_ = 0;
  int running_ = 0;
  bool stopping_ = false;
  arrow::Status failed_;
  std::vector<std::thread> threads_;
};

}  // namespace artemis

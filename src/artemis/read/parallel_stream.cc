// Three kinds of threads around one lock: openers, decoders, and whoever calls ReadNext.
//
// A decoder takes the next unit; where there is none it opens a file itself. Openers only run ahead of that, as far as files_max and the
// budget allow, and the further the more files have been read: a reader that stops soon has not opened many for nothing.
#include "artemis/read/parallel_stream.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <thread>

#include <arrow/util/byte_size.h>

#include "artemis/read/unit_reader.h"

namespace artemis {

namespace {

constexpr int kOpenersMax = 4;
// A stop has nobody to wake the threads: they look.
constexpr std::chrono::milliseconds kStopPoll{20};

class ParallelStream : public arrow::RecordBatchReader {
 public:
  ParallelStream(std::shared_ptr<const ReadContext> context, std::vector<ScanTask> tasks)
      : context_(std::move(context)), options_(context_->options), tasks_(std::move(tasks)) {}
  ~ParallelStream() override { Stop(); }

  std::shared_ptr<arrow::Schema> schema() const override { return context_->output_schema; }

  arrow::Status ReadNext(std::shared_ptr<arrow::RecordBatch>* batch) override {
    *batch = nullptr;
    Start();
    std::unique_lock lock(mutex_);
    while (queue_.empty() && decoders_ > 0 && failure_.ok()) {
      is_awaited_ = true;
      ready_.wait_for(lock, kStopPoll);
      is_awaited_ = false;
      if (failure_.ok()) failure_ = options_.stop.Poll();
    }
    if (failure_.ok() && !queue_.empty()) failure_ = options_.stop.Poll();
    if (!failure_.ok()) return Fail();
    if (queue_.empty()) return arrow::Status::OK();
    *batch = std::move(queue_.front().batch);
    queued_bytes_ -= queue_.front().bytes;
    queue_.pop_front();
    const bool has_room = waiting_for_room_ > 0 && queued_bytes_ < options_.buffer_bytes;
    lock.unlock();
    if (has_room) room_.notify_all();
    return arrow::Status::OK();
  }

  arrow::Status Close() override {
    Stop();
    return arrow::Status::OK();
  }

 private:
  struct Waiting {
    std::shared_ptr<arrow::RecordBatch> batch;
    int64_t bytes = 0;
  };

  // Requires the lock.
  arrow::Status Fail() {
    stopped_ = true;
    WakeWorkers();
    return failure_;
  }

  void Start() {
    if (started_) return;
    started_ = true;
    const auto tasks = static_cast<int>(tasks_.size());
    ahead_ = options_.threads;
    if (tasks == 0) return;
    const int openers =
        std::min({kOpenersMax, options_.files_max - options_.threads, tasks - options_.threads});
    // Set before, and not counted by: the first of them may be done before the last is started.
    decoders_ = options_.threads;
    for (int i = 0; i < options_.threads; ++i) workers_.emplace_back([this] { Decode(); });
    for (int i = 0; i < openers; ++i) workers_.emplace_back([this] { OpenAhead(); });
  }

  void Stop() {
    {
      std::lock_guard lock(mutex_);
      stopped_ = true;
      started_ = true;
    }
    WakeWorkers();
    for (auto& worker : workers_) worker.join();
    workers_.clear();
    units_.clear();
    queue_.clear();
    queued_bytes_ = 0;
  }

  void Decode() {
    const arrow::Status status = DecodeUnits();
    std::lock_guard lock(mutex_);
    Note(status);
    --decoders_;
    ready_.notify_all();
    changed_.notify_all();
  }

  void OpenAhead() {
    std::unique_lock lock(mutex_);
    while (!stopped_ && next_task_ < tasks_.size()) {
      const arrow::Status stop = options_.stop.Poll();
      if (!stop.ok()) return Note(stop);
      if (MayOpenAhead()) {
        Note(OpenNext(lock));
      } else {
        changed_.wait_for(lock, kStopPoll);
      }
    }
  }

  // Requires the lock.
  void Note(const arrow::Status& status) {
    if (status.ok()) return;
    if (failure_.ok()) failure_ = status;
    stopped_ = true;
    ready_.notify_all();
    WakeWorkers();
  }

  void WakeWorkers() {
    room_.notify_all();
    changed_.notify_all();
  }

  bool MayOpen() const { return next_task_ < tasks_.size() && open_files_ < options_.files_max; }
  bool MayOpenAhead() const {
    return MayOpen() &&
           static_cast<int64_t>(units_.size()) < std::min(ahead_, options_.files_max) &&
           held_bytes_ < options_.memory_bytes / 4;
  }

  // Opens the next file and adds its units. The lock is let go meanwhile.
  arrow::Status OpenNext(std::unique_lock<std::mutex>& lock) {
    const ScanTask& task = tasks_[next_task_++];
    ++open_files_;
    ++opening_;
    lock.unlock();
    auto units = OpenUnits(task);
    lock.lock();
    --opening_;
    changed_.notify_all();
    if (!units.ok()) return units.status();
    if (units->empty()) {
      --open_files_;
      return arrow::Status::OK();
    }
    const auto& file = units->front().file;
    held_bytes_ += file->held_bytes();
    units_of_[file.get()] = {0, static_cast<int64_t>(units->size())};
    std::move(units->begin(), units->end(), std::back_inserter(units_));
    return arrow::Status::OK();
  }

  // Few row groups are cut, so that each thread has some.
  arrow::Result<std::vector<ReadUnit>> OpenUnits(const ScanTask& task) const {
    ARROW_ASSIGN_OR_RAISE(auto file, OpenTask(*context_, task));
    const auto tasks = static_cast<int>(tasks_.size());
    const int wanted = tasks < options_.threads ? 2 * options_.threads : 1;
    const int groups = task.row_groups ? static_cast<int>(task.row_groups->size())
                                       : static_cast<int>(file->group_starts.size());
    ARROW_ASSIGN_OR_RAISE(auto units,
                          UnitsOf(*context_, file, wanted / std::max(1, tasks * groups)));
    if (units.empty()) NoteUnit(options_.progress.get(), *file, 0, 0);
    return units;
  }

  bool Fits(const ReadUnit& unit) const {
    const int64_t waiting = std::min(options_.buffer_bytes, options_.memory_bytes / 2);
    return decoding_ == 0 || decoding_bytes_ + unit.bytes <= options_.memory_bytes - waiting;
  }

  // The next unit; nullopt when there are no more, or none is wanted.
  arrow::Result<std::optional<ReadUnit>> TakeUnit() {
    std::unique_lock lock(mutex_);
    while (!stopped_) {
      ARROW_RETURN_NOT_OK(options_.stop.Poll());
      if (!units_.empty() && Fits(units_.front())) {
        std::optional<ReadUnit> unit(std::move(units_.front()));
        units_.pop_front();
        ++decoding_;
        decoding_bytes_ += unit->bytes;
        changed_.notify_all();
        return unit;
      }
      if (units_.empty() && MayOpen()) {
        ARROW_RETURN_NOT_OK(OpenNext(lock));
        continue;
      }
      if (units_.empty() && next_task_ == tasks_.size() && opening_ == 0) break;
      changed_.wait_for(lock, kStopPoll);
    }
    return std::optional<ReadUnit>();
  }

  void EndUnit(const OpenedFile* file, int64_t bytes) {
    std::lock_guard lock(mutex_);
    --decoding_;
    decoding_bytes_ -= bytes;
    const auto units = units_of_.find(file);
    auto& [done, all] = units->second;
    NoteUnit(options_.progress.get(), *file, ++done, all);
    if (done == all) {
      units_of_.erase(units);
      --open_files_;
      held_bytes_ -= file->held_bytes();
      ahead_ = std::min(ahead_ + 2, options_.files_max);
    }
    changed_.notify_all();
  }

  arrow::Status DecodeUnits() {
    while (true) {
      ARROW_ASSIGN_OR_RAISE(std::optional<ReadUnit> unit, TakeUnit());
      if (!unit) return arrow::Status::OK();
      const auto file = unit->file;
      const int64_t bytes = unit->bytes;
      const arrow::Status status = DecodeUnit(*std::move(unit));
      EndUnit(file.get(), bytes);
      ARROW_RETURN_NOT_OK(status);
    }
  }

  arrow::Status DecodeUnit(ReadUnit unit) {
    UnitReader reader(context_, std::move(unit));
    while (true) {
      ARROW_ASSIGN_OR_RAISE(auto batch, reader.Next());
      if (batch == nullptr) return arrow::Status::OK();
      ARROW_ASSIGN_OR_RAISE(const bool is_wanted, Push(std::move(batch)));
      if (!is_wanted) return arrow::Status::OK();
    }
  }

  // False when the stream is no longer wanted.
  arrow::Result<bool> Push(std::shared_ptr<arrow::RecordBatch> batch) {
    const int64_t bytes = arrow::util::TotalBufferSize(*batch);
    std::unique_lock lock(mutex_);
    while (!stopped_ && queued_bytes_ >= options_.buffer_bytes) {
      ++waiting_for_room_;
      room_.wait_for(lock, kStopPoll);
      --waiting_for_room_;
      ARROW_RETURN_NOT_OK(options_.stop.Poll());
    }
    if (stopped_) return false;
    queued_bytes_ += bytes;
    queue_.push_back({std::move(batch), bytes});
    const bool is_awaited = is_awaited_;
    lock.unlock();
    if (is_awaited) ready_.notify_one();
    return true;
  }

  const std::shared_ptr<const ReadContext> context_;
  const ReadOptions& options_;
  const std::vector<ScanTask> tasks_;
  std::vector<std::thread> workers_;
  bool started_ = false;

  std::mutex mutex_;
  // Something for ReadNext, which waits.
  std::condition_variable ready_;
  bool is_awaited_ = false;
  // Room for the batches of decoders, and how many of them wait. Nobody else is woken for each batch.
  std::condition_variable room_;
  int waiting_for_room_ = 0;
  // Units or files for decoders and openers, or an end.
  std::condition_variable changed_;
  size_t next_task_ = 0;
  // Files whose units are not all read, those being opened among them.
  int open_files_ = 0;
  int opening_ = 0;
  int64_t held_bytes_ = 0;
  // Of the open files, how many units are read, and how many there are.
  std::map<const OpenedFile*, std::pair<int64_t, int64_t>> units_of_;
  // As many units as this may wait before the openers rest.
  int ahead_ = 0;
  std::deque<ReadUnit> units_;
  int decoding_ = 0;
  int64_t decoding_bytes_ = 0;
  // Threads that decode and are not done.
  int decoders_ = 0;
  std::deque<Waiting> queue_;
  int64_t queued_bytes_ = 0;
  bool stopped_ = false;
  arrow::Status failure_;
};

}  // namespace

std::shared_ptr<arrow::RecordBatchReader> MakeParallelStream(
    std::shared_ptr<const ReadContext> context, std::vector<ScanTask> tasks) {
  return std::make_shared<ParallelStream>(std::move(context), std::move(tasks));
}

}  // namespace artemis

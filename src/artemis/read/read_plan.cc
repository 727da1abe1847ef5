// The stream over a plan: units taken by worker threads, batches handed over through a queue that is bounded in bytes.
#include "artemis/read/read_plan.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include <arrow/util/byte_size.h>

#include "artemis/read/task_reader.h"
#include "artemis/schema/arrow_schema.h"
#include "artemis/schema/metadata_columns.h"

namespace artemis {

namespace {

int64_t BytesOf(const arrow::RecordBatch& batch) { return arrow::util::TotalBufferSize(batch); }

// What one worker reads at a time.
struct ReadUnit {
  ScanTask task;
  RowGroupEnd end = RowGroupEnd::kAsChosen;
};

// Splits files into their row groups when there are too few files to keep the threads busy. Split offsets are what a writer noted
// down, not what the file holds: the last unit of a file takes whatever row groups follow.
std::vector<ReadUnit> SplitUnits(std::vector<ScanTask> tasks, int threads) {
  const bool split = threads > 1 && static_cast<int>(tasks.size()) < threads * 4;
  std::vector<ReadUnit> units;
  for (auto& task : tasks) {
    if (!split) {
      units.push_back({std::move(task)});
      continue;
    }
    const bool noted = !task.row_groups.has_value();
    std::vector<int> groups;
    if (task.row_groups) {
      groups = *task.row_groups;
    } else {
      for (size_t i = 0; i < task.file.split_offsets.size(); ++i)
        groups.push_back(static_cast<int>(i));
    }
    if (groups.size() < 2) {
      units.push_back({std::move(task)});
      continue;
    }
    for (size_t i = 0; i < groups.size(); ++i) {
      units.push_back({task, noted ? RowGroupEnd::kIfThere : RowGroupEnd::kAsChosen});
      auto& unit = units.back().task;
      unit.row_groups = std::vector<int>{groups[i]};
      if (!task.row_ranges.empty()) unit.row_ranges = {task.row_ranges[i]};
    }
    if (noted) units.back().end = RowGroupEnd::kToTheLast;
  }
  return units;
}

// Reads in plan order on the caller's thread.
class SerialReader : public arrow::RecordBatchReader {
 public:
  SerialReader(std::shared_ptr<const ReadContext> context, std::vector<ScanTask> tasks)
      : context_(std::move(context)), tasks_(std::move(tasks)) {}

  std::shared_ptr<arrow::Schema> schema() const override { return context_->output_schema; }
  // A failure stays: going on would leave rows out.
  arrow::Status ReadNext(std::shared_ptr<arrow::RecordBatch>* batch) override {
    *batch = nullptr;
    if (failure_.ok()) failure_ = Advance(batch);
    return failure_;
  }

 private:
  arrow::Status Advance(std::shared_ptr<arrow::RecordBatch>* batch) {
    while (true) {
      ARROW_RETURN_NOT_OK(context_->options.stop.Poll());
      if (reader_ == nullptr) {
        if (next_ == tasks_.size()) return arrow::Status::OK();
        ARROW_ASSIGN_OR_RAISE(reader_, TaskReader::Open(context_, tasks_[next_++]));
      }
      ARROW_ASSIGN_OR_RAISE(*batch, reader_->Next());
      if (*batch != nullptr) return arrow::Status::OK();
      reader_.reset();
    }
  }

  const std::shared_ptr<const ReadContext> context_;
  const std::vector<ScanTask> tasks_;
  size_t next_ = 0;
  std::unique_ptr<TaskReader> reader_;
  arrow::Status failure_;
};

class ParallelReader : public arrow::RecordBatchReader {
 public:
  ParallelReader(std::shared_ptr<const ReadContext> context, std::vector<ScanTask> tasks)
      : context_(std::move(context)),
        units_(SplitUnits(std::move(tasks), context_->options.threads)) {}
  ~ParallelReader() override { Stop(); }

  std::shared_ptr<arrow::Schema> schema() const override { return context_->output_schema; }

  arrow::Status ReadNext(std::shared_ptr<arrow::RecordBatch>* batch) override {
    Start();
    std::unique_lock lock(mutex_);
    ready_.wait(lock, [&] { return !queue_.empty() || running_ == 0 || !failure_.ok(); });
    ARROW_RETURN_NOT_OK(failure_);
    *batch = nullptr;
    if (queue_.empty()) return arrow::Status::OK();
    *batch = std::move(queue_.front());
    queue_.pop_front();
    queued_bytes_ -= BytesOf(**batch);
    space_.notify_all();
    return arrow::Status::OK();
  }

  arrow::Status Close() override {
    Stop();
    return arrow::Status::OK();
  }

 private:
  void Start() {
    if (started_) return;
    started_ = true;
    const int at_once =
        std::max(1, std::min(context_->options.threads, context_->options.files_max));
    // Not counted by running_: the first workers may be done before the last are started.
    const int count = std::min(at_once, static_cast<int>(units_.size()));
    running_ = count;
    for (int i = 0; i < count; ++i) workers_.emplace_back([this] { Work(); });
  }

  void Stop() {
    {
      std::lock_guard lock(mutex_);
      stopped_ = true;
      started_ = true;
    }
    space_.notify_all();
    for (auto& worker : workers_) worker.join();
    workers_.clear();
    queue_.clear();
  }

  void Work() {
    const auto status = ReadUnits();
    std::lock_guard lock(mutex_);
    if (!status.ok() && failure_.ok()) failure_ = status;
    if (!status.ok()) stopped_ = true;
    --running_;
    ready_.notify_all();
    space_.notify_all();
  }

  arrow::Status ReadUnits() {
    for (size_t unit = next_++; unit < units_.size(); unit = next_++) {
      ARROW_ASSIGN_OR_RAISE(const auto reader,
                            TaskReader::Open(context_, units_[unit].task, units_[unit].end));
      while (true) {
        ARROW_RETURN_NOT_OK(context_->options.stop.Poll());
        ARROW_ASSIGN_OR_RAISE(auto batch, reader->Next());
        if (batch == nullptr) break;
        if (!Push(std::move(batch))) return arrow::Status::OK();
      }
    }
    return arrow::Status::OK();
  }

  // False when the stream is no longer wanted.
  bool Push(std::shared_ptr<arrow::RecordBatch> batch) {
    std::unique_lock lock(mutex_);
    space_.wait(lock, [&] { return stopped_ || queued_bytes_ < context_->options.buffer_bytes; });
    if (stopped_) return false;
    queued_bytes_ += BytesOf(*batch);
    queue_.push_back(std::move(batch));
    ready_.notify_one();
    return true;
  }

  const std::shared_ptr<const ReadContext> context_;
  const std::vector<ReadUnit> units_;
  std::atomic<size_t> next_{0};
  std::mutex mutex_;
  std::condition_variable ready_;
  std::condition_variable space_;
  std::deque<std::shared_ptr<arrow::RecordBatch>> queue_;
  int64_t queued_bytes_ = 0;
  int running_ = 0;
  bool started_ = false;
  bool stopped_ = false;
  arrow::Status failure_;
  std::vector<std::thread> workers_;
};

// Cuts the stream at the limit and counts what goes through.
class CountedReader : public arrow::RecordBatchReader {
 public:
  CountedReader(std::shared_ptr<arrow::RecordBatchReader> rows, std::optional<int64_t> limit,
                std::shared_ptr<ReadCounters> counters)
      : rows_(std::move(rows)), left_(limit), counters_(std::move(counters)) {}

  std::shared_ptr<arrow::Schema> schema() const override { return rows_->schema(); }
  arrow::Status ReadNext(std::shared_ptr<arrow::RecordBatch>* batch) override {
    *batch = nullptr;
    if (left_ && *left_ <= 0) return rows_->Close();
    ARROW_RETURN_NOT_OK(rows_->ReadNext(batch));
    if (*batch == nullptr) return arrow::Status::OK();
    if (left_ && (*batch)->num_rows() > *left_) *batch = (*batch)->Slice(0, *left_);
    if (left_) *left_ -= (*batch)->num_rows();
    counters_->rows += (*batch)->num_rows();
    counters_->bytes += BytesOf(**batch);
    return arrow::Status::OK();
  }
  arrow::Status Close() override { return rows_->Close(); }

 private:
  const std::shared_ptr<arrow::RecordBatchReader> rows_;
  std::optional<int64_t> left_;
  const std::shared_ptr<ReadCounters> counters_;
};

arrow::Result<Field> OutputField(const TableView& view, FieldId id) {
  for (const Field& field : view.schema->fields) {
    if (field.id == id) return field;
  }
  const Field* reserved = FindMetadataColumn(id);
  if (reserved == nullptr || id == kDeletedPathColumn || id == kDeletedPositionColumn) {
    return arrow::Status::Invalid("field id ", id.value, " is no top-level column");
  }
  const bool is_lineage = id == kRowIdColumn || id == kLastUpdatedColumn;
  if (is_lineage && view.metadata->format_version < 3) {
    return arrow::Status::Invalid("column ", reserved->name,
                                  " needs format version 3, the table has ",
                                  view.metadata->format_version);
  }
  return *reserved;
}

arrow::Result<std::vector<Field>> OutputFields(const TableView& view, const ReadOptions& options) {
  std::vector<Field> fields;
  if (!options.columns) fields = view.schema->fields;
  for (const FieldId id : options.columns.value_or(std::vector<FieldId>())) {
    ARROW_ASSIGN_OR_RAISE(Field field, OutputField(view, id));
    fields.push_back(std::move(field));
  }
  if (options.positions) fields.push_back(*FindMetadataColumn(kPositionColumn));
  for (const Field& field : fields) ARROW_RETURN_NOT_OK(RefuseUnsupported(field, "read"));
  return fields;
}

}  // namespace

arrow::Result<std::shared_ptr<arrow::RecordBatchReader>> ReadPlan(
    ScanPlan plan, FileSystem& files, const ReadOptions& options,
    std::shared_ptr<ReadCounters> counters) {
  auto context = std::make_shared<ReadContext>();
  context->view = plan.view;
  context->files = &files;
  context->options = options;
  if (context->options.pool == nullptr) context->options.pool = arrow::system_memory_pool();
  ARROW_ASSIGN_OR_RAISE(context->output, OutputFields(plan.view, options));
  context->output_schema = ToArrowSchema(Schema{plan.view.schema->id, context->output, {}});
  context->deletes = std::make_shared<DeleteLoader>(files, plan.view.metadata);
  if (counters == nullptr) counters = std::make_shared<ReadCounters>();
  counters->files = static_cast<int64_t>(plan.tasks.size());
  std::shared_ptr<arrow::RecordBatchReader> rows;
  if (options.threads <= 1) {
    rows = std::make_shared<SerialReader>(std::move(context), std::move(plan.tasks));
  } else {
    rows = std::make_shared<ParallelReader>(std::move(context), std::move(plan.tasks));
  }
  return std::make_shared<CountedReader>(std::move(rows), options.limit, std::move(counters));
}

}  // namespace artemis

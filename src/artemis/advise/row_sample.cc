// Reads files one after the other and picks one row of each run.
#include "artemis/advise/row_sample.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <arrow/array/builder_primitive.h>
#include <arrow/compute/api_vector.h>
#include <arrow/datum.h>
#include <arrow/table.h>

#include "artemis/read/read_plan.h"
#include "artemis/scan/scan_plan.h"
#include "artemis/schema/arrow_schema.h"

namespace artemis {

namespace {

constexpr int64_t kDenseRowsMax = 65'536;

// SplitMix64 (Steele, Lea, Flood, OOPSLA 2014): a number of the run alone, so that the sample is the same each time, and in no step
// with a period of the rows.
uint64_t Scramble(uint64_t value) {
  value += 0x9E3779B97F4A7C15u;
  value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9u;
  value = (value ^ (value >> 27)) * 0x94D049BB133111EBu;
  return value ^ (value >> 31);
}

// Picks one row of each run of `run` rows (not a whole number), or every row.
class RowPicker {
 public:
  explicit RowPicker(double run) : run_(std::max(run, 1.0)) {}

  // Places in the next `count` rows that are picked.
  std::shared_ptr<arrow::Int64Array> Pick(int64_t count) {
    arrow::Int64Builder picked;
    const int64_t end = seen_ + count;
    for (int64_t at = Chosen(); at < end; at = Chosen()) {
      if (!picked.Append(at - seen_).ok()) break;
      ++next_run_;
    }
    seen_ = end;
    std::shared_ptr<arrow::Int64Array> array;
    if (!picked.Finish(&array).ok()) return nullptr;
    return array;
  }

 private:
  int64_t RunBegin(int64_t number) const {
    return static_cast<int64_t>(std::ceil(run_ * static_cast<double>(number)));
  }
  // The row that is picked of the next run.
  int64_t Chosen() const {
    const int64_t begin = RunBegin(next_run_);
    const int64_t length = std::max<int64_t>(1, RunBegin(next_run_ + 1) - begin);
    return begin + static_cast<int64_t>(Scramble(static_cast<uint64_t>(next_run_)) %
                                        static_cast<uint64_t>(length));
  }

  const double run_;
  int64_t next_run_ = 0;
  int64_t seen_ = 0;
};

// Every so-many-th task.
std::vector<ScanTask> ChooseTasks(std::vector<ScanTask> tasks, int64_t files_max) {
  const int64_t count = std::ssize(tasks);
  if (count <= files_max) return tasks;
  std::vector<ScanTask> chosen;
  for (int64_t i = 0; i < files_max; ++i) {
    chosen.push_back(std::move(tasks[static_cast<size_t>(i * count / files_max)]));
  }
  return chosen;
}

class Sampler {
 public:
  Sampler(ScanPlan plan, FileSystem& files, const RowSampleOptions& options)
      : plan_(std::move(plan)), files_(files), options_(options) {}

  arrow::Result<RowSample> Run() {
    RowSample sample;
    for (const auto& task : plan_.tasks) {
      sample.table_rows += task.file.record_count;
      sample.table_bytes += task.file.file_size_bytes;
    }
    sample.table_files = std::ssize(plan_.tasks);
    auto tasks = ChooseTasks(std::move(plan_.tasks), options_.files_max);
    for (const auto& task : tasks) rows_to_read_ += task.file.record_count;
    RowPicker picker(static_cast<double>(rows_to_read_) /
                     static_cast<double>(std::max<int64_t>(options_.rows_max, 1)));
    for (auto& task : tasks) {
      ARROW_RETURN_NOT_OK(ReadFile(std::move(task), &picker));
      sample.file_ends.push_back(rows_picked_);
    }
    ARROW_ASSIGN_OR_RAISE(sample.rows, Combine());
    sample.dense_rows = dense_ != nullptr ? dense_ : sample.rows->Slice(0, 0);
    return sample;
  }

 private:
  arrow::Status ReadFile(ScanTask task, RowPicker* picker) {
    ScanPlan one;
    one.view = plan_.view;
    one.predicate = plan_.predicate;
    one.tasks.push_back(std::move(task));
    ReadOptions read;
    read.threads = 1;
    read.files_max = 1;
    read.stop = options_.stop;
    ARROW_ASSIGN_OR_RAISE(const auto reader, ReadPlan(std::move(one), files_, read));
    std::shared_ptr<arrow::RecordBatch> batch;
    while (true) {
      ARROW_RETURN_NOT_OK(reader->ReadNext(&batch));
      if (batch == nullptr) return arrow::Status::OK();
      rows_read_ += batch->num_rows();
      if (dense_ == nullptr) dense_ = batch->Slice(0, std::min(batch->num_rows(), kDenseRowsMax));
      if (options_.progress) options_.progress(rows_read_, rows_to_read_);
      ARROW_RETURN_NOT_OK(Keep(batch, picker->Pick(batch->num_rows())));
    }
  }

  arrow::Status Keep(const std::shared_ptr<arrow::RecordBatch>& batch,
                     const std::shared_ptr<arrow::Int64Array>& picked) {
    if (picked == nullptr) return arrow::Status::OutOfMemory("no memory for a sample of rows");
    if (picked->length() == 0) return arrow::Status::OK();
    rows_picked_ += picked->length();
    if (picked->length() == batch->num_rows()) {
      batches_.push_back(batch);
      return arrow::Status::OK();
    }
    ARROW_ASSIGN_OR_RAISE(
        const auto taken,
        arrow::compute::Take(arrow::Datum(batch),
                             arrow::Datum(std::static_pointer_cast<arrow::Array>(picked))));
    batches_.push_back(taken.record_batch());
    return arrow::Status::OK();
  }

  arrow::Result<std::shared_ptr<arrow::RecordBatch>> Combine() const {
    const auto schema = ToArrowSchema(*plan_.view.schema);
    if (batches_.empty()) return arrow::RecordBatch::MakeEmpty(schema);
    return arrow::ConcatenateRecordBatches(batches_);
  }

  ScanPlan plan_;
  FileSystem& files_;
  const RowSampleOptions& options_;
  int64_t rows_to_read_ = 0, rows_read_ = 0, rows_picked_ = 0;
  arrow::RecordBatchVector batches_;
  // The first batch, which ReadPlan keeps at 65,536 rows at most.
  std::shared_ptr<arrow::RecordBatch> dense_;
};

}  // namespace

arrow::Result<RowSample> SampleRows(const TableView& view, FileSystem& files,
                                    const RowSampleOptions& options) {
  PlanOptions plan_options;
  plan_options.prune_row_groups = false;
  ARROW_ASSIGN_OR_RAISE(auto plan, PlanScan(view, BoundPredicate::True(), files, plan_options));
  return Sampler(std::move(plan), files, options).Run();
}

}  // namespace artemis

// External merge sort over a spill file.
#include "artemis/write/spilled_rows.h"

#include <algorithm>
#include <utility>

#include <arrow/util/byte_size.h>

#include "artemis/layout/sorted_rows.h"

namespace artemis {
namespace {

// Of a batch in the file: large enough to be read in one go at full speed.
constexpr int64_t kSpillBatchBytes = int64_t{1} << 20;
constexpr int64_t kRunBatchBytesMin = int64_t{32} << 10;
constexpr size_t kRunsMergedMax = 64;
// What merging takes of the runs' batches: themselves, what is cut off them, and that sorted.
constexpr int64_t kMergeCopies = 3;

}  // namespace

int64_t SpilledRows::RowsIn(int64_t bytes) const {
  const double row_bytes = static_cast<double>(bytes_) / static_cast<double>(rows_);
  return std::max<int64_t>(1, static_cast<int64_t>(static_cast<double>(bytes) / row_bytes));
}

// Of every batch of a run that is one of many merged.
int64_t SpilledRows::RunBatchRows() const {
  const auto batches = static_cast<int64_t>(kRunsMergedMax) * kMergeCopies;
  return RowsIn(std::max(memory_bytes_ / batches, kRunBatchBytesMin));
}

arrow::Status SpilledRows::Add(RecordBatches rows) {
  RecordBatches group;
  int64_t bytes = 0;
  for (auto& batch : rows) {
    ARROW_ASSIGN_OR_RAISE(const int64_t batch_bytes, arrow::util::ReferencedBufferSize(*batch));
    bytes += batch_bytes;
    group.push_back(std::move(batch));
    if (bytes < kSpillBatchBytes) continue;
    ARROW_RETURN_NOT_OK(WriteBatches(std::exchange(group, {})));
    bytes = 0;
  }
  return group.empty() ? arrow::Status::OK() : WriteBatches(group);
}

arrow::Status SpilledRows::WriteBatches(const RecordBatches& rows) {
  ARROW_ASSIGN_OR_RAISE(const auto all, arrow::ConcatenateRecordBatches(rows, pool_));
  int64_t first = 0;
  while (first < all->num_rows()) {
    // The first batch tells how large rows are.
    const int64_t count = rows_ == 0 ? 1024 : RowsIn(std::min(kSpillBatchBytes, memory_bytes_));
    ARROW_ASSIGN_OR_RAISE(const SpilledBatch place, file_->Write(*all->Slice(first, count)));
    batches_.push_back(place);
    bytes_ += place.bytes;
    rows_ += place.rows;
    first += place.rows;
  }
  return arrow::Status::OK();
}

arrow::Status SpilledRows::Visit(const BatchSink& sink) const {
  for (const SpilledBatch& place : batches_) {
    ARROW_ASSIGN_OR_RAISE(const auto batch, file_->Read(place));
    ARROW_RETURN_NOT_OK(sink(batch));
  }
  return arrow::Status::OK();
}

arrow::Result<SpilledRows::Run> SpilledRows::SortRun(const RowOrdering& ordering,
                                                     RecordBatches rows) {
  SortRowsOptions options;
  options.pool = pool_;
  ARROW_ASSIGN_OR_RAISE(const auto sorted, SortedRows::Make(std::move(rows), ordering, options));
  const int64_t batch_rows = RunBatchRows();
  Run run;
  for (int64_t first = 0; first < sorted.num_rows(); first += batch_rows) {
    ARROW_ASSIGN_OR_RAISE(const auto batch, sorted.Gather(first, batch_rows));
    ARROW_ASSIGN_OR_RAISE(run.emplace_back(), file_->Write(*batch));
  }
  return run;
}

arrow::Result<std::vector<SpilledRows::Run>> SpilledRows::MakeRuns(const RowOrdering& ordering) {
  std::vector<Run> runs;
  RecordBatches rows;
  int64_t bytes = 0;
  for (const SpilledBatch& place : std::exchange(batches_, {})) {
    if (!rows.empty() && bytes + place.bytes > memory_bytes_) {
      ARROW_ASSIGN_OR_RAISE(runs.emplace_back(), SortRun(ordering, std::exchange(rows, {})));
      bytes = 0;
    }
    ARROW_ASSIGN_OR_RAISE(rows.emplace_back(), file_->Read(place));
    file_->Release(place);
    bytes += place.bytes;
  }
  if (!rows.empty()) {
    ARROW_ASSIGN_OR_RAISE(runs.emplace_back(), SortRun(ordering, std::move(rows)));
  }
  return runs;
}

BatchSource SpilledRows::SourceOf(Run run) const {
  return [file = file_, run = std::move(run),
          next = size_t{0}]() mutable -> arrow::Result<std::shared_ptr<arrow::RecordBatch>> {
    if (next == run.size()) return nullptr;
    auto batch = file->Read(run[next]);
    file->Release(run[next++]);
    return batch;
  };
}

arrow::Status SpilledRows::Merge(std::vector<Run> runs, const RowOrdering& ordering,
                                 const BatchSink& sink) {
  std::vector<BatchSource> sources;
  for (Run& run : runs) sources.push_back(SourceOf(std::move(run)));
  return MergeRuns(std::move(sources), ordering, RunBatchRows(), pool_, sink);
}

arrow::Status SpilledRows::TakeSorted(const RowOrdering& ordering, const BatchSink& sink) {
  ARROW_ASSIGN_OR_RAISE(auto made, MakeRuns(ordering));
  std::deque<Run> runs(std::make_move_iterator(made.begin()), std::make_move_iterator(made.end()));
  while (runs.size() > kRunsMergedMax) {
    const auto end = runs.begin() + static_cast<ptrdiff_t>(kRunsMergedMax);
    std::vector<Run> first(std::make_move_iterator(runs.begin()), std::make_move_iterator(end));
    runs.erase(runs.begin(), end);
    Run merged;
    ARROW_RETURN_NOT_OK(Merge(std::move(first), ordering, [&](const auto& batch) -> arrow::Status {
      ARROW_ASSIGN_OR_RAISE(merged.emplace_back(), file_->Write(*batch));
      return arrow::Status::OK();
    }));
    runs.push_back(std::move(merged));
  }
  return Merge({std::make_move_iterator(runs.begin()), std::make_move_iterator(runs.end())},
               ordering, sink);
}

}  // namespace artemis

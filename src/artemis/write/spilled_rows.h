// One partition's rows in a spill file: put there as they come, handed out again as they came or sorted.
//
// Sorting rows that do not fit in memory: (1) as many rows as fit are read, sorted and written back as a run, until all are in runs;
// (2) while there are more runs than can be merged at once, the first of them are merged into one; (3) the rest are merged
// and handed out (layout/merge_runs.h).
#pragma once

#include <cstdint>
#include <deque>
#include <vector>

#include <arrow/result.h>

#include "artemis/layout/merge_runs.h"
#include "artemis/layout/spill_file.h"
#include "artemis/write/row_pieces.h"

namespace artemis {

// One thread at a time; several of them may share a file.
class SpilledRows {
 public:
  // `memory_bytes`: what is sorted or merged in memory at a time. All outlive this.
  SpilledRows(SpillFile* file, int64_t memory_bytes, arrow::MemoryPool* pool)
      : file_(file), memory_bytes_(memory_bytes), pool_(pool) {}

  // Puts the rows aside, after those that are there.
  arrow::Status Add(RecordBatches rows);

  int64_t rows() const { return rows_; }
  int64_t bytes() const { return bytes_; }

  // Hands out the rows as they came. They stay.
  arrow::Status Visit(const BatchSink& sink) const;
  // Hands out the rows sorted, and ends this.
  arrow::Status TakeSorted(const RowOrdering& ordering, const BatchSink& sink);

 private:
  using Run = std::vector<SpilledBatch>;

  arrow::Result<std::vector<Run>> MakeRuns(const RowOrdering& ordering);
  arrow::Result<Run> SortRun(const RowOrdering& ordering, RecordBatches rows);
  arrow::Status Merge(std::vector<Run> runs, const RowOrdering& ordering, const BatchSink& sink);
  // Writes rows that lie together in memory, in batches of a fair size.
  arrow::Status WriteBatches(const RecordBatches& rows);
  BatchSource SourceOf(Run run) const;
  // Rows of a batch that takes about `bytes`, by what this partition's rows take.
  int64_t RowsIn(int64_t bytes) const;
  int64_t RunBatchRows() const;

  SpillFile* file_;
  int64_t memory_bytes_;
  arrow::MemoryPool* pool_;
  std::vector<SpilledBatch> batches_;
  int64_t rows_ = 0;
  int64_t bytes_ = 0;
};

}  // namespace artemis

// Merges sorted runs of rows into one sorted stream, in bounded memory.
//
// Every run has one batch in memory. In each round the run whose batch ends first says how far all runs can go: the rows up to that
// key are cut off every run's batch, sorted as one, and handed out; batches that are used up are followed by their run's next.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include <arrow/memory_pool.h>
#include <arrow/record_batch.h>
#include <arrow/result.h>

#include "artemis/layout/row_ordering.h"

namespace artemis {

using BatchSource = std::function<arrow::Result<std::shared_ptr<arrow::RecordBatch>>()>;
using BatchSink = std::function<arrow::Status(const std::shared_ptr<arrow::RecordBatch>&)>;

// Hands the rows of all runs to `sink` in order. A source gives its run's batches, sorted by `ordering` and following each other, and
// null at its end. Batches are of any size; those handed out have at most `batch_rows` rows. The same runs give the same rows in the same
// order; rows with equal keys come in no particular one. Memory: three times the runs' batches. Fails as sources, sink and keys do.
arrow::Status MergeRuns(std::vector<BatchSource> runs, const RowOrdering& ordering,
                        int64_t batch_rows, arrow::MemoryPool* pool, const BatchSink& sink);

}  // namespace artemis

// Clusters rows along a Z-order or Hilbert curve (layout/clustering.h).
//
// Steps: (1) a sample of the rows gives each column its quantiles (rank_keys.h); (2) every value becomes its rank among them; (3) the
// ranks of a row become its place on the curve, one 64-bit key (zorder_keys.h, hilbert_keys.h); (4) the rows are sorted by key, rows
// of one key in the order they came (radix_sort.h), and gathered.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include <arrow/memory_pool.h>
#include <arrow/record_batch.h>
#include <arrow/result.h>

#include "artemis/layout/clustering.h"

namespace artemis {

struct ClusterBatchesOptions {
  // Rows in each batch of the result but the last.
  int64_t batch_rows = 65536;
  // Rows whose values give the quantiles; all of them where there are fewer. Which rows those are is a function of their number alone.
  int64_t sample_rows = 65536;
  // Ranks and keys are computed on this many threads; 0: one for each processor.
  int threads = 1;
  arrow::MemoryPool* pool = nullptr;
};

// All rows of `batches`, clustered as one; the same for the same rows in the same order, however they are cut into batches and on any
// number of threads. Batches have the schema ToArrowSchema(schema). Nulls come before every value of their column, NaN after. Without
// a clustering nothing changes.
//
// Memory: the rows twice, and 24 bytes a row. Invalid: a clustering that CheckClustering refuses, more than 2^31-1 rows, more than
// 2 GiB in one string column.
arrow::Result<std::vector<std::shared_ptr<arrow::RecordBatch>>> ClusterBatches(
    std::vector<std::shared_ptr<arrow::RecordBatch>> batches, const Schema& schema,
    const Clustering& clustering, const ClusterBatchesOptions& options = {});

}  // namespace artemis

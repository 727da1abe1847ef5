// The keys of rows along a clustering's curve: ranks of a sample (rank_keys.h), then a place on the curve.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include <arrow/memory_pool.h>
#include <arrow/record_batch.h>
#include <arrow/result.h>

#include "artemis/layout/clustering.h"
#include "artemis/layout/rank_keys.h"

namespace artemis {

// Immutable. Keys of different batches compare.
class ClusterKeys {
 public:
  // The key of each row, computed on `threads` threads (0: one for each processor). `batch` has the schema the sample was made with.
  // Columns of strings or binaries may be dictionary arrays of them.
  arrow::Result<std::vector<uint64_t>> Make(const arrow::RecordBatch& batch, int threads,
                                            arrow::MemoryPool* pool) const;
  // The same into `keys`, which has as many places as the batch has rows.
  arrow::Status Fill(const arrow::RecordBatch& batch, int threads, arrow::MemoryPool* pool,
                     std::span<uint64_t> keys) const;

 private:
  friend class ClusterSample;
  ClusterKeys(Schema schema, Clustering clustering, std::vector<ColumnRanks> ranks)
      : schema_(std::move(schema)), clustering_(std::move(clustering)), ranks_(std::move(ranks)) {}

  Schema schema_;
  Clustering clustering_;
  std::vector<ColumnRanks> ranks_;
};

// Picks at most `sample_rows` of `rows` rows, and at least half as many; all where there are no more. Rows are counted off in stretches of one
// length, and one row of each is picked: which, depends on the stretch's number alone and looks random, so that no period of the rows meets
// one of the sample.
class ClusterSample {
 public:
  // Requires a clustering that CheckClustering accepts and that is not none.
  ClusterSample(Schema schema, Clustering clustering, int64_t rows, int64_t sample_rows,
                arrow::MemoryPool* pool);

  // The next rows, of the schema ToArrowSchema(schema). Holds copies of what is picked.
  arrow::Status Add(const arrow::RecordBatch& batch);
  // Requires that all rows were added.
  arrow::Result<ClusterKeys> Finish();

 private:
  Schema schema_;
  Clustering clustering_;
  arrow::MemoryPool* pool_;
  const int64_t rows_;
  const int64_t stretch_rows_;
  int64_t rows_seen_ = 0;
  // The number of the stretch whose row is picked next.
  int64_t stretch_ = 0;
  // By column of the clustering.
  std::vector<arrow::ArrayVector> picked_;
};

}  // namespace artemis

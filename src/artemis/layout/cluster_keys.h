// The keys of rows along a clustering's curve: ranks of a sample (rank_keys.h), then a place on the curve.
#pragma once

#include <cstdint>
#include <memory>
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
  arrow::Result<std::vector<uint64_t>> Make(const arrow::RecordBatch& batch, int threads,
                                            arrow::MemoryPool* pool) const;

 private:
  friend class ClusterSample;
  ClusterKeys(Schema schema, Clustering clustering, std::vector<ColumnRanks> ranks)
      : schema_(std::move(schema)), clustering_(std::move(clustering)), ranks_(std::move(ranks)) {}

  Schema schema_;
  Clustering clustering_;
  std::vector<ColumnRanks> ranks_;
};

// Picks about `sample_rows` of `rows` rows, all where there are no more. Which ones depends on the rows' numbers alone, and looks random, so
// that no period of the rows meets one of the sample.
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
  // A row is picked when the hash of its number is no greater.
  uint64_t hash_max_;
  int64_t rows_seen_ = 0;
  // By column of the clustering.
  std::vector<arrow::ArrayVector> picked_;
};

}  // namespace artemis

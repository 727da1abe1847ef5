// Samples rows, and computes keys a slice of the rows at a time.
#include "artemis/layout/cluster_keys.h"

#include <algorithm>

#include <arrow/array/concatenate.h>
#include <arrow/compute/api_vector.h>
#include <arrow/compute/exec.h>

#include "artemis/base/parallel_for.h"
#include "artemis/layout/hilbert_keys.h"
#include "artemis/layout/source_column.h"
#include "artemis/layout/zorder_keys.h"

namespace artemis {
namespace {

// So many rows' ranks are held at a time by a thread: they stay in its cache.
constexpr int64_t kKeySliceRows = int64_t{1} << 15;

// The finaliser of SplitMix64 (Steele, Lea, Flood, OOPSLA 2014).
uint64_t HashRowNumber(int64_t row) {
  uint64_t hash = static_cast<uint64_t>(row) * 0x9E3779B97F4A7C15u + 0x9E3779B97F4A7C15u;
  hash = (hash ^ (hash >> 30)) * 0xBF58476D1CE4E5B9u;
  hash = (hash ^ (hash >> 27)) * 0x94D049BB133111EBu;
  return hash ^ (hash >> 31);
}

uint64_t HashMax(int64_t rows, int64_t sample_rows) {
  if (rows <= sample_rows) return ~uint64_t{0};
  const double share = static_cast<double>(sample_rows) / static_cast<double>(rows);
  return static_cast<uint64_t>(share * 0x1p64);
}

arrow::Result<arrow::ArrayVector> ClusterColumns(const arrow::RecordBatch& batch,
                                                 const Schema& schema, const Clustering& clustering,
                                                 arrow::MemoryPool* pool) {
  arrow::ArrayVector columns;
  for (const FieldId id : clustering.columns) {
    ARROW_ASSIGN_OR_RAISE(columns.emplace_back(),
                          TransformedColumn(batch, schema, id, Transform{}, pool));
    // Counted here, so that threads only read it.
    static_cast<void>(columns.back()->null_count());
  }
  return columns;
}

}  // namespace

arrow::Result<std::vector<uint64_t>> ClusterKeys::Make(const arrow::RecordBatch& batch, int threads,
                                                       arrow::MemoryPool* pool) const {
  ARROW_ASSIGN_OR_RAISE(const auto columns, ClusterColumns(batch, schema_, clustering_, pool));
  const int bits = CurveBits(columns.size());
  std::vector<uint64_t> keys(static_cast<size_t>(batch.num_rows()));
  const auto slices = static_cast<size_t>((batch.num_rows() + kKeySliceRows - 1) / kKeySliceRows);
  ARROW_RETURN_NOT_OK(ParallelFor(slices, threads, [&](size_t slice) {
    const auto first = static_cast<int64_t>(slice) * kKeySliceRows;
    const auto rows = std::min(kKeySliceRows, batch.num_rows() - first);
    std::vector<std::vector<uint32_t>> ranks(columns.size());
    for (size_t c = 0; c < columns.size(); ++c) {
      ranks[c].resize(static_cast<size_t>(rows));
      ranks_[c].Fill(*columns[c]->Slice(first, rows), ranks[c]);
    }
    const auto out = std::span(keys).subspan(static_cast<size_t>(first), static_cast<size_t>(rows));
    if (clustering_.kind == ClusteringKind::kHilbert) {
      HilbertKeys(ranks, bits, out);
    } else {
      ZOrderKeys(ranks, bits, out);
    }
    return arrow::Status::OK();
  }));
  return keys;
}

ClusterSample::ClusterSample(Schema schema, Clustering clustering, int64_t rows,
                             int64_t sample_rows, arrow::MemoryPool* pool)
    : schema_(std::move(schema)),
      clustering_(std::move(clustering)),
      pool_(pool),
      hash_max_(HashMax(rows, sample_rows)),
      picked_(clustering_.columns.size()) {}

arrow::Status ClusterSample::Add(const arrow::RecordBatch& batch) {
  std::vector<int64_t> rows;
  for (int64_t row = 0; row < batch.num_rows(); ++row) {
    if (HashRowNumber(rows_seen_ + row) <= hash_max_) rows.push_back(row);
  }
  rows_seen_ += batch.num_rows();
  ARROW_ASSIGN_OR_RAISE(const auto columns, ClusterColumns(batch, schema_, clustering_, pool_));
  const arrow::Int64Array indices(static_cast<int64_t>(rows.size()), arrow::Buffer::Wrap(rows));
  arrow::compute::ExecContext context(pool_);
  for (size_t c = 0; c < columns.size(); ++c) {
    ARROW_ASSIGN_OR_RAISE(
        const arrow::Datum taken,
        arrow::compute::Take(columns[c], indices.data(),
                             arrow::compute::TakeOptions::NoBoundsCheck(), &context));
    picked_[c].push_back(taken.make_array());
  }
  return arrow::Status::OK();
}

arrow::Result<ClusterKeys> ClusterSample::Finish() {
  std::vector<ColumnRanks> ranks;
  for (const auto& arrays : picked_) {
    ARROW_ASSIGN_OR_RAISE(const auto sample, arrow::Concatenate(arrays, pool_));
    ARROW_ASSIGN_OR_RAISE(auto column, ColumnRanks::Make(*sample, CurveBits(picked_.size())));
    ranks.push_back(std::move(column));
  }
  return ClusterKeys(schema_, clustering_, std::move(ranks));
}

}  // namespace artemis

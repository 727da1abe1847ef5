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
uint64_t HashNumber(int64_t number) {
  uint64_t hash = static_cast<uint64_t>(number) * 0x9E3779B97F4A7C15u + 0x9E3779B97F4A7C15u;
  hash = (hash ^ (hash >> 30)) * 0xBF58476D1CE4E5B9u;
  hash = (hash ^ (hash >> 27)) * 0x94D049BB133111EBu;
  return hash ^ (hash >> 31);
}

int64_t StretchRows(int64_t rows, int64_t sample_rows) {
  const int64_t wanted = std::max<int64_t>(1, sample_rows);
  return std::max<int64_t>(1, (rows + wanted - 1) / wanted);
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
  std::vector<uint64_t> keys(static_cast<size_t>(batch.num_rows()));
  ARROW_RETURN_NOT_OK(Fill(batch, threads, pool, keys));
  return keys;
}

arrow::Status ClusterKeys::Fill(const arrow::RecordBatch& batch, int threads,
                                arrow::MemoryPool* pool, std::span<uint64_t> keys) const {
  ARROW_ASSIGN_OR_RAISE(const auto columns, ClusterColumns(batch, schema_, clustering_, pool));
  const int bits = CurveBits(columns.size());
  const auto slices = static_cast<size_t>((batch.num_rows() + kKeySliceRows - 1) / kKeySliceRows);
  return ParallelFor(slices, threads, [&](size_t slice) {
    const auto first = static_cast<int64_t>(slice) * kKeySliceRows;
    const auto rows = std::min(kKeySliceRows, batch.num_rows() - first);
    std::vector<std::vector<uint32_t>> ranks(columns.size());
    for (size_t c = 0; c < columns.size(); ++c) {
      ranks[c].resize(static_cast<size_t>(rows));
      ranks_[c].Fill(*columns[c]->Slice(first, rows), ranks[c]);
    }
    const auto out = keys.subspan(static_cast<size_t>(first), static_cast<size_t>(rows));
    if (clustering_.kind == ClusteringKind::kHilbert) {
      HilbertKeys(ranks, bits, out);
    } else {
      ZOrderKeys(ranks, bits, out);
    }
    return arrow::Status::OK();
  });
}

ClusterSample::ClusterSample(Schema schema, Clustering clustering, int64_t rows,
                             int64_t sample_rows, arrow::MemoryPool* pool)
    : schema_(std::move(schema)),
      clustering_(std::move(clustering)),
      pool_(pool),
      rows_(rows),
      stretch_rows_(StretchRows(rows, sample_rows)),
      picked_(clustering_.columns.size()) {}

arrow::Status ClusterSample::Add(const arrow::RecordBatch& batch) {
  std::vector<int64_t> rows;
  const int64_t end = rows_seen_ + batch.num_rows();
  while (stretch_ * stretch_rows_ < rows_) {
    const int64_t first = stretch_ * stretch_rows_;
    const auto length = static_cast<uint64_t>(std::min(stretch_rows_, rows_ - first));
    const int64_t picked = first + static_cast<int64_t>(HashNumber(stretch_) % length);
    if (picked >= end) break;
    rows.push_back(picked - rows_seen_);
    ++stretch_;
  }
  rows_seen_ = end;
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

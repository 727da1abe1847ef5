// Lays each column end to end, sorts row numbers by key, and gathers by them.
#include "artemis/layout/sorted_rows.h"

#include <algorithm>
#include <limits>
#include <span>

#include <arrow/array.h>
#include <arrow/array/concatenate.h>
#include <arrow/compute/api_vector.h>
#include <arrow/compute/exec.h>

#include "artemis/base/parallel_for.h"

namespace artemis {
namespace {

using Batches = std::vector<std::shared_ptr<arrow::RecordBatch>>;

arrow::Result<std::shared_ptr<arrow::RecordBatch>> LaidEndToEnd(Batches batches, int threads,
                                                                arrow::MemoryPool* pool) {
  if (batches.size() == 1) return batches[0];
  const auto schema = batches[0]->schema();
  int64_t rows = 0;
  std::vector<arrow::ArrayVector> pieces(static_cast<size_t>(schema->num_fields()));
  for (auto& batch : batches) {
    rows += batch->num_rows();
    for (size_t i = 0; i < pieces.size(); ++i) {
      pieces[i].push_back(batch->column(static_cast<int>(i)));
    }
    batch.reset();
  }
  if (rows > std::numeric_limits<int32_t>::max()) {
    return arrow::Status::Invalid("cannot sort ", rows, " rows at once");
  }
  arrow::ArrayVector columns(pieces.size());
  ARROW_RETURN_NOT_OK(ParallelFor(pieces.size(), threads, [&](size_t i) -> arrow::Status {
    ARROW_ASSIGN_OR_RAISE(columns[i], arrow::Concatenate(pieces[i], pool));
    pieces[i].clear();
    return arrow::Status::OK();
  }));
  return arrow::RecordBatch::Make(schema, rows, std::move(columns));
}

}  // namespace

arrow::Result<SortedRows> SortedRows::Make(Batches batches, const RowOrdering& ordering,
                                           const SortRowsOptions& options) {
  SortedRows sorted;
  sorted.pool_ = options.pool != nullptr ? options.pool : arrow::system_memory_pool();
  ARROW_ASSIGN_OR_RAISE(sorted.rows_,
                        LaidEndToEnd(std::move(batches), options.threads, sorted.pool_));
  ARROW_ASSIGN_OR_RAISE(RowKeys keys, ordering.Keys(*sorted.rows_, SortKeyScope::kOneBatch,
                                                    options.threads, sorted.pool_));
  sorted.order_ = keys.TakeSortedRows();
  if (std::is_sorted(sorted.order_.begin(), sorted.order_.end())) sorted.order_ = {};
  return sorted;
}

arrow::Result<std::shared_ptr<arrow::RecordBatch>> SortedRows::Gather(int64_t first,
                                                                      int64_t count) const {
  if (order_.empty()) return rows_->Slice(first, count);
  const auto rows = std::span(order_).subspan(
      static_cast<size_t>(first), static_cast<size_t>(std::min(count, rows_->num_rows() - first)));
  const arrow::UInt32Array indices(static_cast<int64_t>(rows.size()),
                                   arrow::Buffer::Wrap(rows.data(), rows.size()));
  arrow::compute::ExecContext context(pool_);
  ARROW_ASSIGN_OR_RAISE(
      const arrow::Datum taken,
      arrow::compute::Take(rows_, indices.data(), arrow::compute::TakeOptions::NoBoundsCheck(),
                           &context));
  return taken.record_batch();
}

arrow::Result<Batches> SortedRows::GatherAll(int64_t batch_rows) const {
  Batches batches;
  for (int64_t first = 0; first < num_rows(); first += batch_rows) {
    ARROW_ASSIGN_OR_RAISE(batches.emplace_back(), Gather(first, batch_rows));
  }
  return batches;
}

}  // namespace artemis

// Sorts by encoded keys and gathers the rows batch by batch.
#include "artemis/layout/sort_batches.h"

#include <algorithm>
#include <limits>
#include <span>

#include <arrow/array.h>
#include <arrow/compute/api_vector.h>
#include <arrow/compute/exec.h>

#include "artemis/layout/sort_keys.h"

namespace artemis {
namespace {

arrow::Result<std::shared_ptr<arrow::RecordBatch>> TakeRows(
    const std::shared_ptr<arrow::RecordBatch>& rows, std::span<const int32_t> order,
    arrow::MemoryPool* pool) {
  const auto count = static_cast<int64_t>(order.size());
  const arrow::Int32Array indices(count, arrow::Buffer::Wrap(order.data(), order.size()));
  arrow::compute::ExecContext context(pool);
  ARROW_ASSIGN_OR_RAISE(
      const arrow::Datum taken,
      arrow::compute::Take(rows, indices.data(), arrow::compute::TakeOptions::NoBoundsCheck(),
                           &context));
  return taken.record_batch();
}

}  // namespace

arrow::Result<std::vector<std::shared_ptr<arrow::RecordBatch>>> SortBatches(
    std::vector<std::shared_ptr<arrow::RecordBatch>> batches, const Schema& schema,
    const SortOrder& order, const SortBatchesOptions& options) {
  arrow::MemoryPool* pool = options.pool != nullptr ? options.pool : arrow::system_memory_pool();
  if (order.fields.empty() || batches.empty()) return batches;
  int64_t rows_total = 0;
  for (const auto& batch : batches) rows_total += batch->num_rows();
  if (rows_total > std::numeric_limits<int32_t>::max()) {
    return arrow::Status::Invalid("cannot sort ", rows_total, " rows at once");
  }
  std::shared_ptr<arrow::RecordBatch> rows = batches[0];
  if (batches.size() > 1) {
    ARROW_ASSIGN_OR_RAISE(rows, arrow::ConcatenateRecordBatches(batches, pool));
  }
  batches.clear();

  ARROW_ASSIGN_OR_RAISE(const SortKeys keys, SortKeys::Make(*rows, schema, order, pool));
  const std::vector<int32_t> sorted = keys.SortedRows();
  const bool in_order = std::is_sorted(sorted.begin(), sorted.end());
  for (int64_t first = 0; first < rows_total; first += options.batch_rows) {
    const int64_t count = std::min(options.batch_rows, rows_total - first);
    if (in_order) {
      batches.push_back(rows->Slice(first, count));
      continue;
    }
    const auto part =
        std::span(sorted).subspan(static_cast<size_t>(first), static_cast<size_t>(count));
    ARROW_ASSIGN_OR_RAISE(auto taken, TakeRows(rows, part, pool));
    batches.push_back(std::move(taken));
  }
  return batches;
}

}  // namespace artemis

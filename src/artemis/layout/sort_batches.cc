// Sorts by columns and gathers all rows.
#include "artemis/layout/sort_batches.h"

#include "artemis/layout/sorted_rows.h"

namespace artemis {

arrow::Result<std::vector<std::shared_ptr<arrow::RecordBatch>>> SortBatches(
    std::vector<std::shared_ptr<arrow::RecordBatch>> batches, const Schema& schema,
    const SortOrder& order, const SortBatchesOptions& options) {
  if (order.fields.empty() || batches.empty()) return batches;
  SortRowsOptions sort;
  sort.pool = options.pool;
  ARROW_ASSIGN_OR_RAISE(
      const auto sorted,
      SortedRows::Make(std::move(batches), RowOrdering::ByColumns(schema, order), sort));
  return sorted.GatherAll(options.batch_rows);
}

}  // namespace artemis

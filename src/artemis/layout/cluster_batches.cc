// Samples, sorts along the curve and gathers all rows.
#include "artemis/layout/cluster_batches.h"

#include "artemis/layout/sorted_rows.h"

namespace artemis {

arrow::Result<std::vector<std::shared_ptr<arrow::RecordBatch>>> ClusterBatches(
    std::vector<std::shared_ptr<arrow::RecordBatch>> batches, const Schema& schema,
    const Clustering& clustering, const ClusterBatchesOptions& options) {
  ARROW_RETURN_NOT_OK(CheckClustering(clustering, schema));
  if (clustering.is_none() || batches.empty()) return batches;
  SortRowsOptions sort;
  sort.threads = options.threads;
  sort.pool = options.pool != nullptr ? options.pool : arrow::system_memory_pool();
  int64_t rows = 0;
  for (const auto& batch : batches) rows += batch->num_rows();
  ClusterSample sample(schema, clustering, rows, options.sample_rows, sort.pool);
  for (const auto& batch : batches) ARROW_RETURN_NOT_OK(sample.Add(*batch));
  ARROW_ASSIGN_OR_RAISE(auto keys, sample.Finish());
  ARROW_ASSIGN_OR_RAISE(
      const auto sorted,
      SortedRows::Make(std::move(batches), RowOrdering::AlongCurve(std::move(keys)), sort));
  return sorted.GatherAll(options.batch_rows);
}

}  // namespace artemis

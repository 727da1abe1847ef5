// Collects a data file's column metrics while its rows are written (specification, data_file fields 108 to 137).
#pragma once

#include <memory>
#include <vector>

#include <arrow/record_batch.h>
#include <arrow/result.h>
#include <arrow/type_fwd.h>

#include "artemis/parquet/column_bounds.h"
#include "artemis/parquet/leaf_columns.h"
#include "artemis/schema/column_metrics.h"

namespace parquet {
class FileMetaData;
}

namespace artemis {

// Counts and bounds are taken from the rows, since a footer holds no NaN counts; sizes from the footer. A field of a struct
// counts one value per row, null where the struct is. Leaves inside lists and maps get the footer's counts of values and nulls,
// no NaN count and no bounds. String and binary bounds are truncated to `bound_length_max`; uuid and fixed bounds are whole, and
// left out for fixed types of more than 64 bytes.
class FileMetricsCollector {
 public:
  // Requires field ids at every leaf.
  FileMetricsCollector(const arrow::Schema& schema, int bound_length_max);

  // Requires the schema it was made with.
  arrow::Status Add(const arrow::RecordBatch& batch);

  // The metrics of the file with this footer.
  FileMetrics Finish(const parquet::FileMetaData& footer) const;

 private:
  ColumnMetrics Measured(size_t leaf) const;

  std::vector<LeafColumn> leaves_;
  // One per leaf; null for leaves inside lists and maps.
  std::vector<std::unique_ptr<BoundsAccumulator>> accumulators_;
  int bound_length_max_;
};

}  // namespace artemis

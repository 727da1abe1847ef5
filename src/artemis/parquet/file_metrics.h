// Collects a data file's column metrics while its rows are written (specification, data_file fields 108 to 137).
#pragma once

#include <map>
#include <memory>
#include <vector>

#include <arrow/record_batch.h>
#include <arrow/result.h>
#include <arrow/type_fwd.h>

#include "artemis/parquet/column_bounds.h"
#include "artemis/parquet/leaf_columns.h"
#include "artemis/parquet/writer.h"
#include "artemis/schema/column_metrics.h"

namespace parquet {
class FileMetaData;
}

namespace artemis {

// Counts and bounds are taken from the rows, since a footer holds no NaN counts; sizes from the footer. A field of a struct
// counts one value per row, null where the struct is. Leaves inside lists and maps get the footer's counts of values and nulls,
// no NaN count and no bounds. A leaf's mode says what is kept of it: its size always; counts unless it is none; bounds only with
// truncate and full. String and binary bounds are truncated as the mode says; uuid and fixed bounds are whole, and left out for
// fixed types of more than 64 bytes.
class FileMetricsCollector {
 public:
  // Requires field ids at every leaf. `modes` are by field id; `mode` is that of the others.
  FileMetricsCollector(const arrow::Schema& schema, const MetricsMode& mode,
                       const std::map<FieldId, MetricsMode>& modes);

  // Requires the schema it was made with.
  arrow::Status Add(const arrow::RecordBatch& batch);
  // Adds one column of a batch; different columns may be added on different threads.
  arrow::Status AddColumn(const arrow::RecordBatch& batch, int column);

  // The metrics of the file with this footer.
  FileMetrics Finish(const parquet::FileMetaData& footer) const;

 private:
  ColumnMetrics Measured(size_t leaf) const;

  std::vector<LeafColumn> leaves_;
  // One per leaf.
  std::vector<MetricsMode> modes_;
  // One per leaf; null for leaves inside lists and maps, and for those of which only the size is kept.
  std::vector<std::unique_ptr<BoundsAccumulator>> accumulators_;
};

}  // namespace artemis

// Puts the six metric maps of a manifest entry together per column, as they come from the decoder.
#pragma once

#include <vector>

#include "artemis/schema/column_metrics.h"

namespace artemis {

// Fast when the maps list the same fields in ascending order, as most writers do; right in any order, in time
// n log n. Not thread-safe.
class MetricsBuilder {
 public:
  // Starts an entry; `metrics` is filled by Locate and Finish.
  void Begin(FileMetrics* metrics);
  // The place of a field's metrics, valid until the next call. A map that names a field twice: the last one
  // counts where the order is ascending, else either.
  ColumnMetrics* Locate(FieldId field_id);
  // Brings the metrics into their order.
  void Finish();

 private:
  FileMetrics* metrics_ = nullptr;
  size_t hint_ = 0;
  size_t expected_ = 0;  // columns, as the entry before had them
  // One per pair that came out of order.
  FileMetrics stragglers_;
};

}  // namespace artemis

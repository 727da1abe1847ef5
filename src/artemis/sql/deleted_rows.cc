// One binary search per chunk, then a walk.
#include "artemis/sql/deleted_rows.h"

#include <algorithm>

namespace artemis {

duckdb::idx_t DeletedRows::Filter(duckdb::row_t start, duckdb::idx_t count,
                                  duckdb::SelectionVector& selection) {
  if (selection.data() == nullptr) selection.Initialize(STANDARD_VECTOR_SIZE);
  auto deleted = std::lower_bound(positions_.begin(), positions_.end(), start);
  duckdb::idx_t kept = 0;
  for (duckdb::idx_t row = 0; row < count; ++row) {
    if (deleted != positions_.end() && *deleted == start + static_cast<int64_t>(row)) {
      ++deleted;
    } else {
      selection.set_index(kept++, row);
    }
  }
  return kept;
}

}  // namespace artemis

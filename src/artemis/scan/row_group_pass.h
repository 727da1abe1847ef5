// The third pass: drops row groups of a file by the statistics in its footer.
#pragma once

#include <arrow/result.h>

#include "artemis/parquet/file_reader.h"
#include "artemis/scan/scan_plan.h"

namespace artemis {

struct RowGroupDecision {
  int64_t total = 0;
  std::vector<int> kept;
  int64_t bytes_kept = 0;
};

// Row groups of `footer` that may hold rows for `predicate`. Columns are found by field id; a column whose type in the file is
// neither the table's nor one it was widened from says nothing, and neither do files without ids. Parquet's statistics do not
// count NaNs: `file_ranges`, what the manifest says of the file, may rule them out.
RowGroupDecision PruneRowGroups(const ParquetFooter& footer, const BoundPredicate& predicate,
                                const Schema& schema, const RangeLookup& file_ranges);

}  // namespace artemis

// The third pass: drops row groups of a file by the statistics in its footer, and rows of those that are left by the page index.
#pragma once

#include <arrow/result.h>

#include "artemis/parquet/file_reader.h"
#include "artemis/scan/scan_plan.h"

namespace artemis {

struct RowGroupDecision {
  int64_t total = 0;
  std::vector<int> kept;
  int64_t bytes_kept = 0;
  // By row group of `kept`, the rows that may match, ascending and apart; empty: all. Of PrunePages; whole row groups' bytes are in
  // bytes_kept all the same.
  std::vector<std::vector<RowRange>> rows;
};

// The footer of a file without field ids, with those of the table's name mapping; as it is where it has ids or the table no mapping that
// can be read.
ParquetFooter WithMappedIds(const ParquetFooter& footer, const TableMetadata& metadata);

// Row groups of `footer` that may hold rows for `predicate`. Columns are found by field id; a column whose type in the file is
// neither the table's nor one it was widened from says nothing, and neither do files without ids. Parquet's statistics do not
// count NaNs: `file_ranges`, what the manifest says of the file, may rule them out.
RowGroupDecision PruneRowGroups(const ParquetFooter& footer, const BoundPredicate& predicate,
                                const Schema& schema, const RangeLookup& file_ranges);

// Goes on with the page index of the row groups that `decision` keeps: drops those none of whose pages may match, and says which rows
// of the others may. `files` is asked for the file only where the footer names an index that was not read yet. An index says nothing
// where page_index.h does not believe it, and of row groups with more than 2^16 page boundaries. IOError with the path.
arrow::Status PrunePages(const ParquetFooter& footer, const BoundPredicate& predicate,
                         const Schema& schema, const RangeLookup& file_ranges, FileSystem& files,
                         RowGroupDecision* decision);

}  // namespace artemis

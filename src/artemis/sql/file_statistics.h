// What the manifests tell DuckDB beside the files: record counts and bounds, to answer COUNT(*), MIN and MAX without reading, and to
// plan joins and hash tables by. Only for sql/.
#pragma once

#include <duckdb/function/partition_stats.hpp>
#include <duckdb/function/table_function.hpp>
#include <duckdb/storage/statistics/base_statistics.hpp>

#include "artemis/schema/type.h"

namespace artemis {

// Whether a file's bounds of a column are its least and greatest value.
bool HasExactBounds(TypeKind kind);

// One partition for each file of a scan. None where they would not be exact: a filter is left, a delete file applies, a record
// count is missing. Bounds are taken for exact where the specification leaves no room for others: integers, dates, times,
// timestamps, decimals; not for text, bytes, and floating point numbers, whose bounds may be cut, or leave out NaN.
duckdb::vector<duckdb::PartitionStatistics> FileStatistics(duckdb::ClientContext& context,
                                                           duckdb::GetPartitionStatsInput& input);

// The least and the greatest value of a column of the scan's files, whether it has nulls, and how many values it has at most, where
// that is less than its rows. Null before filters have been pushed down, for other types than those above, where a file does not
// tell, and where a scan reads so little of a large table that looking it up takes longer than it spares. Deleted rows count: what is said then holds for more rows than there are.
duckdb::unique_ptr<duckdb::BaseStatistics> ColumnStatistics(duckdb::ClientContext& context,
                                                            const duckdb::FunctionData* bind_data,
                                                            duckdb::column_t column);

}  // namespace artemis
